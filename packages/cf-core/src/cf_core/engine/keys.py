"""What tells permissions and guards apart by what they were made with, the same in every process."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

UNTOLD = "\0"
"""Stands in a key for what nothing tells apart from others of its kind; no text in a key holds it."""

_PLAIN = (
    *(str, bytes, bool, int, float, complex, type(None), type(...), Decimal, UUID, range, re.Pattern),
    *(datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo),
)
"""Types whose repr says all there is, everywhere alike."""
_DEPTH = 8


def key_of(thing: Any) -> str:
    """Return what tells a permission or guard from others.

    Of a class or function: where it is defined. Of an instance: its class and its text attribute `policy_key`, else
    what it holds, with sets in one order.
    """
    return _told(thing, ())


def _told(value: Any, around: tuple[int, ...]) -> str:
    if isinstance(value, _PLAIN):
        return repr(value)
    if id(value) in around:
        return f"^{len(around) - around.index(id(value))}"
    if len(around) == _DEPTH:
        return UNTOLD
    around = (*around, id(value))
    if isinstance(value, Enum):
        return f"{_path(type(value))}.{value.name}"
    if isinstance(value, Mapping):
        return _joined(sorted(f"{_told(key, around)}: {_told(item, around)}" for key, item in value.items()))
    if isinstance(value, set | frozenset):
        return _joined(sorted(_told(item, around) for item in value))
    if isinstance(value, list | tuple):
        return f"[{', '.join(_told(item, around) for item in value)}]"
    if isinstance(value, functools.partial):
        return f"{_told(value.func, around)}({_told([value.args, value.keywords], around)})"
    if hasattr(value, "__qualname__"):
        owner = getattr(value, "__self__", None)
        is_bound = hasattr(value, "__func__") and not isinstance(owner, type)
        return f"{_path(value)}{_told([owner], around) if is_bound else ''}"
    return f"{_path(type(value))}({_told_of(value, around)})"


def _told_of(thing: Any, around: tuple[int, ...]) -> str:
    """Return what an instance is told by: its policy_key, its attributes, else its repr."""
    told = getattr(thing, "policy_key", None)
    if told is not None:
        return str(told)
    attributes = _attributes(thing)
    if attributes is not None:
        return _told(attributes, around)
    text = repr(thing)
    return UNTOLD if " at 0x" in text else text


def _attributes(thing: Any) -> dict[str, Any] | None:
    """Return what stands in an instance, or None for one that has no place for attributes."""
    slots = [name for cls in type(thing).__mro__ for name in _slots(cls)]
    if not slots and not hasattr(thing, "__dict__"):
        return None
    found = {name: getattr(thing, name) for name in slots if hasattr(thing, name)}
    return found | getattr(thing, "__dict__", {})


def _slots(cls: type) -> Iterable[str]:
    declared = cls.__dict__.get("__slots__", ())
    names = (declared,) if isinstance(declared, str) else declared
    return [name for name in names if name not in ("__dict__", "__weakref__")]


def _joined(texts: list[str]) -> str:
    return f"{{{', '.join(texts)}}}"


def _path(thing: Any) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"
