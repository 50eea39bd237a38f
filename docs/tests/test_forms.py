"""What the reference of forms says."""

from __future__ import annotations

import inspect
import re
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from pydantic import BaseModel, EmailStr, HttpUrl, SecretStr, create_model

from cf_core import Component
from cf_forms import FormComponent, FormField, ValidatedData, form_fields
from cf_forms.parsing import parse_form
from cf_testing import dispatch_event
from handbook.components.orders import AccountForm, Callback, Line, Order, OrderForm
from tests.helpers import code, table

pytestmark = pytest.mark.django_db

PAGE = "reference/forms.md"
GOOD = {"name": "Ada", "email": "ada@example.com", "lines": [{"article": "pen"}]}


class Meal(Enum):
    NONE = "none"
    LUNCH = "lunch"


NAMES: dict[str, Any] = {kind.__name__: kind for kind in (date, datetime, time, Decimal, SecretStr, HttpUrl, Meal)}
NAMES |= {"EmailStr": EmailStr, "Literal": Literal, "Model": Line}


def own(cls: type) -> set[str]:
    return {name for name in vars(cls) if not name.startswith("_") and name not in vars(Component)}


def named(heading: str) -> set[str]:
    return {re.match(r"\w+", name)[0] for row in table(PAGE, heading) for name in code(row[0])}


def test_every_name_of_a_form_component_is_described() -> None:
    instance = set(vars(FormComponent())) - set(vars(Component()))
    described = named("## Class attributes") | named("## Methods to override") | named("## Methods to call")

    assert own(FormComponent) - described == set()
    assert described - own(FormComponent) - {"on_submit", "validated_data"} == set()
    assert {name for name in instance if not name.startswith("_")} == {"validated_data"}


def test_every_attribute_of_a_field_is_described() -> None:
    assert named("## Fields") == set(inspect.signature(FormField).parameters)


@pytest.mark.parametrize("row", table(PAGE, "## What is shown"), ids=lambda row: row[0])
def test_an_annotation_is_shown_as_the_table_says(row: list[str]) -> None:
    for annotation in code(row[0]):
        made: type[BaseModel] = create_model("Made", one=(eval(annotation, NAMES), ...))
        assert form_fields(made)[0].kind in code(row[1]), annotation


@pytest.mark.parametrize("row", table(PAGE, "## What is sent"), ids=lambda row: row[0])
def test_a_form_is_read_as_the_table_says(row: list[str]) -> None:
    schema: type[BaseModel] = create_model(
        "Made", age=(int | None, None), tags=(list[str], []), answers=(dict[int, str], {}), items=(list[Line], []),
        name=(str, ""), address=(Line, Line(article="x")), on=(bool, True),
    )  # fmt: skip
    sent: dict[str, list[str]] = {}
    for pair in code(row[0])[0].split("&"):
        name, _, text = pair.partition("=")
        sent.setdefault(name, []).append(text)

    assert parse_form(sent, form_fields(schema)) == eval(code(row[1])[0])


def test_what_does_not_fit_stands_under_its_path_and_stays() -> None:
    form = dispatch_event(OrderForm, "submit", {**GOOD, "email": "no", "lines": [{"article": "pen", "quantity": 0}]})

    assert form.errors == {"email": ["Enter a valid email address."], "lines.0.quantity": ["Enter at least 1."]}
    assert form.form_values()["email"] == "no"
    assert "confirmed" not in form.state


def test_a_handler_reads_validated_data() -> None:
    form = dispatch_event(OrderForm, "submit", GOOD)

    assert form.state["confirmed"] == "Ada: 1 lines, 5 off"
    assert isinstance(form.validated_data, ValidatedData)
    assert form.form_values().get("name") is None
    assert dispatch_event(OrderForm, "submit", {**GOOD, "email": "a@example.org"}).errors == {
        "email": ["We cannot write to this address."]
    }


def test_an_error_of_the_model_is_the_form_s() -> None:
    lines = [{"article": "pen"}] * 6
    form = dispatch_event(OrderForm, "submit", {**GOOD, "delivery": "collect", "lines": lines})

    assert form.errors == {"__all__": ["More than five lines have to be posted."]}


def test_read_only_fields_cannot_be_set() -> None:
    staff = get_user_model().objects.create_user("staff", is_staff=True)
    sent = {**GOOD, "discount": "90"}

    assert dispatch_event(OrderForm, "submit", sent, user=AnonymousUser()).state["confirmed"].endswith("5 off")
    assert dispatch_event(OrderForm, "submit", sent, user=staff).state["confirmed"].endswith("90 off")


def test_choices_are_all_there_is() -> None:
    form = dispatch_event(OrderForm, "submit", {**GOOD, "lines": [{"article": "car"}]})

    assert form.errors == {"lines.0.article": ["Select a valid choice."]}


def test_live_validation_shows_what_was_left_and_tells_its_change() -> None:
    form = dispatch_event(OrderForm, "_validate", {"name": "A", "delivery": "collect", "_field": ["delivery"]})

    assert form.errors == {}
    assert form.form_values()["note"] == "Collected at the shop"


def test_rows_are_added() -> None:
    form = dispatch_event(OrderForm, "_add_row", {"lines": [{"article": "pen"}], "_list": "lines"})

    assert form.form_values()["lines"] == [{"article": "pen"}, {}]


def test_secrets_are_not_kept() -> None:
    form = dispatch_event(AccountForm, "submit", {"user": "", "password": "correct horse"})

    assert form.state["form"]["values"] == {"user": ""}


def test_a_django_form_is_a_schema() -> None:
    assert dispatch_event(Callback, "submit", {"number": "555"}).state["number"] == "555"
    assert list(dispatch_event(Callback, "submit", {}).errors) == ["number"]
    assert Order.model_fields
