"""Messages are told in the reader's language, with the values of the error."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import pytest
from django.utils import translation
from pydantic import AwareDatetime, BaseModel, EmailStr, Field, HttpUrl, PastDate, create_model, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ErrorType

import cf_forms
from cf_forms.fields import form_fields
from cf_forms.messages import MESSAGES, UNKNOWN
from cf_forms.validation import validate

CATALOGUE = Path(cf_forms.__file__).parent / "locale/de/LC_MESSAGES/django.po"
OWN = {"number_type", "email"}
"""Kinds of our own."""


class Strict(BaseModel):
    name: Annotated[str, Field(min_length=3)] = "Ada"
    age: Annotated[int, Field(ge=18)] = 18
    code: str = "x"
    other: str = "x"

    @field_validator("code")
    @classmethod
    def _known(cls, value: str) -> str:
        if value == "bad":
            raise ValueError("This code {is} not known.")
        if value == "odd":
            raise PydanticCustomError("odd_code", "This code is odd.")
        return value


def errors_of(**data: Any) -> dict[str, list[str]]:
    return validate(Strict, data, form_fields(Strict))[1]


def test_a_message_has_the_values_of_its_error() -> None:
    assert errors_of(name="A", age=3) == {"name": ["Enter at least 3 characters."], "age": ["Enter at least 18."]}


def test_a_message_is_told_in_the_reader_s_language() -> None:
    with translation.override("de"):
        assert errors_of(name="A", age="x") == {
            "name": ["Geben Sie mindestens 3 Zeichen ein."],
            "age": ["Geben Sie eine ganze Zahl ein."],
        }


def test_the_author_s_own_words_are_told_as_they_are() -> None:
    assert errors_of(code="bad") == {"code": ["This code {is} not known."]}
    assert errors_of(code="odd") == {"code": ["This code is odd."]}


def test_every_kind_with_a_message_is_one_that_pydantic_has() -> None:
    assert set(MESSAGES) - OWN <= set(get_args(ErrorType))


@pytest.mark.parametrize(
    ("annotation", "value", "message"),
    [
        (Annotated[int, Field(gt=3)], 3, "Enter more than 3."),
        (Annotated[int, Field(lt=3)], 3, "Enter less than 3."),
        (Annotated[int, Field(le=3)], 4, "Enter at most 3."),
        (Annotated[int, Field(multiple_of=5)], 3, "Enter a multiple of 5."),
        (int, "", "This field is required."),
        (int, "9" * 5_000, "This number is too large."),
        (Annotated[Decimal, Field(max_digits=3)], "1234", "Enter at most 3 digits."),
        (Annotated[Decimal, Field(decimal_places=1)], "1.23", "Enter at most 1 decimal places."),
        (
            Annotated[Decimal, Field(max_digits=3, decimal_places=2)],
            "12",
            "Enter at most 1 digits before the decimal point.",
        ),
        (Annotated[str, Field(max_length=2)], "abc", "Enter at most 2 characters."),
        (Annotated[str, Field(min_length=1)], "", "This field is required."),
        (Annotated[str, Field(pattern="^a$")], "b", "This does not have the expected form."),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "There may be at most 1."),
        (Annotated[list[int], Field(min_length=2)], [1], "There have to be at least 2."),
        (Literal["a"], "b", "Select a valid choice."),
        (date, "x", "Enter a valid date."),
        (PastDate, "2999-01-01", "Enter a date in the past."),
        (datetime, "x", "Enter a valid date and time."),
        (AwareDatetime, "2026-01-01T00:00", "Say the time zone too."),
        (time, "x", "Enter a valid time."),
        (bool, "x", "Answer yes or no."),
        (HttpUrl, "x", "Enter a valid URL."),
        (HttpUrl, "ftp://x", "Enter a valid URL."),
        (EmailStr, "x", "Enter a valid email address."),
        (UUID, "x", "Enter a valid UUID."),
        (dict[int, str], "x", "Enter the fields of this part."),
        (Strict, "x", "Enter the fields of this part."),
    ],
)
def test_an_error_is_told_with_its_limits(annotation: Any, value: Any, message: str) -> None:
    schema = create_model("Made", one=(annotation, ...))

    assert validate(schema, {"one": value}, form_fields(schema))[1] == {"one": [message]}


def test_the_german_catalogue_has_every_message() -> None:
    ids = set(re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text(), re.M))

    assert {*MESSAGES.values(), UNKNOWN} <= ids
    assert CATALOGUE.with_suffix(".mo").is_file()
