"""A form of a row: its schema, its errors, what is saved, and then the author's own code."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.forms import ModelForm
from django.test import Client
from pydantic import BaseModel

from cf_core import ComponentDefinitionError, NotFound, Registry
from cf_models import ModelFormComponent
from cf_testing import dispatch_event, make_component
from cf_testing.parity import Shown, show
from tests.models import Customer, Order, Tag
from tests.renderers import Inline

pytestmark = pytest.mark.django_db

SHOWN = Inline("{% load cf_forms %}<div>{% component_form %}</div>")


class OrderForm(ModelFormComponent):
    """A form of most of an order, its schema made from the model."""

    model = Order
    state_fields = ["customer", "number", "status", "notes", "total", "due", "urgent", "tags"]
    renderer = Inline("<p></p>")

    def on_submit(self) -> None:
        self.state["saved"] = self.instance.pk


class ShownForm(OrderForm):
    """The same with its template."""

    renderer = SHOWN


@pytest.fixture
def valid(customer: Customer) -> dict[str, Any]:
    """What a form of a new order sends."""
    return {"customer": customer.pk, "status": "paid", "notes": "typed", "total": "12.50"}


def submit(payload: dict[str, Any], cls: type[Any] = OrderForm, **params: Any) -> Any:
    return dispatch_event(cls, "submit", payload, **params)


def test_new_row_is_saved_and_then_handed_to_the_author(valid: dict[str, Any]) -> None:
    component = submit(valid)

    made = Order.objects.get()
    assert (made.status, made.notes, made.total) == ("paid", "typed", Decimal("12.50"))
    assert component.state["saved"] == made.pk
    assert component.params["pk"] == made.pk
    assert component.validated_data["status"] == "paid"


def test_row_that_exists_is_changed(order: Order, valid: dict[str, Any]) -> None:
    tag = Tag.objects.create(title="red")
    submit({**valid, "tags": [tag.pk], "due": "2030-01-02T03:04"}, pk=order.pk)

    found = Order.objects.get()
    assert found.pk == order.pk
    assert list(found.tags.all()) == [tag]
    assert found.due == datetime(2030, 1, 2, 2, 4, tzinfo=UTC), "typed as the time in Berlin"


@pytest.mark.parametrize(
    ("payload", "paths"),
    [
        ({"status": "lost"}, {"status"}),
        ({"total": "much"}, {"total"}),
        ({"total": "-1"}, {"__all__"}),
        ({"total": "1.234"}, {"total"}),
        ({"customer": 0}, {"customer"}),
        ({"customer": ""}, {"customer"}),
        ({"tags": [77]}, {"tags"}),
        ({"number": "x" * 21}, {"number"}),
        ({"due": "soon"}, {"due"}),
        ({"status": "sent", "total": "0"}, {"status"}),
        ({"notes": "forbidden"}, {"__all__"}),
    ],
    ids=str,
)
def test_what_is_wrong_stands_at_its_field(
    order: Order, valid: dict[str, Any], payload: dict[str, Any], paths: set[str]
) -> None:
    component = submit({**valid, **payload}, pk=order.pk)

    assert set(component.errors) == paths
    assert "saved" not in component.state
    assert component.form_values()["notes"] == payload.get("notes", "typed")
    assert Order.objects.get().notes == "old"


def test_taken_value_stands_at_its_field(order: Order, valid: dict[str, Any]) -> None:
    Order.objects.filter(pk=order.pk).update(number="A1")

    assert submit({**valid, "number": "A1"}).errors == {"number": ["Order with this Number already exists."]}
    assert submit({**valid, "number": "A1"}, pk=order.pk).errors == {}


def test_empty_unique_text_is_none(valid: dict[str, Any]) -> None:
    for _ in range(2):
        assert submit({**valid, "number": None}).errors == {}

    assert list(Order.objects.values_list("number", flat=True)) == [None, None]


def test_columns_that_are_not_listed_are_refused(order: Order, valid: dict[str, Any]) -> None:
    component = submit({**valid, "version": 9, "id": 7, "owner": 1}, pk=order.pk)

    assert set(component.errors) == {"__all__"}
    assert Order.objects.get().version == 1


def test_columns_that_are_not_listed_are_dropped_by_a_form(
    order: Order, valid: dict[str, Any], component_registry: Registry, client: Client
) -> None:
    component_registry.register("order_form")(ShownForm)
    shown = show(client, "order_form", pk=order.pk)

    answer = shown.post("submit", **{**valid, "version": "9", "customer.name": "Eve", "owner": "1"})

    assert answer.status_code == 200
    found = Order.objects.get()
    assert (found.version, found.owner, found.customer.name, found.notes) == (1, None, "Ada", "typed")


def test_form_by_http_keeps_what_was_typed(
    order: Order, valid: dict[str, Any], component_registry: Registry, client: Client
) -> None:
    component_registry.register("order_form")(ShownForm)
    shown = show(client, "order_form", pk=order.pk)

    refused = shown.post("submit", **{**valid, "status": "sent", "total": "0"})
    saved = shown.post("submit", **{**valid, "status": "sent", "total": "5"})

    assert refused.status_code == 422
    assert "An order without a total is not sent." in refused.content.decode()
    assert "typed" in refused.content.decode()
    assert saved.status_code == 200
    assert Order.objects.get().total == 5


def test_row_outside_the_scope_is_not_found(order: Order, valid: dict[str, Any]) -> None:
    class Scoped(OrderForm):
        def get_queryset(self) -> QuerySet[Any]:
            return super().get_queryset().none()

    with pytest.raises(NotFound):
        submit(valid, Scoped, pk=order.pk)


def test_relation_is_chosen_among_those_that_are_offered(order: Order, valid: dict[str, Any]) -> None:
    class Scoped(OrderForm):
        def get_related_queryset(self, name: str) -> QuerySet[Any]:
            rows = super().get_related_queryset(name)
            return rows.filter(name__startswith="A") if name == "customer" else rows

    eve = Customer.objects.create(name="Eve")

    assert set(submit({**valid, "customer": eve.pk}, Scoped, pk=order.pk).errors) == {"customer"}
    assert submit(valid, Scoped, pk=order.pk).errors == {}


def test_of_many_related_rows_the_first_are_offered_and_all_are_right(
    order: Order, valid: dict[str, Any], settings: Any
) -> None:
    settings.CF_MODELS = {"RELATED_LIMIT": 2}
    others = [Customer.objects.create(name=f"C{n}") for n in range(5)]
    Order.objects.filter(pk=order.pk).update(customer=others[3])
    component = make_component(OrderForm, pk=order.pk)
    component.mount()

    offered = [key for key, _ in next(f for f in component.form_fields() if f.name == "customer").choices]
    assert offered == [str(order.customer_id), str(others[0].pk), str(others[3].pk)]
    assert submit({**valid, "customer": others[4].pk}, pk=order.pk).errors == {}
    assert set(submit({**valid, "customer": 999}, pk=order.pk).errors) == {"customer"}


def test_fields_say_what_the_model_says(order: Order) -> None:
    component = make_component(OrderForm, pk=order.pk)
    component.mount()
    fields = {field.name: field for field in component.form_fields()}

    assert list(fields) == OrderForm.state_fields
    assert fields["status"].choices == (("new", "New"), ("paid", "Paid"), ("sent", "Sent"))
    assert fields["notes"].kind == "textarea"
    assert fields["notes"].required is False
    assert fields["customer"].kind == "select"
    assert fields["customer"].required
    assert fields["tags"].kind == "checkboxes"
    assert fields["urgent"].kind == "checkbox"
    assert fields["urgent"].help_text == "Sent on the same day"
    assert fields["number"].constraints["maxlength"] == 20
    assert fields["due"].kind == "datetime-local"
    assert component.form_values()["notes"] == "old"


def test_class_has_the_last_word(order: Order) -> None:
    class Own(OrderForm):
        state_fields = ["notes", "status", "number"]
        schema_fields = {"number": (int, 7)}
        labels = {"notes": "Remarks"}
        choices = {"status": [("new", "Fresh")]}
        widgets = {"notes": "text"}

    fields = {field.name: field for field in make_component(Own, pk=order.pk).form_fields()}

    assert fields["notes"].label == "Remarks"
    assert fields["notes"].kind == "text"
    assert fields["status"].choices == (("new", "Fresh"),)
    assert fields["number"].is_number


def test_own_schema_writes_state_fields_only(order: Order) -> None:
    class Schema(BaseModel):
        notes: str
        version: int = 9
        remark: str = ""

    class Own(OrderForm):
        schema = Schema
        state_fields = ["notes"]

    component = submit({"notes": "typed", "version": 5, "remark": "x"}, Own, pk=order.pk)

    assert component.errors == {}
    assert Order.objects.values_list("notes", "version").get() == ("typed", 1)


def test_django_form_may_be_the_schema(order: Order, valid: dict[str, Any]) -> None:
    class DjangoForm(ModelForm):
        class Meta:
            model = Order
            fields = ("notes", "number", "version")

    class Own(OrderForm):
        schema = DjangoForm
        state_fields = ["notes", "number"]

    Order.objects.filter(pk=order.pk).update(number="A1")
    component = submit({"notes": "typed", "number": "A1", "version": "5"}, Own, pk=order.pk)

    assert component.errors == {}
    assert Order.objects.values_list("notes", "version").get() == ("typed", 1)


def test_what_the_form_does_not_ask_for_is_set_before(valid: dict[str, Any]) -> None:
    class Owned(OrderForm):
        def before_save(self) -> list[str]:
            self.instance.owner = get_user_model().objects.get(pk=self.user.pk)
            return ["owner"]

    made = submit(valid, Owned).instance
    made.refresh_from_db()
    assert made.owner is not None
    assert submit({**valid, "notes": "again"}, Owned, pk=made.pk).errors == {}


def test_before_save_may_refuse(valid: dict[str, Any]) -> None:
    class Refusing(OrderForm):
        def before_save(self) -> None:
            self.add_error("total", "Too little.")

    assert submit(valid, Refusing).errors == {"total": ["Too little."]}
    assert not Order.objects.exists()


def test_failing_on_submit_takes_the_save_back(order: Order, valid: dict[str, Any]) -> None:
    class Failing(OrderForm):
        def on_submit(self) -> None:
            raise LookupError

    with pytest.raises(LookupError):
        submit(valid, Failing, pk=order.pk)

    assert Order.objects.get().notes == "old"


def test_async_on_submit_finds_the_row_saved(order: Order, valid: dict[str, Any]) -> None:
    class Later(OrderForm):
        select_related = ["customer"]

        async def on_submit(self) -> None:
            self.state["saved"] = self.instance.customer.name

    assert submit(valid, Later, pk=order.pk).state["saved"] == "Ada"


def test_form_of_no_listed_fields_is_refused() -> None:
    class Everything(ModelFormComponent):
        model = Order

    with pytest.raises(ComponentDefinitionError, match="list the fields"):
        make_component(Everything).form_fields()


@pytest.fixture
def two(order: Order, component_registry: Registry) -> tuple[Shown, Shown]:
    """The same form, open twice."""
    component_registry.register("order_form")(ShownForm)
    return show(Client(), "order_form", pk=order.pk), show(Client(), "order_form", pk=order.pk)


def test_two_forms_of_one_row(two: tuple[Shown, Shown], order: Order, valid: dict[str, Any]) -> None:
    unchanged = {"customer": order.customer_id, "status": "new", "notes": "old", "total": "10.00"}
    one, other = two
    assert one.post("submit", **{**unchanged, "notes": "one", "total": "7"}).status_code == 200

    refused = other.post("submit", **{**unchanged, "notes": "other", "status": "paid"})

    assert refused.status_code == 422
    assert "Changed by someone else: it is now “one”, you entered “other”." in refused.content.decode()
    assert Order.objects.values_list("notes", "status", "total").get() == ("one", "new", 7)
    assert other.post("submit", **{**unchanged, "notes": "other", "status": "paid"}).status_code == 200
    # What only the other form has changed is kept, though this form still sends what it was shown.
    assert Order.objects.values_list("notes", "status", "total").get() == ("other", "paid", 7)


@pytest.fixture
def many(order: Order, settings: Any, component_registry: Registry) -> Shown:
    """The form of an order, open, with more customers than it offers at once."""
    settings.CF_MODELS = {"RELATED_LIMIT": 3}
    for n in range(6):
        Customer.objects.create(name=f"Bob {n}")
    component_registry.register("order_form")(ShownForm)
    return show(Client(), "order_form", pk=order.pk)


def offered(html: str) -> list[str]:
    return re.findall(r"<option[^>]*>([^<]+)</option>", html.partition('name="customer"')[2].partition("</select>")[0])


def test_rows_of_a_relation_are_searched(many: Shown, order: Order) -> None:
    html = many.post("_search", **{"_field": "customer", "_query.customer": "bob 5", "notes": "typed"}).content.decode()

    assert offered(html) == ["Bob 5", "Ada"]
    assert 'value="bob 5"' in html
    assert "typed" in html
    assert Order.objects.get().notes == "old"


def test_row_that_was_chosen_stays_while_another_is_looked_for(many: Shown) -> None:
    chosen = Customer.objects.get(name="Bob 4")

    html = many.post(
        "_search", **{"_field": "customer", "_query.customer": "5", "customer": chosen.pk}
    ).content.decode()

    assert offered(html) == ["Bob 5", "Ada", "Bob 4"]
    assert f'value="{chosen.pk}" selected' in html


@pytest.mark.parametrize("key", ["999", "x", "", "\x00"])
def test_key_that_was_made_up_shows_no_row(many: Shown, key: str) -> None:
    answer = many.json("_search", {"_field": "customer", "_query.customer": "5", "customer": key})

    if answer.status_code == 200:
        assert offered(answer.json()["html"]) == ["---------", "Bob 5", "Ada"]
    else:
        assert answer.status_code == 400


def test_rows_outside_the_scope_of_a_relation_are_not_shown(order: Order, settings: Any) -> None:
    class Scoped(OrderForm):
        def get_related_queryset(self, name: str) -> QuerySet[Any]:
            return super().get_related_queryset(name).filter(name__startswith="A")

        state_fields = ["customer"]

    settings.CF_MODELS = {"RELATED_LIMIT": 1}
    Customer.objects.create(name="Anna")
    eve = Customer.objects.create(name="Eve")
    component = make_component(Scoped, pk=order.pk)
    component.mount()
    component.state["form"] = {"values": {"customer": str(eve.pk)}, "touched": [], "submitted": False}

    labels = [label for _, label in next(f for f in component.form_fields() if f.name == "customer").choices]

    assert "Eve" not in labels


def test_search_of_a_field_that_there_is_not_is_not_found(many: Shown) -> None:
    assert many.post("_search", _field="version").status_code == 404


def test_rows_are_searched_by_the_button_without_a_script(many: Shown) -> None:
    sent = {"_query.customer": "bob 5", "notes": "typed"}
    html = many.post("_search?_field=customer", **sent).content.decode()

    assert offered(html) == ["Bob 5", "Ada"]
    assert "_search?_field=customer" in html
