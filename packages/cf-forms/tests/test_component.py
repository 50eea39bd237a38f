"""A form is validated before its handler, whoever sends it, and keeps what was typed."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync

from cf_core import Component, NotFound
from cf_core.engine.calls import Answer, Call
from cf_core.engine.drivers import run_async, run_sync
from cf_core.engine.lifecycle import perform
from cf_forms import FormComponent
from cf_testing import dispatch_event
from tests.orders import GOOD, GOOD_FORM, OrderForm, SecretForm

pytestmark = pytest.mark.django_db


def send(form: Any, event: str, payload: dict[str, Any], *, is_form: bool = False, unchecked: str = "") -> Answer:
    """Send an event to an instance, or to a new one of a class."""
    instance = form() if isinstance(form, type) else form
    call = Call(
        instance,
        event=event,
        payload=payload,
        is_form=is_form,
        unchecked=frozenset(unchecked.split()),
        may_mount_for_event=True,
    )
    return run_sync(perform(call))


def test_valid_json_reaches_the_handler_as_the_schema_s_values() -> None:
    form = dispatch_event(OrderForm, "submit", GOOD)

    assert form.errors == {}
    assert form.state["saved"]["items"] == [{"article": "pen", "qty": 2, "gift": False}]
    assert form.validated_data["name"] == form.validated_data.name == "Ada"
    assert form.validated_data.items[0].article == "pen"
    assert dict(**form.validated_data)["email"] == "ada@example.com"


def test_a_form_says_the_same_as_json() -> None:
    by_form, by_json = OrderForm(), OrderForm()

    send(by_form, "submit", GOOD_FORM, is_form=True)
    send(by_json, "submit", GOOD)

    assert by_form.state["saved"] == by_json.state["saved"]


def test_invalid_data_never_reaches_the_handler_and_stays() -> None:
    form = OrderForm()

    answer = send(form, "submit", {**GOOD, "email": "no", "items": [{"article": "pen", "qty": "many"}]})

    assert answer.status == 422
    assert "saved" not in form.state
    assert form.errors == {"email": ["Enter a valid email address."], "items.0.qty": ["Enter a whole number."]}
    assert form.form_values()["email"] == "no"
    assert form.form_values()["items"][0]["qty"] == "many"
    assert form.state["form"]["submitted"] is True


def test_an_empty_submit_names_every_field_that_is_required() -> None:
    form = OrderForm()

    send(form, "submit", {}, is_form=True)

    assert set(form.errors) == {"name", "email", "address.street", "address.postcode", "items"}
    assert form.errors["name"] == ["This field is required."]


def test_unknown_names_are_refused_in_json_and_dropped_in_forms() -> None:
    by_json, by_form = OrderForm(), OrderForm()

    assert send(by_json, "submit", {**GOOD, "is_admin": True}).status == 422
    assert "__all__" in by_json.errors
    assert send(by_form, "submit", {**GOOD_FORM, "is_admin": ["1"]}, is_form=True).status == 200


def test_a_bool_or_nan_is_no_number() -> None:
    form = OrderForm()

    send(form, "submit", {**GOOD, "age": True, "price": "NaN"})

    assert form.errors["age"] == ["Enter a number."]
    assert "price" in form.errors


def test_errors_go_with_the_submit_that_mends_them() -> None:
    form = OrderForm()
    send(form, "submit", {**GOOD, "email": "no"})
    state = form.state

    mended = OrderForm()
    mended.state, mended.is_mounted = state, True
    answer = send(mended, "submit", GOOD)

    assert answer.status == 200
    assert mended.state["form"] == {**mended.state["form"], "submitted": False, "touched": []}


def test_a_model_s_own_error_belongs_to_the_form() -> None:
    form = dispatch_event(SecretForm, "submit", {"user": "ada", "password": "s3cret", "again": "other"})

    assert form.errors == {"__all__": ["The passwords differ."]}


def test_secrets_are_never_kept() -> None:
    form = dispatch_event(SecretForm, "submit", {"user": "ada", "password": "s3cret", "again": "other"})

    assert form.state["form"]["values"] == {"user": "ada"}
    assert "s3cret" not in repr(form.state)


def test_async_handlers_are_validated_too() -> None:
    good = {"user": "ada", "password": "s3cret", "again": "s3cret"}

    assert dispatch_event(SecretForm, "submit", good).state["length"] == 6
    assert "length" not in dispatch_event(SecretForm, "submit", {**good, "again": "x"}).state


async def _asked(form: Component, payload: dict[str, Any]) -> Answer:
    return await run_async(perform(Call(form, event="submit", payload=payload, may_mount_for_event=True)))


def test_the_async_driver_validates_too() -> None:
    form = OrderForm()

    answer = async_to_sync(_asked)(form, {**GOOD, "email": "no"})

    assert answer.status == 422
    assert "saved" not in form.state


def test_only_fields_that_were_left_show_errors() -> None:
    form = OrderForm()

    answer = send(form, "_validate", {"name": ["A"], "email": ["no"], "_field": ["name"]}, is_form=True)

    assert answer.status == 200
    assert set(form.errors) == {"name"}
    assert form.form_values()["email"] == "no"
    assert form.state["form"]["touched"] == ["name"]


def test_validating_twice_changes_nothing() -> None:
    form = OrderForm()
    send(form, "_validate", {"name": ["A"], "_field": ["name"]}, is_form=True)
    before = repr(form.state)

    form.errors = {}
    send(form, "_validate", {"name": ["A"], "_field": ["name"]}, is_form=True)

    assert repr(form.state) == before


def test_a_field_that_there_is_not_cannot_be_touched() -> None:
    form = OrderForm()

    send(form, "_validate", {"_field": ["__class__"]}, is_form=True)

    assert form.state["form"]["touched"] == []


def test_framework_events_are_no_events_of_other_components() -> None:
    class Plain(Component):
        def on_go(self) -> None: ...

    with pytest.raises(NotFound):
        send(Plain, "_validate", {})
    assert "_validate" not in OrderForm.events()


def test_rows_are_added_moved_and_removed_with_what_was_typed() -> None:
    form = OrderForm()
    typed = {"items.0.article": ["pen"], "items.1.article": ["ink"], "items.1.qty": ["x"], "_list": ["items"]}

    send(form, "_add_row", typed, is_form=True)
    assert [row.get("article") for row in form.form_values()["items"]] == ["pen", "ink", None]

    send(form, "_move_row", {"_list": "items", "_index": 1, "_to": 0})
    assert [row.get("article") for row in form.form_values()["items"]] == ["ink", "pen", None]
    assert form.form_values()["items"][0]["qty"] == "x"

    send(form, "_remove_row", {"_list": "items", "_index": 1})
    assert [row.get("article") for row in form.form_values()["items"]] == ["ink", None]


def test_rows_keep_their_keys() -> None:
    form = OrderForm()
    send(form, "_add_row", {"items": [{"article": "pen"}, {"article": "ink"}], "_list": "items"})
    before = form.row_keys("items", 3)

    send(form, "_remove_row", {"_list": "items", "_index": 0})

    assert form.row_keys("items", 2) == before[1:]


def test_a_row_that_comes_from_elsewhere_gets_a_key_of_its_own() -> None:
    form = OrderForm()
    send(form, "_remove_row", {"items": [{"article": "pen"}, {"article": "ink"}], "_list": "items", "_index": 0})

    keys = form.row_keys("items", 4)

    assert len(set(keys)) == 4


def test_touched_fields_move_with_their_rows() -> None:
    form = OrderForm()
    rows = [{"article": "pen"}, {"article": "", "qty": 0}]
    send(form, "_validate", {"items": rows, "_field": ["items.1.qty"]})
    assert set(form.errors) == {"items.1.qty"}

    form.errors = {}
    send(form, "_remove_row", {"_list": "items", "_index": 0})

    assert set(form.errors) == {"items.0.qty"}


def test_a_list_takes_no_more_rows_than_the_schema() -> None:
    form = OrderForm()
    rows = [{"article": "pen"}] * 3

    send(form, "_add_row", {"items": rows, "_list": "items"})

    assert len(form.form_values()["items"]) == 3
    assert form.errors["items"] == ["There may be at most 3."]


@pytest.mark.parametrize("path", ["name", "nothing", "items.7.article", "__class__"])
def test_rows_of_what_is_no_list_are_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        send(OrderForm, "_add_row", {"_list": path})


class Dependent(OrderForm):
    changes: list[Any]

    def on_change_name(self, value: str) -> None:
        self.set_value("note", f"Hello {value}")

    def on_change_items_qty(self, value: int, index: int) -> None:
        self.state["changed"] = [index, value]


def test_a_change_of_a_field_can_set_another() -> None:
    form = Dependent()

    send(form, "_validate", {"name": ["Ada"], "_field": ["name"]}, is_form=True)

    assert form.form_values()["note"] == "Hello Ada"


def test_a_change_that_does_not_fit_is_not_told() -> None:
    form = Dependent()

    send(form, "_validate", {"name": ["A"], "_field": ["name"]}, is_form=True)

    assert form.form_values()["note"] == ""


def test_a_change_in_a_row_is_told_with_its_place() -> None:
    form = Dependent()

    send(form, "_validate", {"items.0.qty": ["1"], "items.1.qty": ["4"], "_field": ["items.1.qty"]}, is_form=True)

    assert form.state["changed"] == [1, 4]


class Careful(OrderForm):
    read_only_fields = ("price",)
    choices = {"note": ["short", ("long", "A long one")]}

    def mount(self) -> None:
        self.state["price"] = "9.99"

    def on_submit(self, action: str = "save") -> None:
        self.state["action"] = action
        self.state["price"] = str(self.validated_data.price)
        if self.validated_data.name == "Eve":
            self.add_error("name", "Not you.")

    def form_invalid(self) -> None:
        self.state["refused"] = True


def test_read_only_fields_keep_their_initial_value() -> None:
    by_form, by_json = Careful(), Careful()

    send(by_form, "submit", {**GOOD_FORM, "price": ["0"], "note": ["long"]}, is_form=True)
    send(by_json, "submit", {**GOOD, "price": 0, "note": "long"})

    assert by_form.state["price"] == "9.99"
    assert "price" not in [field.name for field in by_form.form_fields()]
    assert "price" not in by_form.form_values()
    assert by_json.state["price"] == "9.99"


def test_only_the_author_s_choices_are_taken() -> None:
    form = Careful()

    send(form, "submit", {**GOOD, "note": "other"})

    assert form.errors == {"note": ["Select a valid choice."]}
    assert form.state["refused"] is True


def test_a_handler_may_name_what_is_sent_beside_the_form() -> None:
    form = Careful()

    send(form, "submit", {**GOOD_FORM, "note": ["long"], "action": ["publish"]}, is_form=True)

    assert form.state["action"] == "publish"


def test_a_handler_may_find_errors_of_its_own() -> None:
    form = Careful()

    answer = send(form, "submit", {**GOOD, "name": "Eve", "note": "long"})

    assert answer.status == 422
    assert form.errors == {"name": ["Not you."]}


def test_initial_values_are_the_state_s_then_the_schema_s() -> None:
    form = OrderForm()
    form.state["name"] = "Bo"

    assert form.form_values()["name"] == "Bo"
    assert form.form_values()["size"] == "m"
    assert "email" not in form.form_values()


def test_a_reset_form_shows_its_initial_values() -> None:
    form = OrderForm()
    send(form, "submit", {**GOOD, "email": "no"})

    form.reset_form()

    assert "email" not in form.form_values()
    assert form.errors == {}


def test_a_form_without_a_handler_can_be_sent() -> None:
    class Mute(FormComponent):
        schema = OrderForm.schema
        renderer = OrderForm.renderer

    assert send(Mute, "submit", GOOD).status == 200


def test_handlers_besides_the_form_s_take_their_own_arguments() -> None:
    class Other(OrderForm):
        def on_pick(self, number: int) -> None:
            self.state["number"] = number

    form = Other()
    send(form, "pick", {"number": ["3"]}, is_form=True)

    assert form.state["number"] == 3
    assert "form" not in form.state
