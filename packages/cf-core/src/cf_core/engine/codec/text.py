"""The state as text, fast for what a state nearly always is: JSON types only."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any, NoReturn

from pydantic_core import PydanticSerializationError, to_json

from ..errors import UnreadableState
from .decoder import decode
from .encoder import MAX_DEPTH, SURE, USUAL, Encoder
from .extensions import Resolve
from .tables import TypeTable

# Digits. Python can be told to read no integer of more than 640; so many in a row fill one block of this size.
_BLOCK = 300
_STR = frozenset({str})
_NESTING = frozenset({dict, list})
_KNOWN = USUAL | _NESTING
_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False, allow_nan=False)


def dumps(value: object, types: TypeTable, *, name: str = "state") -> str:
    """Return the value as compact ASCII JSON.

    Raises UnserialisableState, which names the key path below `name`, the type, and what to do.
    """
    if _is_flat(value) or _is_plain(value):
        text = _text_of(value)
        if text is not None and not _may_hold_tags(text):
            return text
    text = _text_of(Encoder(types, USUAL).encode_all(value, name))
    if text is None:
        text = _ENCODER.encode(Encoder(types, SURE).encode_all(value, name))
    return text


def loads(text: str, types: TypeTable, resolve: Resolve | None = None) -> Any:
    """Return the value of what `dumps` returned.

    `resolve(tag, data)` makes the values of extension tags; without it they are refused.
    Raises UnreadableState on anything that `dumps` does not write.
    """
    if not isinstance(text, str):
        raise UnreadableState(f"The state is {type(text).__name__}, expected text")
    try:
        data = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableState("The state is not JSON") from error
    if not _may_hold_tags(text) and _is_shallow(text, data):
        return data
    return decode(data, types, resolve)


def _is_flat(value: Any) -> bool:
    """Whether the value is a dict of texts and numbers: the usual small state."""
    return type(value) is dict and _STR.issuperset(map(type, value)) and USUAL.issuperset(map(type, value.values()))


def _is_plain(value: Any) -> bool:
    """Whether the value consists of JSON types exactly, not too deep. Level by level: each is a few calls into C."""
    if type(value) not in _NESTING:
        return type(value) in USUAL
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        dicts = [part for part in level if type(part) is dict]
        lists = [part for part in level if type(part) is list]
        if not _STR.issuperset(map(type, chain.from_iterable(dicts))):
            return False
        kinds = set(map(type, chain(chain.from_iterable(map(dict.values, dicts)), chain.from_iterable(lists))))
        if kinds <= USUAL:
            return True
        if not kinds <= _KNOWN:
            return False
        inside = chain(chain.from_iterable(map(dict.values, dicts)), chain.from_iterable(lists))
        level = [part for part in inside if type(part) in _NESTING]
        if len(level) > 1000:
            level = list({id(part): part for part in level}.values())
    return False


def _text_of(data: Any) -> str | None:
    """Return the JSON text, or None if a string or a number in it needs a tag to survive."""
    try:
        raw = to_json(data)
    except PydanticSerializationError:  # a lone surrogate
        return None
    if (b"N" in raw and b"NaN" in raw) or (b"I" in raw and b"Infinity" in raw):
        return None
    if any(raw[start : start + _BLOCK].isdigit() for start in range(0, len(raw) - _BLOCK + 1, _BLOCK)):
        return None
    return raw.decode("ascii") if raw.isascii() else _ENCODER.encode(data)


def _may_hold_tags(text: str) -> bool:
    # One character is found far quicker than two; the mark may also be spelled as an escape.
    return ("~" in text and '"~' in text) or ("\\" in text and "\\u007" in text)


def _is_shallow(text: str, data: Any) -> bool:
    """Whether JSON data is not nested too deep."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return True
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [
            part
            for holder in level
            for part in (holder.values() if type(holder) is dict else holder)
            if type(part) in _NESTING
        ]
        if not level:
            return True
    return False


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
