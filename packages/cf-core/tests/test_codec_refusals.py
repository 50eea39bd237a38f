"""What cannot be kept is refused with its key path and advice."""

from __future__ import annotations

import enum
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel

from cf_core.engine.codec import (
    MAX_DEPTH,
    dumps,
    encode,
    loads,
)
from cf_core.engine.errors import UnreadableState, UnserialisableState
from tests.codec_samples import (
    NONE,
    TYPES,
    Color,
    Item,
    Line,
    Open,
    Pair,
    Point,
    Row,
    make_row,
    trips,
)


class Markup(str):
    """As Django's SafeString, whose `str()` is itself."""

    def __html__(self) -> Markup:
        return self

    def __str__(self) -> str:
        return self


class Zone(tzinfo):
    def utcoffset(self, at: datetime | None) -> timedelta:
        return timedelta(0)

    def dst(self, at: datetime | None) -> None:
        return None

    def tzname(self, at: datetime | None) -> str:
        return "Zone"


class Untidy(list[int]):
    pass


class Opaque:
    pass


class Undeclared(enum.Enum):
    A = 1


class UndeclaredItem(BaseModel):
    pass


@dataclass
class UndeclaredPoint:
    pass


class UndeclaredPair(NamedTuple):
    a: int


MyInt = type("MyInt", (int,), {})
MyDate = type("MyDate", (datetime,), {})
MyFloat = type("MyFloat", (float,), {})


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        (Markup("<b>"), r'`value \+ ""`'),
        (type("Name", (str,), {})("a"), r"`str\(value\)`"),
        (MyInt(1), r"`int\(value\)`"),
        (MyFloat(1), r"`float\(value\)`"),
        (OrderedDict(a=1), r"`dict\(value\)`"),
        (defaultdict(list), r"`dict\(value\)`"),
        (Counter("a"), r"`dict\(value\)`"),
        (Untidy(), r"`list\(value\)`"),
        (bytearray(b"a"), r"`bytes\(value\)`"),
        (MyDate(2026, 1, 1), "plain date"),
        (iter([1]), r"`list\(value\)`"),
        (Undeclared.A, "state_types"),
        (UndeclaredItem(), "state_types"),
        (UndeclaredPoint(), "state_types"),
        (UndeclaredPair(1), "state_types"),
        (datetime(2026, 1, 1, tzinfo=Zone()), "zoneinfo"),
        (type("__proxy__", (), {})(), "translated later"),
        (Opaque(), "its id"),
        (Opaque, "its id"),
        (len, "its id"),
        (1j, "its id"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_values_are_refused_with_advice(value: object, advice: str) -> None:
    for write in (dumps, encode):
        with pytest.raises(UnserialisableState, match=advice) as refused:
            write({"a": [value]}, TYPES)

        assert str(refused.value).startswith("state['a'][0] ")
        if not isinstance(value, datetime):
            assert type(value).__name__ in str(refused.value)


def test_advice_for_marked_text_leads_to_a_plain_text() -> None:
    assert type(Markup("<b>") + "") is str


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"cart": [1, 2, Item(name=Opaque())]}, "state['cart'][2].name"),
        ({"at": (1, Point(0, {"z": Opaque()}))}, "state['at'][1].y['z']"),
        ({1: {"~": {None: Opaque()}}}, "state[1]['~'][None]"),
        ({Color.RED: Opaque()}, "state[Color.RED]"),
        ({(1,): Opaque()}, "state[<tuple>]"),
        ({"tags": {Opaque()}}, "state['tags'] element"),
        ({"by": {Markup("a"): 1}}, "state['by'] key <Markup>"),
        ({"by": {("a", Markup("a")): 1}}, "state['by'] key <tuple>[1]"),
        (Pair(1, Open(extra=Opaque())), "state.right.extra"),
        ([0] * 500 + [Opaque()], "state[500]"),
        (Opaque(), "state"),
    ],
    ids=lambda part: part if isinstance(part, str) else "value",
)
def test_refusal_names_the_key_path(value: object, path: str) -> None:
    for write in (dumps, encode):
        with pytest.raises(UnserialisableState) as refused:
            write(value, TYPES)

        assert str(refused.value).startswith((f"{path} is of the type test_codec.", f"{path} is of the type "))


