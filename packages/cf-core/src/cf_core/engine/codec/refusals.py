"""The words for a value that a state cannot keep: where it is, what it is, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from reprlib import repr as short_repr
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel

from ..errors import UnserialisableState
from .tables import TypeTable

_DECLARE = (
    "Declare {}: import it in the component's module, annotate it in the component's state_schema, "
    "or list it in its state_types."
)
_LONGEST_PATH = 8
# The nearest built-in type of a subclass, first match.
_BASES: tuple[type, ...] = (str, int, float, dict, list, tuple, set, frozenset, bytes, bytearray)
_WITHOUT_SUBCLASSES: tuple[type, ...] = (date, time, timedelta, Decimal, UUID)


class Refuser(Protocol):
    """The encoder, as far as it takes to find out which part it refuses."""

    types: TypeTable

    def encode(self, value: object, depth: int) -> object:
        """Raises UnserialisableState with the reason."""


def describe(value: object) -> str:
    """Return what a value without a place in a state is, and what to do."""
    return f"is of the type {_name(type(value))}, which a state cannot keep. {_advice(value)}"


def explain(encoder: Refuser, value: object, reason: str, name: str) -> str:
    """Return the key path of the part that is refused, and the reason."""
    path, above = [name], [value]
    while (refused := _refused_part(encoder, above[-1], len(above))) is not None:
        step, part, reason = refused
        path.append(step)
        if any(part is holder for holder in above):
            return f"{_joined(path)} is one of the containers around it; a state cannot contain itself."
        above.append(part)
    return f"{_joined(path)} {reason}"


def _refused_part(encoder: Refuser, holder: object, depth: int) -> tuple[str, object, str] | None:
    """Return the first refused part of a container: step, part, reason. None if it is refused for itself."""
    for step, part in _parts(holder, encoder.types):
        try:
            encoder.encode(part, depth)
        except UnserialisableState as refusal:
            return step, part, str(refusal)
    return None


def _parts(value: object, types: TypeTable) -> Iterator[tuple[str, object]]:
    """Yield the step in the key path to each part of a container, and the part."""
    kind = type(value)
    if isinstance(value, dict) and kind is dict:
        for key, part in value.items():
            yield f" key {_label(key)}", key
            yield f"[{_label(key)}]", part
    elif isinstance(value, list | tuple) and kind in (list, tuple):
        for index, part in enumerate(value):
            yield f"[{index}]", part
    elif isinstance(value, set | frozenset) and kind in (set, frozenset):
        for part in value:
            yield " element", part
    elif (form := types.form_of(kind)) is not None:
        # If it cannot be taken apart at all, that is the reason at hand.
        with suppress(UnserialisableState):
            for fields in form.take_apart(value):
                if isinstance(fields, dict):
                    for field, part in fields.items():
                        yield f".{field}", part


def _label(key: object) -> str:
    if isinstance(key, Enum):
        return f"{type(key).__name__}.{key.name}"
    if type(key) in (str, int, float, bool, type(None), bytes):
        return short_repr(key)
    return f"<{type(key).__name__}>"


def _joined(path: list[str]) -> str:
    if len(path) > _LONGEST_PATH:
        path = [*path[:4], "...", *path[-2:]]
    return "".join(path)


def _advice(value: object) -> str:
    cls = type(value)
    if isinstance(value, Enum | BaseModel) or is_dataclass(value) or hasattr(cls, "_fields"):
        return _DECLARE.format(cls.__qualname__)
    if isinstance(value, str) and hasattr(value, "__html__"):
        return 'Keep its text, `value + ""` (`str(value)` is marked safe still), and mark it safe in the template.'
    for base in _BASES:
        if isinstance(value, base):
            plain = bytes if base is bytearray else base
            return f"Keep a plain {plain.__name__}: `{plain.__name__}(value)`."
    for base in _WITHOUT_SUBCLASSES:
        if isinstance(value, base):
            return f"Keep a plain {base.__name__}, not a subclass."
    if isinstance(value, Iterator):
        return "Keep what it yields: `list(value)`."
    if type(value).__name__ == "__proxy__":
        return "It is a text that is translated later. Keep `str(value)`, or translate in the template."
    return "Keep what it is made of, such as its id, and make it again where it is used."


def _name(cls: type) -> str:
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"
