"""A component is bound to a row: within its scope, read anew for every event."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from cf_core import AuthRequired, Forbidden, NotFound, Registry
from cf_models import DjangoModelComponent, DjangoModelMixin
from cf_testing import call_handler, dispatch_event, make_component
from cf_testing.parity import show
from tests.editors import Editor
from tests.models import Customer, Order, Parcel
from tests.renderers import Inline

pytestmark = pytest.mark.django_db


class Own(Editor):
    """Orders of the user's own."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(owner=self.user)


@pytest.mark.parametrize("event", [None, "edit", "aedit"])
def test_row_outside_the_scope_is_not_found(order: Order, ann: Any, bob: Any, event: str | None) -> None:
    Order.objects.filter(pk=order.pk).update(owner=ann)
    payload = {"values": {"notes": "new"}} if event else {}

    assert dispatch_event(Own, event, payload, user=ann, pk=order.pk).errors == {}
    with pytest.raises(NotFound) as refused:
        dispatch_event(Own, event, payload, user=bob, pk=order.pk)
    with pytest.raises(NotFound) as missing:
        dispatch_event(Own, event, payload, user=bob, pk=order.pk + 1)

    assert refused.value.body() == missing.value.body()
    assert refused.value.status == 404


@pytest.mark.parametrize("pk", ["", "x", "1; DROP", "\x00", True, 10**30, -1, 1.5j, [1], {"a": 1}, "9" * 400])
def test_what_is_no_key_is_not_found(order: Order, pk: Any) -> None:
    component = make_component(Editor, pk=pk)

    with pytest.raises(NotFound):
        component.mount()


def test_keys_need_not_be_integers(db: None) -> None:
    class Parcels(DjangoModelComponent):
        model = Parcel
        state_fields = ["title"]
        renderer = Inline("<p></p>")

    parcel = Parcel.objects.create(title="Books")

    assert dispatch_event(Parcels, pk=str(parcel.pk)).state == {"title": "Books"}
    assert dispatch_event(Parcels, pk=parcel.pk).instance == parcel
    for pk in (uuid.uuid4(), "books", 7):
        with pytest.raises(NotFound):
            dispatch_event(Parcels, pk=pk)


def test_row_is_read_anew_for_every_event(order: Order, component_registry: Registry, client: Client) -> None:
    class Teller(Editor):
        renderer = Inline("<p>{{ component.instance.notes }}</p>")

        def on_tell(self) -> None:
            """Shows the row as it is."""

    component_registry.register("teller")(Teller)
    shown = show(client, "teller", pk=order.pk)
    Order.objects.filter(pk=order.pk).update(notes="changed")

    assert "changed" in shown.post("tell").content.decode()


@pytest.mark.parametrize("event", ["edit", "draft"])
def test_row_that_was_deleted_is_told_clearly(
    order: Order, component_registry: Registry, client: Client, event: str
) -> None:
    component_registry.register("editor")(Editor)
    shown = show(client, "editor", pk=order.pk)
    order.delete()

    answer = shown.post(event, values='{"notes": "new"}')

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert "may have been deleted" in answer.json()["error"]


def test_row_that_left_the_scope_is_told_in_the_same_words(
    order: Order, ann: Any, component_registry: Registry, client: Client
) -> None:
    Order.objects.filter(pk=order.pk).update(owner=ann)
    component_registry.register("own")(Own)
    client.force_login(ann)
    shown = show(client, "own", pk=order.pk)
    Order.objects.filter(pk=order.pk).update(owner=None)

    answer = shown.post("draft", values="{}")

    assert answer.status_code == 404
    assert "may have been deleted" in answer.json()["error"]


def test_object_permissions_are_asked_about_the_row(order: Order, ann: Any, bob: Any) -> None:
    class OwnerOnly:
        def has_permission(self, request: Any, component: Any) -> bool:
            return True

        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            return bool(obj.owner == request.user)

    class Guarded(Editor):
        permission_classes = [OwnerOnly]

        def mount(self) -> None:
            """Reads nothing itself."""

    Order.objects.filter(pk=order.pk).update(owner=ann)

    assert dispatch_event(Guarded, user=ann, pk=order.pk).instance == order
    with pytest.raises(Forbidden):
        dispatch_event(Guarded, user=bob, pk=order.pk)
    with pytest.raises(AuthRequired):
        dispatch_event(Guarded, user=None, pk=order.pk)
    with pytest.raises(NotFound):
        dispatch_event(Guarded, user=bob, pk=0)


def test_failing_scope_is_no_missing_row(order: Order) -> None:
    """An AttributeError in a property looks like a property that is not there: permissions would be asked otherwise."""

    class Failing(Editor):
        def mount(self) -> None:
            """Reads nothing itself."""

        def get_queryset(self) -> QuerySet[Any]:
            return self.request.nothing  # type: ignore[no-any-return]  # it fails

    with pytest.raises(Exception, match=r"Failing\.get_instance\(\) failed"):
        dispatch_event(Failing, pk=order.pk).instance  # noqa: B018 - reading it is the test


def test_relations_are_read_with_the_row(order: Order, django_assert_num_queries: Any) -> None:
    class Related(Editor):
        state_fields = ["notes"]
        prefetch_related = ["tags"]

        async def on_tell(self) -> None:
            self.state["notes"] = f"{self.instance.customer.name} {len(self.instance.tags.all())}"

    component = make_component(Related, pk=order.pk)
    with django_assert_num_queries(2):
        component.mount()
    with django_assert_num_queries(0):
        call_handler(component, "tell")

    assert component.state["notes"] == "Ada 0"


def test_an_event_costs_few_queries(order: Order, component_registry: Registry, client: Client, caplog: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    class Notes(Editor):
        state_fields = ["notes"]

    component_registry.register("notes")(Notes)
    shown = show(client, "notes", pk=order.pk)
    with CaptureQueriesContext(connection) as queries:
        shown.post("edit", values='{"notes": "new"}')

    statements = [q["sql"].split()[0] for q in queries if "cf_core_eventrecord" not in q["sql"]]
    # The row, the row locked, its check constraint (SQLite asks itself), the update, what was stored.
    assert [s for s in statements if s not in ("SAVEPOINT", "RELEASE", "BEGIN")].count("UPDATE") == 1
    assert len([s for s in statements if s == "SELECT"]) <= 5


def test_works_without_a_row(customer: Customer) -> None:
    class Listing(DjangoModelComponent):
        model = Customer
        state_fields = ["name"]
        renderer = Inline("<p></p>")

        def mount(self) -> None:
            self.state["names"] = [row.name for row in self.get_queryset()]

        def on_more(self) -> None:
            self.state["names"].append("more")

    component = dispatch_event(Listing, "more")

    assert component.state == {"names": ["Ada", "more"]}
    assert component.instance is None


def test_mixin_stands_beside_any_component(order: Order) -> None:
    from cf_core import Component

    class Mixed(DjangoModelMixin, Component):
        model = Order
        state_fields = ["notes"]
        renderer = Inline("<p></p>")

    assert dispatch_event(Mixed, pk=order.pk).state == {"notes": "old"}


def test_nothing_of_the_framework_is_an_event() -> None:
    assert set(DjangoModelComponent.events()) == set()


def test_param_may_have_another_name(order: Order) -> None:
    class ByOrder(Editor):
        pk_param = "order_id"

    assert dispatch_event(ByOrder, order_id=order.pk).instance == order


def test_state_shows_nothing_of_the_bookkeeping(order: Order) -> None:
    component = dispatch_event(Editor, "edit", {"values": {"notes": "new"}}, pk=order.pk)

    assert set(component.state) == set(Editor.state_fields)
