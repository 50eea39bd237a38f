"""What becomes of payloads and params before the author's method sees them."""

from __future__ import annotations

import datetime as dt
import enum
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from cf_core import ComponentDefinitionError, Invalid
from cf_core.engine.arguments import Arguments


class Color(enum.Enum):
    RED = "red"


class Line(BaseModel):
    sku: str
    qty: int


def arguments(function: Callable[..., Any]) -> Arguments:
    return Arguments(function, where="Cart.on_add")


def coerce(annotation: Any, value: Any) -> Any:
    def on_add(self: Any, value: Any) -> None: ...

    on_add.__annotations__["value"] = annotation
    return arguments(on_add).coerce({"value": value})["value"]


def messages_of(annotation: Any, value: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        coerce(annotation, value)
    assert list(refused.value.errors) == ["value"]
    return refused.value.errors["value"]


@pytest.mark.parametrize(
    ("annotation", "raw", "value"),
    [
        (int, "5", 5),
        (int, 5.0, 5),
        (float, "1.5", 1.5),
        (bool, "true", True),
        (bool, "on", True),
        (bool, "0", False),
        (bool, 1, True),
        (str, "", ""),
        (Decimal, "9.90", Decimal("9.90")),
        (Decimal, 3, Decimal(3)),
        (UUID, "12345678123456781234567812345678", UUID("12345678123456781234567812345678")),
        (dt.date, "2026-02-28", dt.date(2026, 2, 28)),
        (dt.datetime, "2026-02-28T10:00:00Z", dt.datetime(2026, 2, 28, 10, tzinfo=dt.UTC)),
        (dt.timedelta, "PT90S", dt.timedelta(seconds=90)),
        (Color, "red", Color.RED),
        (Literal["a", "b"], "a", "a"),
        (list[int], ["1", 2], [1, 2]),
        (set[int], [1, 1, 2], {1, 2}),
        (tuple[int, ...], ["1"], (1,)),
        (dict[str, int], {"a": "1"}, {"a": 1}),
        (Line, {"sku": "A", "qty": "2"}, Line(sku="A", qty=2)),
        (Optional[int], None, None),  # noqa: UP045 - authors write it
        (int | None, "7", 7),
        (int | str, "seven", "seven"),
        (Annotated[int, Field(ge=1)], "1", 1),
        (Any, {"any": ["thing"]}, {"any": ["thing"]}),
    ],
)
def test_values_become_what_the_annotation_says(annotation: Any, raw: Any, value: Any) -> None:
    result = coerce(annotation, raw)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "annotation",
    [
        int,
        float,
        int | None,
        Optional[float],  # noqa: UP045
        Annotated[int, Field(ge=0)],
        Annotated[int | None, Field()],
    ],
)
@pytest.mark.parametrize("value", [True, False])
def test_a_bool_is_no_number(annotation: Any, value: bool) -> None:
    assert messages_of(annotation, value) == ["Input should be a valid number"]


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (list[int], [1, True]),
        (dict[str, int], {"a": False}),
        (tuple[int, float], [1, True]),
        (set[float], [True]),
        (Sequence[int], [True]),
        (Mapping[str, int], {"a": True}),
        (list[list[int]], [[True]]),
        (Decimal, True),
    ],
)
def test_a_bool_is_no_number_inside_a_collection_either(annotation: Any, value: Any) -> None:
    with pytest.raises(Invalid):
        coerce(annotation, value)


@pytest.mark.parametrize("annotation", [float, Decimal, list[float], dict[str, float], float | None])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_no_numbers(annotation: Any, value: float) -> None:
    raw: Any = [value] if annotation == list[float] else {"a": value} if annotation == dict[str, float] else value
    with pytest.raises(Invalid):
        coerce(annotation, raw)


