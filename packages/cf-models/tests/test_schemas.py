"""From a Django model to what a form of it takes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import models
from pydantic import BaseModel, ValidationError

from cf_core import ComponentDefinitionError
from cf_models import schema_from_model
from tests.models import Order, Parcel


def taken(schema: type[BaseModel], **values: Any) -> dict[str, Any]:
    return schema.model_validate(values).model_dump()


def refused(schema: type[BaseModel], **values: Any) -> set[str]:
    with pytest.raises(ValidationError) as error:
        schema.model_validate(values)
    return {str(item["loc"][0]) for item in error.value.errors()}


def test_defaults_are_those_of_the_model() -> None:
    schema = schema_from_model(Order, ["status", "notes", "total", "due", "tags", "number", "urgent"])

    assert taken(schema) == {
        "status": "new", "notes": "", "total": Decimal(0), "due": None, "tags": [], "number": None, "urgent": False,
    }  # fmt: skip


def test_columns_without_a_default_are_required() -> None:
    assert refused(schema_from_model(Order, ["customer"])) == {"customer"}
    assert refused(schema_from_model(Parcel, ["title"])) == {"title"}
    assert refused(schema_from_model(Parcel, ["title"]), title="") == {"title"}


def test_limits_are_those_of_the_model() -> None:
    schema = schema_from_model(Order, ["number", "place", "total"])

    assert refused(schema, number="x" * 21, place=-1, total="1.234") == {"number", "place", "total"}


def test_email_and_callable_defaults() -> None:
    users = schema_from_model(get_user_model(), ["email"])

    assert taken(users, email="ann@example.com") == {"email": "ann@example.com"}
    assert refused(users, email="ann") == {"email"}
    assert len({str(taken(schema_from_model(Parcel, ["id"]))["id"]) for _ in range(2)}) == 2


def test_annotation_may_be_overridden() -> None:
    schema = schema_from_model(Order, ["status", "notes"], {"notes": int, "status": (bool, True)})

    assert taken(schema, notes="7") == {"notes": 7, "status": True}
    with pytest.raises(ComponentDefinitionError, match="'total'"):
        schema_from_model(Order, ["notes"], {"total": int})


@pytest.mark.parametrize("name", ["customer.name", "nots", "order"])
def test_only_columns_have_a_place_in_it(name: str) -> None:
    with pytest.raises(ComponentDefinitionError, match="The schema of Order"):
        schema_from_model(Order, [name])


def test_column_of_unknown_type_asks_for_an_annotation() -> None:
    class Odd(models.Field):
        """A column of a kind of its own."""

        def db_type(self, connection: Any) -> str:
            return "text"

    class Holder(models.Model):
        odd = Odd()

        class Meta:
            app_label = "elsewhere"

        def __str__(self) -> str:
            return "holder"

    with pytest.raises(ComponentDefinitionError, match="schema_fields"):
        schema_from_model(Holder, ["odd"])
    assert taken(schema_from_model(Holder, ["odd"], {"odd": str}), odd="x") == {"odd": "x"}
