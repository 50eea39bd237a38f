"""From a structure of JSON types back to a state. Nothing in the data names anything but a tag or a declared class."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from ..errors import ComponentError, UnreadableState
from .encoder import MARK, MAX_DEPTH
from .extensions import Resolve, registered
from .scalars import JSON, SCALAR_TAGS, read_scalar
from .tables import TypeTable

_PLAIN = frozenset({str, int, float, bool, type(None)})
_STR = frozenset({str})
_Made = TypeVar("_Made")


def decode(data: JSON, types: TypeTable, resolve: Resolve | None = None) -> Any:
    """Return the value of what `encode` returned; it may share lists and dicts with the data.

    `resolve(tag, data)` makes the values of extension tags; without it they are refused.
    Raises UnreadableState on anything that `encode` does not write.
    """
    return Decoder(types, resolve).decode(data, 0)


class Decoder:
    """Decodes for one table."""

    __slots__ = ("_resolve", "_types")

    def __init__(self, types: TypeTable, resolve: Resolve | None) -> None:
        self._types = types
        self._resolve = resolve

    def decode(self, data: Any, depth: int) -> Any:
        """Return the value of a part inside `depth` containers."""
        kind = type(data)
        if kind in _PLAIN:
            return data
        if kind is list:
            return self._items(data, depth)
        if kind is not dict:
            raise UnreadableState(f"The state holds {kind.__name__}, which is not JSON")
        if len(data) == 1:
            [(key, part)] = data.items()
            if type(key) is str and key.startswith(MARK):
                return self._tagged(key[1:], part, depth)
        if not _STR.issuperset(map(type, data)):
            raise UnreadableState("The state holds a key that is no text")
        if max(data, default="") >= MARK and any(key.startswith(MARK) for key in data):
            raise UnreadableState("The state holds a tag with other keys beside it")
        _check_depth(depth)
        if _PLAIN.issuperset(map(type, data.values())):
            return data
        decode, inside = self.decode, depth + 1
        return {key: part if type(part) in _PLAIN else decode(part, inside) for key, part in data.items()}

    def _items(self, data: list[Any], depth: int) -> list[Any]:
        _check_depth(depth)
        if _PLAIN.issuperset(map(type, data)):
            return data
        decode, inside = self.decode, depth + 1
        return [part if type(part) in _PLAIN else decode(part, inside) for part in data]

    def _tagged(self, tag: str, data: Any, depth: int) -> object:
        if tag in SCALAR_TAGS:
            return read_scalar(tag, data)
        if tag in registered and self._resolve is not None:
            _check_depth(depth)
            return self._resolve(tag, self.decode(data, depth + 1))
        if type(data) is not list:
            raise UnreadableState(f"The state holds the tag ~{tag[:20]}, unknown or malformed")
        if tag == "t":
            return tuple(self._items(data, depth))
        if tag == "s":
            return _distinct(set, self._items(data, depth))
        if tag == "fs":
            return _distinct(frozenset, self._items(data, depth))
        if tag == "m":
            _check_depth(depth)
            return _distinct(dict, [self._pair(pair, depth) for pair in data])
        if tag == "c":
            return self._declared(data, depth)
        raise UnreadableState(f"The state holds the unknown tag ~{tag[:20]}")

    def _pair(self, pair: Any, depth: int) -> tuple[Any, Any]:
        if type(pair) is not list or len(pair) != 2:
            raise UnreadableState("The state holds a malformed ~m")
        return self.decode(pair[0], depth + 1), self.decode(pair[1], depth + 1)

    def _declared(self, data: list[Any], depth: int) -> object:
        name, *parts = data or [None]
        cls = self._types.find(name) if type(name) is str else None
        form = self._types.form_of(cls) if cls is not None else None
        if form is None:
            raise UnreadableState("The state holds a value of a class that is not declared")
        # Parts stand as deep as their object. A part is never an object itself, or depth would not count it.
        if any(type(part) is dict and "~c" in part for part in parts):
            raise UnreadableState("The state holds an object without its fields")
        return _made(form.put_together, [self.decode(part, depth) for part in parts])


def _check_depth(depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise UnreadableState(f"The state is nested more than {MAX_DEPTH} levels deep")


def _distinct(make: Callable[[list[Any]], Collection[Any]], items: list[Any]) -> Collection[Any]:
    made = _made(make, items)
    if len(made) != len(items):
        raise UnreadableState("The state holds an element or a key twice")
    return made


def _made(make: Callable[[list[Any]], _Made], items: list[Any]) -> _Made:
    """Return `make(items)`, whatever goes wrong in an author's `__hash__`, `__eq__` or `_missing_`."""
    try:
        return make(items)
    except ComponentError:
        raise  # a resolved stand-in may look for its row when it is hashed
    except Exception as error:  # code of declared classes may raise anything
        raise UnreadableState("The state holds a value that cannot be put together") from error