@pytest.mark.parametrize(
    ("annotation", "text"),
    [(float, "1e999"), *((kind, text) for kind in (float, Decimal) for text in ("NaN", "nan", "Infinity", "-inf"))],
)
def test_nan_and_infinity_as_text_are_no_numbers(annotation: Any, text: str) -> None:
    with pytest.raises(Invalid):
        coerce(annotation, text)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, "five"),
        (int, "5.5"),
        (int, 1.5),
        (int, None),
        (int, []),
        (int, {}),
        (int, "9" * 5_000),
        (str, 5),
        (str, None),
        (str, ["a"]),
        (bool, "maybe"),
        (bool, 2),
        (list[int], "12"),
        (list[int], {"a": 1}),
        (dict[str, int], [1]),
        (UUID, "1"),
        (dt.date, "yesterday"),
        (Color, "green"),
        (Literal["a"], "b"),
        (Line, {"sku": "A"}),
        (Annotated[int, Field(ge=1)], 0),
    ],
)
def test_what_does_not_fit_is_refused_with_a_message_for_its_field(annotation: Any, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        coerce(annotation, value)
    ((field, messages),) = refused.value.errors.items()
    assert field.partition(".")[0] == "value"
    assert all(messages)
    assert refused.value.status == 422


def test_a_message_of_a_nested_value_stands_under_its_dotted_path() -> None:
    def on_add(self: Any, lines: list[Line]) -> None: ...

    with pytest.raises(Invalid) as refused:
        arguments(on_add).coerce({"lines": [{"sku": "A", "qty": 1}, {"sku": "B", "qty": "many"}]})
    assert list(refused.value.errors) == ["lines.1.qty"]


def test_messages_never_repeat_the_value() -> None:
    assert not any("hunter2" in text for text in messages_of(int, "hunter2"))


def add(self: Any, sku: str, qty: int = 1) -> None: ...


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        arguments(add).coerce({})
    assert refused.value.errors == {"sku": ["Field required"]}


def test_a_default_stands_where_nothing_was_given() -> None:
    assert arguments(add).coerce({"sku": "A"}) == {"sku": "A"}


@pytest.mark.parametrize("name", ["self", "__class__", "colour", "request", "qty ", "Qty", ""])
def test_an_unknown_name_is_refused_and_only_declared_ones_are_listed(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        arguments(add).coerce({"sku": "A", name: "hunter2"})
    assert refused.value.errors == {"__all__": ["Unknown argument. Known: sku, qty."]}


def test_a_method_without_arguments_takes_none() -> None:
    def on_clear(self: Any) -> None: ...

    assert arguments(on_clear).coerce({}) == {}
    with pytest.raises(Invalid) as refused:
        arguments(on_clear).coerce({"sku": 1})
    assert refused.value.errors == {"__all__": ["Takes no arguments."]}


def test_an_argument_without_annotation_takes_anything() -> None:
    def on_add(self: Any, thing) -> None: ...  # type: ignore[no-untyped-def]

    assert arguments(on_add).coerce({"thing": [True]}) == {"thing": [True]}


def test_pick_leaves_out_what_the_method_does_not_name() -> None:
    def mount(self: Any, quiz_id: int) -> None: ...

    assert arguments(mount).pick({"quiz_id": "3", "user": object(), "other": 1}) == {"quiz_id": 3}


def test_an_instance_of_the_annotated_class_passes_as_it_is() -> None:
    class Course: ...

    course = Course()

    def mount(self: Any, course: Any) -> None: ...

    mount.__annotations__["course"] = Course
    assert arguments(mount).pick({"course": course})["course"] is course


@pytest.mark.parametrize(
    "function",
    [lambda self, **more: None, lambda self, *more: None, lambda self, only, /: None],
)
def test_arguments_that_cannot_be_named_are_an_error_of_the_class(function: Any) -> None:
    with pytest.raises(ComponentDefinitionError, match=r"Cart\.on_add takes .*: name every argument"):
        arguments(function)


def test_an_annotation_that_does_not_exist_at_run_time_is_explained() -> None:
    def on_add(self: Any, line) -> None: ...  # type: ignore[no-untyped-def]

    on_add.__annotations__["line"] = "OnlyUnderTypeChecking"
    with pytest.raises(ComponentDefinitionError, match=r"names 'OnlyUnderTypeChecking'.*TYPE_CHECKING"):
        arguments(on_add).coerce({"line": 1})


# -- forms


def from_form(annotation: Any, texts: list[str] | None, *, default: Any = ..., unchecked: str = "") -> dict[str, Any]:
    if default is ...:

        def on_save(self: Any, value: Any) -> None: ...
    else:

        def on_save(self: Any, value: Any = default) -> None: ...

    on_save.__annotations__["value"] = annotation
    fields = {} if texts is None else {"value": texts}
    return arguments(on_save).from_form(fields, frozenset(unchecked.split()))


@pytest.mark.parametrize(
    ("annotation", "texts", "value"),
    [
        (int, ["5"], 5),
        (int, ["1", "5"], 5),
        (str, ["first", "last"], "last"),
        (str, [""], ""),
        (str, ["[1, 2]"], "[1, 2]"),
        (str | None, [""], ""),
        (int | None, [""], None),
        (dt.date | None, [""], None),
        (bool, ["on"], True),
        (bool, ["true"], True),
        (bool, ["false"], False),
        (list[int], ["1", "2"], [1, 2]),
        (list[int], ["1"], [1]),
        (list[int], ["[1, 2]"], [1, 2]),
        (list[str], ["a", "b"], ["a", "b"]),
        (list[str], ["[a"], ["[a"]),
        (set[str], ["a", "a"], {"a"}),
        (tuple[int, int], ["1", "2"], (1, 2)),
        (list[int] | None, ["1"], [1]),
        (Sequence[int], ["1", "2"], [1, 2]),
        (Sequence[str], ["a"], ["a"]),
        (list, ["a", "b"], ["a", "b"]),
        (bytes, ["ab"], b"ab"),
        (Mapping[str, int], ['{"a": 1}'], {"a": 1}),
        (dict[str, int], ['{"a": 1}'], {"a": 1}),
        (Line, ['{"sku": "A", "qty": 2}'], Line(sku="A", qty=2)),
        (list[Line], ['[{"sku": "A", "qty": 2}]'], [Line(sku="A", qty=2)]),
        (Any, ["text"], "text"),
    ],
)
def test_form_fields_become_arguments(annotation: Any, texts: list[str], value: Any) -> None:
    result = from_form(annotation, texts)["value"]
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize("annotation", [dict[str, float], list[float]])
def test_json_text_in_a_form_field_holds_no_nan(annotation: Any) -> None:
    with pytest.raises(Invalid):
        from_form(annotation, ['{"a": NaN}' if annotation == dict[str, float] else "[NaN]"])


def test_names_that_the_handler_does_not_declare_are_dropped_from_a_form() -> None:
    fields = {"sku": ["A"], "csrf": ["x"], "submit": [""], "self": ["x"], "__class__": ["x"]}
    assert arguments(add).from_form(fields) == {"sku": "A"}


def test_a_required_checkbox_that_was_not_sent_is_false() -> None:
    assert from_form(bool, None) == {"value": False}


def test_a_checkbox_that_the_form_shows_but_did_not_send_is_false() -> None:
    assert from_form(bool, None, default=True, unchecked="other value") == {"value": False}


def test_a_checkbox_that_the_form_does_not_show_keeps_its_default() -> None:
    assert from_form(bool, None, default=True, unchecked="other") == {}


def test_a_missing_field_of_another_type_is_reported() -> None:
    with pytest.raises(Invalid) as refused:
        from_form(int, None)
    assert refused.value.errors == {"value": ["Field required"]}


def test_an_empty_text_is_no_number() -> None:
    with pytest.raises(Invalid):
        from_form(int, [""])


@given(st.dictionaries(st.text(max_size=8), st.lists(st.text(max_size=30), min_size=1, max_size=3), max_size=6))
def test_no_form_makes_coercion_fail_otherwise_than_by_refusing(fields: dict[str, list[str]]) -> None:
    def on_save(self: Any, a: int = 0, b: bool = False, c: list[float] = [], d: dict[str, int] | None = None) -> None:  # noqa: B006
        ...

    names = dict(zip("abcd", fields.values(), strict=False))
    try:
        told = arguments(on_save).from_form({**fields, **names})
    except Invalid as refused:
        told = refused.errors
    assert {field.partition(".")[0] for field in told} <= {"a", "b", "c", "d"}


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(_json)
def test_an_int_argument_is_given_an_int_or_nothing(value: Any) -> None:
    try:
        result = coerce(int, value)
    except Invalid:
        return
    assert type(result) is int
    assert not isinstance(value, bool)
