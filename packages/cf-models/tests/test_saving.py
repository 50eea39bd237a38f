"""A row is saved: only what was changed, only what may be, and with its errors at the fields."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cf_core import ComponentDefinitionError, Registry
from cf_models import NotSaved
from cf_testing import dispatch_event, make_component
from cf_testing.parity import show
from tests.editors import Editor
from tests.models import Customer, Order, Tag

both = pytest.mark.parametrize("event", ["edit", "aedit"])
pytestmark = pytest.mark.django_db


def edit(order: Order, event: str = "edit", **values: Any) -> Any:
    return dispatch_event(Editor, event, {"values": values}, pk=order.pk)


def stored(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


@both
def test_what_was_changed_is_saved(order: Order, event: str) -> None:
    component = edit(order, event, status="paid", notes="new")

    assert (stored(order).status, stored(order).notes) == ("paid", "new")
    assert component.errors == {}
    assert component.state["status"] == "paid"


def test_only_changed_columns_are_written_and_those_that_follow_time(order: Order) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        edit(order, notes="new")

    (update,) = [q["sql"] for q in queries if q["sql"].startswith("UPDATE")]
    assert '"notes"' in update
    assert '"changed_at"' in update
    assert '"total"' not in update
    assert stored(order).changed_at > order.changed_at


def test_saving_nothing_asks_the_database_nothing(order: Order) -> None:
    component = make_component(Editor, pk=order.pk)
    component.mount()

    with CaptureQueriesContext(connection) as queries:
        assert component.save_instance()

    assert len([q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]) == 0


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"status": "lost"}, {"status": ["Value 'lost' is not a valid choice."]}),
        ({"status": "sent", "total": "0"}, {"status": ["An order without a total is not sent."]}),
        ({"notes": "forbidden"}, {"__all__": ["Nothing of the kind."]}),
        ({"total": "much"}, {"total": ["“much” value must be a decimal number."]}),
        ({"total": "-1"}, {"__all__": ["Constraint “total_not_negative” is violated."]}),
        ({"customer": 0}, {"customer": ["customer instance with id 0 is not a valid choice."]}),
        ({"due": "soon"}, None),
    ],
    ids=str,
)
def test_what_the_model_refuses_stands_at_its_field(
    order: Order, values: dict[str, Any], errors: dict[str, list[str]] | None
) -> None:
    component = make_component(Editor, pk=order.pk)
    component.mount()
    component.state.update(values)
    component.update_instance_from_state()

    with pytest.raises(NotSaved) as refused:
        component.save_instance()

    assert errors in (None, refused.value.errors)
    assert component.errors == refused.value.errors
    assert stored(order).status == "new"
    assert stored(order).notes == "old"


def test_taken_value_stands_at_its_field(order: Order, customer: Customer) -> None:
    Order.objects.create(customer=customer, number="A1")
    component = make_component(Editor, pk=order.pk)
    component.mount()
    component.state["number"] = "A1"
    component.update_instance_from_state()

    with pytest.raises(NotSaved):
        component.save_instance()

    assert component.errors == {"number": ["Order with this Number already exists."]}


def test_value_taken_together_with_one_that_was_not_changed_is_found(order: Order, customer: Customer) -> None:
    Order.objects.create(customer=customer, shelf="north", place=7)
    Order.objects.filter(pk=order.pk).update(shelf="north", place=6)
    component = make_component(Editor, pk=order.pk)
    component.mount()

    assert component.validate_and_save({"place": 7}) is False
    assert component.errors == {"__all__": ["Order with this Shelf and Place already exists."]}


def test_message_of_a_field_that_is_not_shown_names_it(order: Order) -> None:
    class Notes(Editor):
        state_fields = ["notes"]

        def on_send(self) -> None:
            self.instance.status = "sent"
            self.instance.total = 0
            self.save_instance(also=["status", "total"])

    component = make_component(Notes, pk=order.pk)
    component.mount()
    with pytest.raises(NotSaved):
        component.on_send()

    assert component.errors == {"__all__": ["Status: An order without a total is not sent."]}


def test_column_that_is_not_listed_is_refused_and_not_forgotten(order: Order) -> None:
    with pytest.raises(ComponentDefinitionError, match=r"'version'.*also=\['version'\]"):
        dispatch_event(Editor, "set", {"values": {"notes": "new", "version": 9}}, pk=order.pk)

    assert stored(order).notes == "old"


@pytest.mark.parametrize("name", ["customer.name", "customer__name", "save", "__class__", "order", "nottes"])
def test_state_fields_are_columns(order: Order, name: str) -> None:
    class Wrong(Editor):
        state_fields = [name]

    with pytest.raises(ComponentDefinitionError, match=r"Wrong\.state_fields names"):
        dispatch_event(Wrong, pk=order.pk)


def test_primary_key_may_be_shown_and_never_written(order: Order) -> None:
    class Keyed(Editor):
        state_fields = ["id", "notes"]

    component = make_component(Keyed, pk=order.pk)
    component.mount()
    component.state.update({"id": 999, "notes": "new"})
    component.on_save()

    assert stored(order).notes == "new"
    assert not Order.objects.filter(pk=999).exists()


def test_state_names_besides_state_fields_are_not_written(order: Order) -> None:
    edit(order, notes="new", owner=1, version=99, save="x", **{"customer.name": "Eve"})

    assert stored(order).version == 1
    assert stored(order).owner is None
    assert stored(order).customer.name == "Ada"


def test_relations_and_times_travel_and_are_saved(order: Order) -> None:
    tags = [Tag.objects.create(title=title) for title in ("red", "blue")]
    eve = Customer.objects.create(name="Eve")
    due = datetime(2030, 1, 2, 3, 4, tzinfo=UTC)

    component = edit(order, customer=eve.pk, tags=[tags[1].pk], due=due, total=Decimal("3.5"))

    found = stored(order)
    assert (found.customer, list(found.tags.all()), found.due) == (eve, [tags[1]], due)
    assert component.state["tags"] == [tags[1].pk]
    assert component.state["customer"] == eve.pk
    assert component.state["total"] == Decimal("3.50")
    assert component.instance.customer.name == "Eve"


def test_expressions_are_left_to_the_database(order: Order) -> None:
    class Raiser(Editor):
        def on_raise(self) -> None:
            self.instance.total = F("total") + 5
            self.save_instance()

    Order.objects.filter(pk=order.pk).update(total=20)

    assert dispatch_event(Raiser, "raise", pk=order.pk).state["total"] == Decimal("25.00")


def test_new_row_is_made_of_what_is_set(customer: Customer) -> None:
    component = make_component(Editor)
    component.mount()
    component.instance = Order(customer=customer, version=5)
    component.instance.notes = "first"
    component.save_instance()

    made = Order.objects.get()
    assert (made.notes, made.version) == ("first", 5)
    assert component.params["pk"] == made.pk
    component.instance.notes = "second"
    component.save_instance()
    assert Order.objects.get().notes == "second"


def test_new_row_that_is_refused_stays_new(customer: Customer) -> None:
    component = make_component(Editor)
    component.instance = Order(customer=customer, status="lost")
    with pytest.raises(NotSaved):
        component.save_instance()

    component.instance.status = "new"
    component.save_instance()
    assert Order.objects.get().pk == component.params["pk"]


def test_without_a_row_there_is_nothing_to_save() -> None:
    with pytest.raises(ComponentDefinitionError, match="has no row"):
        make_component(Editor).save_instance()


def test_forgotten_await_is_an_error_and_nothing_is_kept(order: Order) -> None:
    with pytest.raises(ComponentDefinitionError, match=r"await self\.save_instance"):
        dispatch_event(Editor, "forget", pk=order.pk)

    assert stored(order).notes == "old"


def test_a_draft_in_the_state_outlives_the_save_of_another_field(order: Order) -> None:
    component = make_component(Editor, pk=order.pk)
    component.mount()
    component.state["notes"] = "not yet"
    component.instance.status = "paid"
    component.save_instance()

    assert component.state["notes"] == "not yet"
    assert component.state["status"] == "paid"
    assert stored(order).notes == "old"


@both
def test_what_was_refused_is_shown_with_what_was_typed(
    order: Order, event: str, component_registry: Registry, client: Client
) -> None:
    component_registry.register("editor")(Editor)
    shown = show(client, "editor", pk=order.pk)

    refused = shown.json(event, {"values": {"status": "lost", "notes": "typed"}})
    saved = shown.json("edit", {"values": {"status": "paid"}})

    assert refused.status_code == 422
    assert "typed" in refused.json()["html"]
    assert refused.json()["errors"] == {"status": ["Value 'lost' is not a valid choice."]}
    assert saved.status_code == 200
    assert (stored(order).status, stored(order).notes) == ("paid", "typed")


def test_nothing_else_of_a_refused_event_is_kept(order: Order) -> None:
    class Two(Editor):
        def on_two(self) -> None:
            Tag.objects.create(title="made")
            self.instance.status = "lost"
            self.save_instance()

    component = dispatch_event(Two, "two", pk=order.pk)

    assert set(component.errors) == {"status"}
    assert not Tag.objects.exists()


def test_row_that_was_made_and_taken_back_is_new_again(customer: Customer) -> None:
    class Maker(Editor):
        def on_make(self) -> None:
            self.instance = Order(customer=customer)
            self.save_instance()
            self.instance.status = "lost"
            self.save_instance()

    component = dispatch_event(Maker, "make")

    assert "pk" not in component.params
    assert not Order.objects.exists()
