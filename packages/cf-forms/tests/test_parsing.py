"""Names and texts of a form become the data that JSON would bring."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from cf_core import Malformed
from cf_forms.fields import form_fields
from cf_forms.parsing import MAX_DEPTH, MAX_NAMES, parse_form, split_name
from cf_forms.validation import validate
from tests.encoding import encode
from tests.orders import GOOD, GOOD_FORM, Order

FIELDS = form_fields(Order)

_unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Small(BaseModel):
    age: int | None = None
    name: str = "x"
    count: int = 5
    on: bool = True
    off: bool
    tags: list[str] = ["a"]
    numbers: set[int] = set()
    answers: dict[int, str] = {}
    free: Any = None


def parse(sent: dict[str, Any], unchecked: str = "") -> dict[str, Any]:
    return parse_form(sent, form_fields(Small), unchecked.split())


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a", ("a",)),
        ("a.b", ("a", "b")),
        ("items.0.qty", ("items", "0", "qty")),
        ("items[0][qty]", ("items", "0", "qty")),
        ("items[0].qty", ("items", "0", "qty")),
        ("tags[]", ("tags",)),
        ("a[b.c]", ("a", "b.c")),
        ("", None),
        (".a", None),
        ("a.", None),
        ("a..b", None),
        ("a[b", None),
        ("a]b", None),
        ("[a]", None),
        ("a[][b]", None),
    ],
)
def test_names_have_parts(name: str, parts: tuple[str, ...] | None) -> None:
    assert split_name(name) == parts


@pytest.mark.parametrize(
    ("sent", "data"),
    [
        ({"age": [""]}, {"age": None, "off": False}),
        ({"name": [""]}, {"name": "", "off": False}),
        ({"count": [""]}, {"off": False}),
        ({"off": ["on"], "on": [""]}, {"off": True, "on": False}),
        ({"off": ["", "true"]}, {"off": True}),
        ({"name": ["first", "last"]}, {"name": "last", "off": False}),
        ({"tags": ["a", "b"]}, {"tags": ["a", "b"], "off": False}),
        ({"tags": [""]}, {"tags": [], "off": False}),
        ({"tags": ['["a", "b"]']}, {"tags": ["a", "b"], "off": False}),
        ({"tags[]": ["a", "b"]}, {"tags": ["a", "b"], "off": False}),
        ({"tags.1": ["b"], "tags.0": ["a"]}, {"tags": ["a", "b"], "off": False}),
        ({"tags.10": ["b"], "tags.9": ["a"]}, {"tags": ["a", "b"], "off": False}),
        ({"answers[1]": ["B"], "answers.2": ["C"]}, {"answers": {"1": "B", "2": "C"}, "off": False}),
        ({"answers": ['{"1": "B"}'], "answers.2": ["C"]}, {"answers": {"1": "B", "2": "C"}, "off": False}),
        ({"answers": ['{"1": "B"']}, {"answers": '{"1": "B"', "off": False}),
        ({"answers": [{"1": "B"}]}, {"answers": {"1": "B"}, "off": False}),
        ({"free": ['{"a": [1]}']}, {"free": {"a": [1]}, "off": False}),
        ({"free.a.0": ["1"]}, {"free": {"a": ["1"]}, "off": False}),
        ({"unknown": ["1"], "__class__": ["1"], "name.__class__.x": ["1"]}, {"off": False}),
    ],
)
def test_forms_are_read_as_the_schema_takes_them(sent: dict[str, Any], data: dict[str, Any]) -> None:
    assert parse(sent) == data


def test_a_checkbox_that_is_shown_unticked_is_false() -> None:
    assert parse({}) == {"off": False}
    assert parse({}, unchecked="on tags") == {"off": False, "on": False, "tags": []}


def test_lines_of_a_textarea_end_as_they_were_typed() -> None:
    assert parse_form({**GOOD_FORM, "note": ["a\r\nb"]}, FIELDS)["note"] == "a\nb"


def test_choices_that_are_no_texts_get_their_values() -> None:
    assert parse_form({"colour": ["2"]}, FIELDS)["colour"] == 2


@pytest.mark.parametrize(
    "sent",
    [
        {"address": ['{"street": "x", "admin": 1}']},
        {"address": [{"street": "x", "admin": 1}]},
        {"address": ['{"admin": 1}'], "address.street": ["x"]},
    ],
)
def test_json_inside_a_form_has_no_more_names_than_the_form(sent: dict[str, Any]) -> None:
    assert parse_form(sent, FIELDS)["address"] == {"street": "x"}
    rows = parse_form({"items": ['[{"article": "pen", "admin": 1}]']}, FIELDS)["items"]
    assert rows == [{"article": "pen"}]


def test_a_form_over_the_limits_is_refused() -> None:
    with pytest.raises(Malformed):
        parse({f"answers.{number}": ["x"] for number in range(MAX_NAMES + 1)})
    with pytest.raises(Malformed):
        parse({"free" + ".a" * MAX_DEPTH: ["x"]})
    assert parse({"answers": ["[" * 5_000]})["answers"] == "[" * 5_000


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=12)
_LINES = st.lists(
    st.fixed_dictionaries({"article": _TEXT, "qty": st.integers(-5, 120), "gift": st.booleans()}), max_size=4
)
_ORDERS = st.fixed_dictionaries(
    {
        "name": _TEXT,
        "email": st.sampled_from(["ada@example.com", "no"]),
        "note": _TEXT,
        "age": st.none() | st.integers(),
        "price": st.decimals(-1, 100, places=2).map(str),
        "colour": st.sampled_from([1, 2]),
        "size": st.sampled_from(["s", "m", "l"]),
        "extras": st.lists(st.sampled_from(["gift", "card"])),
        "wanted": st.none() | st.dates().map(str),
        "address": st.fixed_dictionaries({"street": _TEXT, "postcode": st.sampled_from(["12345", "1", ""])}),
        "items": _LINES,
        "tags": st.lists(_TEXT, max_size=4),
        "answers": st.dictionaries(st.integers(-5, 10**6).map(str), _TEXT, max_size=4),
        "news": st.booleans(),
        "terms": st.booleans(),
    }
)


@_unhurried
@given(_ORDERS, st.booleans())
def test_a_form_brings_the_same_data_as_json(data: dict[str, Any], brackets: bool) -> None:
    by_json = json.loads(json.dumps(data))

    by_form = parse_form(encode(data, FIELDS, brackets=brackets), FIELDS)

    assert validate(Order, by_form, FIELDS) == validate(Order, by_json, FIELDS)


_WORDS = st.sampled_from([*Order.model_fields, "street", "qty", "0", "7", "__class__", "", "é", "999999999"])
_NAMES = st.lists(_WORDS, min_size=1, max_size=6).flatmap(
    lambda parts: st.sampled_from([".".join(parts), parts[0] + "".join(f"[{part}]" for part in parts[1:])])
) | st.text(max_size=20)
_VALUES = st.text(max_size=20) | st.sampled_from(["[", "[]", "{}", '{"a": 1}', "[1]", "null", "NaN", "1" * 5_000])


@_unhurried
@given(st.dictionaries(_NAMES, st.lists(_VALUES, max_size=3), max_size=12))
def test_whatever_is_sent_is_read_or_refused(sent: dict[str, Any]) -> None:
    data = parse_form(sent, FIELDS)

    assert set(data) <= set(Order.model_fields)
    assert set(data["address"]) <= {"street", "postcode"} if isinstance(data["address"], dict) else True
    model, errors = validate(Order, data, FIELDS)
    assert (model is None) == bool(errors)


def test_the_good_form_is_the_good_json() -> None:
    assert validate(Order, parse_form(GOOD_FORM, FIELDS), FIELDS) == validate(Order, GOOD, FIELDS)
