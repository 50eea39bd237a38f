"""Annotations, constraints and metadata of a schema become the fields of its form."""

from __future__ import annotations

import enum
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import (
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    HttpUrl,
    PastDate,
    PositiveInt,
    SecretStr,
    StringConstraints,
    create_model,
)

from cf_core import ComponentDefinitionError
from cf_forms import FormField, Widget, form_fields
from cf_forms.definitions import FileMark, field_at, override
from tests.orders import Order


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Tree(BaseModel):
    name: str
    below: list[Tree] = []


class Upload:
    def chunks(self) -> Any: ...


def field(annotation: Any, default: Any = ...) -> FormField:
    """Return the one field of a schema."""
    config = ConfigDict(arbitrary_types_allowed=True)
    made = create_model("Made", __config__=config, one=(annotation, default))
    (found,) = form_fields(made)
    return found


@pytest.mark.parametrize(
    ("annotation", "kind", "shape", "required"),
    [
        (str, "text", "value", False),
        (Annotated[str, Field(min_length=1)], "text", "value", True),
        (Annotated[str, Field(max_length=500)], "textarea", "value", False),
        (Annotated[str, StringConstraints(pattern="^x$")], "text", "value", True),
        (str | None, "text", "value", False),
        (int, "number", "value", True),
        (float | None, "number", "value", False),
        (Decimal, "number", "value", True),
        (int | float, "number", "value", True),
        (int | str, "text", "value", False),
        (bool, "checkbox", "flag", False),
        (bool | None, "select", "value", False),
        (Literal[True], "checkbox", "flag", True),
        (Literal["a", "b"], "radio", "value", True),
        (Literal["a", "b", None], "select", "value", False),
        (Literal["a", "b", "c", "d", "e"], "select", "value", True),
        (Level, "radio", "value", True),
        (list[Literal["a", "b"]], "checkboxes", "many", False),
        (set[Level], "checkboxes", "many", False),
        (list[str], "list", "rows", False),
        (tuple[int, ...], "list", "rows", False),
        (tuple[int, str], "textarea", "json", True),
        (dict[int, str], "textarea", "mapping", True),
        (Order, "group", "group", False),
        (list[Order], "list", "rows", False),
        (int | Order, "textarea", "json", True),
        (EmailStr, "email", "value", True),
        (HttpUrl, "url", "value", True),
        (SecretStr, "password", "value", False),
        (date, "date", "value", True),
        (PastDate, "date", "value", True),
        (datetime, "datetime-local", "value", True),
        (time, "time", "value", True),
        (Upload, "file", "file", True),
        (list[Upload], "files", "files", False),
        (Annotated[bytes, FileMark()], "file", "file", True),
        (Any, "text", "json", False),
    ],
)
def test_an_annotation_has_its_kind(annotation: Any, kind: str, shape: str, required: bool) -> None:
    found = field(annotation)

    assert (found.kind, found.shape, found.required) == (kind, shape, required)


@pytest.mark.parametrize(
    ("annotation", "constraints"),
    [
        (PositiveInt, {"min": "1"}),
        (Annotated[int, Field(gt=3, lt=10)], {"min": "4", "max": "9"}),
        (Annotated[int, Field(ge=0, multiple_of=5)], {"min": "0", "step": "5"}),
        (Annotated[int, Field(ge=1, multiple_of=5)], {"min": "1"}),
        (float, {"step": "any"}),
        (Annotated[Decimal, Field(ge=0, decimal_places=2)], {"min": "0", "step": "0.01"}),
        (Annotated[str, Field(min_length=2, max_length=5)], {"minlength": 2, "maxlength": 5}),
        (Annotated[str, Field(pattern="^[a-z]+$")], {"pattern": "[a-z]+"}),
        (Annotated[str, Field(pattern="[a-z]")], {"pattern": ".*(?:[a-z]).*"}),
        (Annotated[str, Field(pattern="^a|b$")], {"pattern": ".*(?:^a|b$).*"}),
        (Annotated[str, Field(pattern="(?i)^x$")], {}),
        (Annotated[str | None, Field(max_length=5)], {"maxlength": 5}),
        (Annotated[date, Field(ge=date(2026, 1, 2))], {"min": "2026-01-02"}),
    ],
)
def test_limits_are_html_constraints(annotation: Any, constraints: dict[str, Any]) -> None:
    assert dict(field(annotation).constraints) == constraints


def test_a_schema_says_labels_help_and_defaults() -> None:
    fields = {found.name: found for found in form_fields(Order)}

    assert fields["name"].label == "Your name"
    assert fields["name"].help_text == "As on the letter box"
    assert fields["news"].label == "News"
    assert fields["price"].default == "1.50"
    assert fields["colour"].choices == (("1", "Red"), ("2", "Dark blue"))
    assert fields["colour"].default == 1
    assert (fields["items"].min_items, fields["items"].max_items) == (1, 3)
    assert fields["note"].options == {"rows": 3}
    assert not fields["age"].required


def test_a_widget_can_stand_in_the_field_s_extra() -> None:
    found = field(str, Field(json_schema_extra={"widget": "textarea", "options": {"rows": 7}}))

    assert found.kind == "textarea"
    assert found.options == {"rows": 7}


def test_paths_lead_to_definitions() -> None:
    fields = form_fields(Order)
    lines = field_at(fields, "items.4.qty")

    assert lines is not None
    assert lines.path == "items.*.qty"
    assert field_at(fields, "items.x.qty") is None
    assert field_at(fields, "items.0.none") is None
    assert field_at(fields, "name.deeper") is None
    assert field_at(fields, "") is None


def test_a_model_inside_itself_is_json() -> None:
    below = field_at(form_fields(Tree), "below.0")

    assert below is not None
    assert below.shape == "json"


def test_a_secret_inside_a_union_makes_it_secret() -> None:
    class Login(BaseModel):
        password: SecretStr

    assert field(int | Login).is_secret
    assert field(SecretStr).is_secret
    assert not field(int | Order).is_secret


def test_fields_are_read_once() -> None:
    assert form_fields(Order) is form_fields(Order)


def test_an_author_can_say_otherwise() -> None:
    fields = override(
        form_fields(Order),
        widgets={"size": "select", "name": "my/name.html", "items.*.article": Widget("textarea", rows=2)},
        labels={"email": "Mail"},
        help_texts={"age": "In years"},
        choices={"note": lambda: ["a", ("b", "Bee")]},
    )

    def at(path: str) -> FormField:
        found = field_at(fields, path)
        assert found is not None
        return found

    assert at("size").kind == "select"
    assert at("name").widget == "my/name.html"
    assert (at("items.0.article").kind, at("items.0.article").options) == ("textarea", {"rows": 2})
    assert at("email").label == "Mail"
    assert at("age").help_text == "In years"
    assert at("note").choices == (("a", "a"), ("b", "Bee"))


def test_an_override_of_no_field_is_an_error() -> None:
    with pytest.raises(ComponentDefinitionError, match="Expected one of: name, email"):
        override(form_fields(Order), labels={"nmae": "Name"}, where="Form")
