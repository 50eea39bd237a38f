"""JSON from outside, within limits: depth, number of values, keys, size of integers."""

from __future__ import annotations

import json
from typing import Any

from .engine.errors import Malformed

MAX_DEPTH = 20
MAX_VALUES = 2_000
MAX_KEYS = 500
MAX_INTEGER = 2**53
"""Beyond it a browser's own numbers are not exact."""


def read_json(raw: bytes) -> Any:
    """Return the value of a JSON text. Raises Malformed for what is not JSON, and for what is over a limit."""
    try:
        value = _DECODER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Malformed(f"Not JSON: {type(error).__name__}") from None
    _check(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    if len(found) > MAX_KEYS:
        raise ValueError("too many keys")
    return found


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _check(value: Any) -> None:
    """Raise Malformed where the value is too deep, too large, or holds text that no database takes."""
    level, depth, count = [value], 0, 0
    while level:
        depth += 1
        count += len(level)
        if depth > MAX_DEPTH or count > MAX_VALUES:
            raise Malformed("The JSON is too deep or has too many values")
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is dict:
                below.extend(item.values())
                below.extend(item)
            elif kind is list:
                below.extend(item)
            elif kind is str:
                if "\x00" in item or not (item.isascii() or _is_unicode(item)):
                    raise Malformed("A text holds a NUL or half a character")
            elif kind is int and abs(item) > MAX_INTEGER:
                raise Malformed("An integer is too large")
            elif kind is float and item in (float("inf"), float("-inf")):
                raise Malformed("A number is too large")
        level = below


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
