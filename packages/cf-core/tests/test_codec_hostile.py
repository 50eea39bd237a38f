"""Nothing but a value or UnreadableState comes of any data."""

from __future__ import annotations

import enum
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.engine.codec import (
    TypeTable,
    decode,
    dumps,
    loads,
)
from cf_core.engine.errors import UnreadableState
from tests.codec_samples import NONE, TYPES, Color, json_values, unhurried, values


def read(data: Any) -> None:
    """Read data; anything but a value or UnreadableState fails the test that calls this."""
    with suppress(UnreadableState):
        decode(data, TYPES, make_any)
    with suppress(UnreadableState):
        loads(json.dumps(data), TYPES, make_any)


def make_any(tag: str, data: Any) -> object:
    return tag


@unhurried
@given(json_values)
def test_random_json_is_read_or_unreadable(data: Any) -> None:
    read(data)


@st.composite
def tampered(draw: st.DrawFn) -> Any:
    """The encoding of a value, with one of its nodes exchanged."""
    data = json.loads(dumps(draw(values), TYPES))
    nodes = list(places(data))
    if not nodes:
        return draw(json_values)
    holder, key = draw(st.sampled_from(nodes))
    holder[key] = draw(json_values)
    return data


def places(data: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(data, dict | list):
        for key in data if isinstance(data, dict) else range(len(data)):
            yield data, key
            yield from places(data[key])


@unhurried
@given(tampered())
def test_tampered_data_is_read_or_unreadable(data: Any) -> None:
    read(data)


@unhurried
@given(st.text() | st.binary())
def test_random_text_is_read_or_unreadable(text: Any) -> None:
    with suppress(UnreadableState):
        loads(text, TYPES)


HOSTILE = """
{"~d": "garbage"}
{"~d": 5}
{"~d": "1_0"}
{"~d": " 1"}
{"~d": null}
{"~d": "1", "a": 2}
{"a": 1, "~": 2}
{"~": 1}
{"~nope": 1}
{"~nope": []}
{"~\\u0000": []}
{"~i": "10"}
{"~i": "0x10"}
{"~f": "1.5"}
{"~f": true}
{"~f": " nan"}
{"~u": "ab"}
{"~u": ["a", "b"]}
{"~b": "YQ"}
{"~b": "YR=="}
{"~b": [1]}
{"~da": "2026-W01-1"}
{"~da": "2026-13-01"}
{"~da": 5}
{"~dt": "2026-01-01"}
{"~dt": "2026-01-01T00:00:00Z"}
{"~dt": "2026-01-01T00:00:00+01:00"}
{"~dt": ["2026-01-01T00:00:00+01:00", 0, 0]}
{"~dt": ["2026-01-01T00:00:00", "../../../../etc/passwd", 0]}
{"~dt": ["2026-01-01T00:00:00", "/etc/localtime", 0]}
{"~dt": ["2026-01-01T00:00:00", "os.path", 0]}
{"~dt": ["2026-01-01T00:00:00", "Europe", 0]}
{"~dt": ["2026-01-01T00:00:00", "No/Where", 0]}
{"~dt": ["2026-01-01T00:00:00", "", 0]}
{"~dt": ["2026-01-01T00:00:00", 86400000000, 0]}
{"~dt": ["2026-01-01T00:00:00", 1e400, 0]}
{"~dt": ["2026-01-01T00:00:00", [1.5, "x"], 0]}
{"~dt": ["2026-01-01T00:00:00", [0, 1], 0]}
{"~dt": ["2026-01-01T00:00:00", {}, 0]}
{"~dt": ["2026-01-01T00:00:00", null, 2]}
{"~dt": ["2026-01-01T00:00:00"]}
{"~ti": "25:00:00"}
{"~ti": "10:00:00Z"}
{"~td": [0, 86400, 0]}
{"~td": [1]}
{"~td": [999999999999, 0, 0]}
{"~td": ["1", 0, 0]}
{"~id": "{12345678123456781234567812345678}"}
{"~id": 5}
{"~t": {}}
{"~t": "ab"}
{"~s": [[1]]}
{"~s": [1, 1]}
{"~s": [1, true]}
{"~s": [{"~d": "sNaN"}]}
{"~fs": null}
{"~m": {"a": 1}}
{"~m": [["a"]]}
{"~m": [["a", 1], ["a", 2]]}
{"~m": [[[], 1]]}
{"~m": ["ab"]}
{"~c": []}
{"~c": "Color"}
{"~c": [["Color"], "RED"]}
{"~c": ["os.system", "ls"]}
{"~c": ["Nope", "RED"]}
{"~c": ["Color"]}
{"~c": ["Color", "GREEN"]}
{"~c": ["Color", "__class__"]}
{"~c": ["Color", "red"]}
{"~c": ["Color", "RED", "RED"]}
{"~c": ["Color", ["RED"]]}
{"~c": ["Color", {"~c": ["Color", "RED"]}]}
{"~c": ["Perm", 99]}
{"~c": ["Perm", "READ"]}
{"~c": ["Perm", true]}
{"~c": ["Point", {"x": 1}]}
{"~c": ["Point", {"x": 1, "y": 2, "z": 3}]}
{"~c": ["Point", {"x": 1, "__class__": 2}]}
{"~c": ["Point", {"~m": [["x", 1], [2, 2]]}]}
{"~c": ["Point", [1, 2]]}
{"~c": ["Pair", [1, 2]]}
{"~c": ["Item", {"name": 1, "qty": 2}]}
{"~c": ["Item", {"name": 1, "qty": 2}, null, {"more": 1}, null]}
{"~c": ["Item", {"name": 1, "qty": 2}, null, null, {"__class__": 1}]}
{"~c": ["Item", {"name": 1, "qty": 2}, [1], null, null]}
{"~c": ["Item", {"name": 1, "qty": 2}, "qty", null, null]}
{"~c": ["Item", {"name": 1, "__dict__": 2}, null, null, null]}
{"~c": ["Open", {"name": 1}, null, null, null]}
{"~c": ["Open", {"name": 1}, null, {"~m": [[1, 1]]}, null]}
{"~Unregistered": 1}
{"\\u007ed": "garbage"}
{"\\u007Ed": "garbage"}
NaN
-Infinity
[1,]
01

""".strip("\n").split("\n")


@pytest.mark.parametrize("text", [*HOSTILE, "1" * 5000])
def test_what_is_never_written_is_unreadable(text: str) -> None:
    # The list of time zones is read once, which may import the package it is in.
    dumps(datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Zurich")), TYPES)
    before = set(sys.modules)

    with pytest.raises(UnreadableState):
        loads(text, TYPES, make_any)

    assert set(sys.modules) <= before


@pytest.mark.parametrize("data", [b"1", None, 1, ["1"]])
def test_anything_but_text_is_unreadable(data: Any) -> None:
    with pytest.raises(UnreadableState):
        loads(data, TYPES)


@pytest.mark.parametrize("data", [{1: 2}, {1: 2, "a": 3}, (1,), {1}, Decimal(1), [object()], Color.RED])
def test_anything_but_json_types_is_unreadable(data: Any) -> None:
    with pytest.raises(UnreadableState):
        decode(data, TYPES)


class Picky(enum.Flag):
    A = 1

    @classmethod
    def _missing_(cls, value: object) -> Any:
        raise RuntimeError("the author's code")


@dataclass(frozen=True)
class Unhashable:
    x: Any

    def __hash__(self) -> int:
        raise RuntimeError("the author's code")


@pytest.mark.parametrize("text", ['{"~c":["Picky",8]}', '{"~s":[{"~c":["Unhashable",{"x":1}]}]}'])
def test_errors_of_declared_classes_are_unreadable_states(text: str) -> None:
    with pytest.raises(UnreadableState):
        loads(text, TypeTable([Picky, Unhashable]))


def test_class_that_is_no_longer_declared_is_unreadable() -> None:
    text = dumps([Color.RED], TYPES)

    with pytest.raises(UnreadableState, match="not declared"):
        loads(text, NONE)
