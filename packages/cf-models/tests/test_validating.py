"""`validate_and_save`: data from anywhere, checked by a ModelForm where there is one, and by the model."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms

from cf_testing import call_handler, dispatch_event, make_component
from tests.editors import Editor
from tests.models import Customer, Order, Tag

pytestmark = pytest.mark.django_db


class OrderForm(forms.ModelForm):
    """A form with a rule of its own, and a field that the component does not hold."""

    class Meta:
        model = Order
        fields = ("customer", "status", "notes", "total", "version", "tags")

    def clean_notes(self) -> str:
        notes: str = self.cleaned_data["notes"]
        if "spam" in notes:
            raise forms.ValidationError("No spam.")
        return notes.strip()

    def clean(self) -> None:
        if self.cleaned_data.get("notes") == "nothing":
            raise forms.ValidationError("Nothing is nothing.")


class Validating(Editor):
    """Tells what came of it."""

    form_class = OrderForm
    state_fields = ["customer", "status", "notes", "total", "tags"]

    def on_check(self, data: dict[str, Any]) -> None:
        self.state["saved"] = self.validate_and_save(data)

    async def on_acheck(self, data: dict[str, Any]) -> None:
        self.state["saved"] = await self.validate_and_save(data)

    async def on_forgotten(self, data: dict[str, Any]) -> None:
        if self.validate_and_save(data):
            self.state["saved"] = True


@pytest.mark.parametrize("event", ["check", "acheck"])
def test_form_cleans_what_is_saved(order: Order, event: str) -> None:
    eve, tag = Customer.objects.create(name="Eve"), Tag.objects.create(title="red")
    data = {"customer": eve.pk, "notes": " new ", "tags": [tag.pk], "version": 9, "save": 1}

    component = dispatch_event(Validating, event, {"data": data}, pk=order.pk)

    order.refresh_from_db()
    assert component.state["saved"] is True
    assert (order.customer, order.notes, list(order.tags.all()), order.version) == (eve, "new", [tag], 1)
    assert order.total == 10


@pytest.mark.parametrize("event", ["check", "acheck"])
@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"notes": "spam"}, {"notes": ["No spam."]}),
        ({"notes": "nothing"}, {"__all__": ["Nothing is nothing."]}),
        ({"customer": 0}, {"customer": ["Select a valid choice. That choice is not one of the available choices."]}),
        ({"status": "sent", "total": "0"}, {"status": ["An order without a total is not sent."]}),
    ],
    ids=str,
)
def test_what_the_form_refuses_stands_at_its_field(
    order: Order, event: str, data: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    component = dispatch_event(Validating, event, {"data": data}, pk=order.pk)

    assert component.errors == errors
    assert component.state["saved"] is False
    order.refresh_from_db()
    assert order.notes == "old"


def test_form_may_be_given(order: Order) -> None:
    component = make_component(Editor, pk=order.pk)
    component.mount()

    assert component.validate_and_save({"notes": "spam"}) is True
    assert component.validate_and_save({"notes": "more spam"}, form_class=OrderForm) is False


def test_without_data_the_state_is_saved(order: Order) -> None:
    component = make_component(Editor, pk=order.pk)
    component.mount()
    component.state["notes"] = "typed"

    assert component.validate_and_save() is True
    order.refresh_from_db()
    assert order.notes == "typed"


def test_answer_that_was_not_awaited_is_no_answer(order: Order) -> None:
    component = make_component(Validating, pk=order.pk)
    component.mount()

    with pytest.raises(TypeError, match=r"await self\.validate_and_save"):
        call_handler(component, "forgotten", data={"notes": "new"})