def test_key_path_begins_with_the_name_given() -> None:
    with pytest.raises(UnserialisableState, match=r"^params\['x'\] "):
        dumps({"x": Opaque()}, TYPES, name="params")


def test_refusal_shows_no_value() -> None:
    with pytest.raises(UnserialisableState) as refused:
        dumps({"password": Markup("hunter2")}, NONE)

    assert "hunter2" not in str(refused.value)


WRAPPERS: dict[str, Callable[[Any], Any]] = {
    "list": lambda part: [part],
    "dict": lambda part: {"a": part},
    "tuple": lambda part: (part,),
    "frozenset": lambda part: frozenset([part]),
    "pairs": lambda part: {1: part},
    "dataclass": Line,
    "named-tuple": lambda part: Pair(part, 1),
    "model": lambda part: Item(name=part),
    "extra-field": lambda part: Open(more=part),
    "row": Row,
}


def nested(wrap: Callable[[Any], Any], levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = wrap(value)
    return value


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
def test_nesting_up_to_the_limit_comes_back(wrap: Callable[[Any], Any]) -> None:
    levels = MAX_DEPTH // 2 if wrap is WRAPPERS["row"] else MAX_DEPTH

    assert trips(nested(wrap, levels))


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 200, 900])
@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
def test_deeper_nesting_is_refused(wrap: Callable[[Any], Any], levels: int) -> None:
    with pytest.raises(UnserialisableState, match="64 levels"):
        dumps(nested(wrap, levels), TYPES)


def enclosed(begin: str, end: str) -> str:
    return begin * 65 + "1" + end * 65


@pytest.mark.parametrize(
    "text",
    [
        enclosed("[", "]"),
        enclosed('{"a":', "}"),
        enclosed('[{"b":1},', "]"),
        enclosed('{"~t":[', "]}"),
        enclosed('{"~fs":[', "]}"),
        enclosed('{"~m":[[1,', "]]}"),
        enclosed('{"~m":[[', ",1]]}"),
        enclosed('{"~c":["Tags",{"root":', "},null,null,null]}"),
        enclosed('{"~TestRow":[1,', "]}"),
        enclosed('{"~c":["Tags",', "]}"),
        enclosed('{"~c":[', "]}"),
        enclosed('{"~d":', "}"),
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        '{"~c":["Tags",' * 300 + "1" + "]}" * 300,
        '{"~TestRow":' * 300 + "1" + "}" * 300,
    ],
    ids=lambda text: text[:14],
)
def test_text_nested_too_deep_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableState):
        loads(text, TYPES, make_row)


def loop_of_lists() -> object:
    value: list[object] = []
    value.extend([value, value])
    return {"a": value}


def loop_of_dicts() -> object:
    value: dict[str, object] = {"rows": [{"n": 1}] * 100}
    value["a"] = {"b": value}
    return value


def loop_of_objects() -> object:
    line = Line(1)
    line.end = (line,)
    return line


@pytest.mark.parametrize(
    ("make", "path"),
    [(loop_of_lists, "state['a'][0]"), (loop_of_dicts, "state['a']['b']"), (loop_of_objects, "state.end[0]")],
)
def test_value_that_contains_itself_is_refused(make: Callable[[], object], path: str) -> None:
    for write in (dumps, encode):
        with pytest.raises(UnserialisableState) as refused:
            write(make(), TYPES)

        assert str(refused.value).startswith(f"{path} is one of the containers around it")


def test_value_that_is_there_twice_is_no_loop() -> None:
    shared = [1]

    assert trips({"a": shared, "b": [shared, shared]})
