"""From a state to a structure of JSON types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import UnserialisableState
from .extensions import Reference, registered
from .refusals import describe, explain
from .scalars import JSON, SCALAR_WRITERS, SPLIT_PAIR
from .tables import TypeTable

MAX_DEPTH = 64
"""How many containers may stand inside one another."""

MARK = "~"
"""Begins the key of every tag. The last printable ASCII character: keys that are less than it hold no tag."""

SURE: frozenset[type] = frozenset({bool, type(None)})
"""The types whose every value is its own JSON."""

USUAL: frozenset[type] = SURE | {str, int, float}
"""The types whose values are nearly always their own JSON; whoever passes them unseen checks the text."""

_STR = frozenset({str})
_TOO_DEEP = f"is nested more than {MAX_DEPTH} levels deep. Keep a flatter structure, or an id."
_TAGS: dict[type, str] = {tuple: "~t", set: "~s", frozenset: "~fs"}


def encode(value: object, types: TypeTable, *, name: str = "state") -> JSON:
    """Return the value as JSON types, for `json.dumps`; it may share lists and dicts with the value.

    Raises UnserialisableState, which names the key path below `name`, the type, and what to do.
    """
    return Encoder(types, SURE).encode_all(value, name)


class Encoder:
    """Encodes for one table; values of the types in `passing` are left as they are."""

    __slots__ = ("_passing", "types")

    def __init__(self, types: TypeTable, passing: frozenset[type]) -> None:
        self.types = types
        self._passing = passing

    def encode_all(self, value: object, name: str) -> JSON:
        """Return the whole value as JSON types; `name` begins the key path in errors."""
        try:
            encoded: JSON = self.encode(value, 0)
        except UnserialisableState as refusal:
            # Nothing keeps the path on the way down; only a refusal needs it.
            raise UnserialisableState(explain(self, value, str(refusal), name)) from None
        return encoded

    def encode(self, value: Any, depth: int) -> Any:
        """Return a part as JSON types, inside `depth` containers. Raises UnserialisableState with the reason only."""
        kind = type(value)
        if kind in self._passing:
            return value
        if kind is dict:
            return self._dict(value, depth)
        if kind is list:
            return self._items(value, depth)
        if (write := SCALAR_WRITERS.get(kind)) is not None:
            return write(value)
        if (tag := _TAGS.get(kind)) is not None:
            return {tag: self._items(value, depth)}
        return self._object(value, kind, depth)

    def _dict(self, value: dict[Any, Any], depth: int) -> JSON:
        if depth >= MAX_DEPTH:
            raise UnserialisableState(_TOO_DEEP)
        passing = self._passing
        if _STR.issuperset(map(type, value)) and not _needs_pairs(value):
            if passing.issuperset(map(type, value.values())):
                return value
            encode, inside = self.encode, depth + 1
            return {key: part if type(part) in passing else encode(part, inside) for key, part in value.items()}
        return {"~m": [[self.encode(key, depth + 1), self.encode(part, depth + 1)] for key, part in value.items()]}

    def _items(self, value: Iterable[Any], depth: int) -> JSON:
        if depth >= MAX_DEPTH:
            raise UnserialisableState(_TOO_DEEP)
        passing, encode, inside = self._passing, self.encode, depth + 1
        if type(value) is list and passing.issuperset(map(type, value)):
            return value
        return [part if type(part) in passing else encode(part, inside) for part in value]

    def _object(self, value: Any, kind: type, depth: int) -> JSON:
        form = self.types.form_of(kind)
        if form is not None:
            return {"~c": [self.types.name_of(kind), *[self.encode(part, depth) for part in form.take_apart(value)]]}
        if kind is Reference:
            return self._reference(value.tag, value.data, depth)
        for extension in registered.values():
            if extension.matches(value):
                return self._reference(extension.tag, extension.encode(value), depth)
        raise UnserialisableState(describe(value))

    def _reference(self, tag: str, data: object, depth: int) -> JSON:
        if depth >= MAX_DEPTH:
            raise UnserialisableState(_TOO_DEEP)
        return {MARK + tag: self.encode(data, depth + 1)}


def _needs_pairs(value: dict[str, Any]) -> bool:
    """Whether a key looks like a tag, or would not survive as the key of a JSON object."""
    if max(value, default="") < MARK and "".join(value).isascii():
        return False
    return any(key.startswith(MARK) or SPLIT_PAIR.search(key) for key in value)
