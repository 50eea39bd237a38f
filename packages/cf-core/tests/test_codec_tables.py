"""Which classes a component may keep in its state."""

from __future__ import annotations

import enum
import sys
import types as python_types
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, NewType, TypedDict, TypeVar

import pytest
from pydantic import BaseModel

from cf_core.engine.codec import (
    TypeTable,
    dumps,
    loads,
)
from cf_core.engine.errors import ComponentDefinitionError
from tests.codec_samples import KEPT, TYPES, Box, Color, Item, Level, Line, Order, Page, Pair, Point, SpecialOrder


def status_of(module: str) -> Any:
    class Status(enum.Enum):
        A = 1

    Status.__module__, Status.__qualname__ = module, "Status"
    return Status


def test_equal_names_are_told_apart_by_module() -> None:
    mine, theirs = status_of("mine"), status_of("theirs")
    table = TypeTable([mine, theirs])

    again = loads(dumps([mine.A, theirs.A], table), table)

    assert again == [mine.A, theirs.A]
    assert (table.name_of(mine), table.name_of(theirs)) == ("mine.Status", "theirs.Status")
    assert table.find("Status") is None


def test_names_of_a_table() -> None:
    assert TYPES.name_of(Order.Status) == "Order.Status"
    assert TYPES.find("Order.Status") is Order.Status
    assert TYPES.name_of(Order) is None
    assert TYPES.find("os.system") is None


class Untidy(list):  # type: ignore[type-arg]
    pass


@dataclass
class Listed(list):  # type: ignore[type-arg]
    x: int = 0


@pytest.mark.parametrize("cls", [Order, Untidy, Listed, BaseModel, enum.Enum, object])
def test_table_refuses_classes_that_cannot_be_kept(cls: type) -> None:
    with pytest.raises(ComponentDefinitionError, match=cls.__qualname__):
        TypeTable([cls])


def test_table_accepts_classes_that_need_no_declaration() -> None:
    assert TypeTable([Decimal, str, list, Color]).name_of(Color) == "Color"


def module_with(**names: object) -> python_types.ModuleType:
    module = python_types.ModuleType("shop.components")
    vars(module).update(names)
    return module


def test_module_declares_its_globals_and_the_classes_inside_them() -> None:
    table = TypeTable.of_module(module_with(Color=Color, SpecialOrder=SpecialOrder, Item=Item, number=1, Pair=Pair))

    assert {cls for cls in KEPT if table.name_of(cls)} == {Color, Order.Status, Item, Pair}


def test_fields_declare_their_classes_too() -> None:
    table = TypeTable.of_module(module_with(Box=Box))

    assert {cls for cls in KEPT if table.name_of(cls)} == {Box, Point, Order.Status}


class Rows(TypedDict):
    color: Color
    more: list[Rows]


class Schema(BaseModel):
    lines: dict[str, list[Line] | None] = {}


Bounded = TypeVar("Bounded", bound=Level)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (Color, Color),
        (list[Color], Color),
        (dict[str, tuple[Color, ...]], Color),
        (Color | None, Color),
        (Annotated[Color, {"unhashable": []}], Color),
        (Literal[Level.LOW], Level),
        (NewType("Paint", Color), Color),
        (Callable[[int], Color], Color),
        (Bounded, Level),
        (Schema, Line),
        (Rows, Color),
        (Page[int], Page[int]),
    ],
)
def test_annotations_declare_the_classes_in_them(annotation: object, expected: type) -> None:
    assert TypeTable.of_module(extra=[annotation]).name_of(expected) is not None


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type` statements")
def test_type_aliases_declare_the_classes_in_them() -> None:
    scope: dict[str, Any] = {"Color": Color}
    exec("type Tree = list[Tree] | Color", scope)

    assert TypeTable.of_module(extra=[scope["Tree"]]).name_of(Color) == "Color"


@dataclass
class Typed:
    """One of its annotations cannot be resolved, as with names that only exist for type checkers."""

    missing: OnlyForCheckers  # type: ignore[name-defined]  # noqa: F821


def test_annotations_that_cannot_be_resolved_are_passed_over() -> None:
    assert TypeTable.of_module(extra=[Typed, "Color", None]).name_of(Typed) == "Typed"


def test_looking_at_a_module_evaluates_no_lazy_object() -> None:
    class Lazy:
        @property  # type: ignore[misc]  # as a lazy object does
        def __class__(self) -> Any:
            raise AssertionError("evaluated")

    assert TypeTable.of_module(module_with(lazy=Lazy(), Color=Color)).name_of(Color) == "Color"
