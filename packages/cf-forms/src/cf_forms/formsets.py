"""Rows of list fields: added, removed and moved with what was typed in the others."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from .definitions import FormField
from .messages import TOO_FEW_ROWS, TOO_MANY_ROWS, told
from .typed import Typed


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path; None where there is nothing."""
    found: Any = values
    for part in path.split("."):
        if isinstance(found, list):
            found = found[int(part)] if part.isdigit() and int(part) < len(found) else None
        else:
            found = found.get(part) if isinstance(found, Mapping) else None
    return found


def rows_at(values: Mapping[str, Any], path: str) -> list[Any]:
    """Return the rows of the list at a path; none where there is no list."""
    found = value_at(values, path)
    return found if isinstance(found, list) else []


def put_at(values: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a path, making the groups on the way; rows have to be there. Raises IndexError where not."""
    *way, last = path.split(".")
    here: Any = values
    for part in way:
        if isinstance(here, list):
            here = here[int(part)]
            continue
        below = here.get(part)
        if not isinstance(below, (dict, list)):
            below = here[part] = {}
        here = below
    if isinstance(here, list):
        here[int(last)] = value
    else:
        here[last] = value


def row_keys(typed: Typed, path: str, count: int) -> list[str]:
    """Return one key per row, stable while rows come and go around it."""
    keys = typed.keys.get(path, [])[:count]
    taken, fresh = set(keys), itertools.count(len(keys))
    while len(keys) < count:
        key = f"i{next(fresh)}"
        if key not in taken:
            keys.append(key)
    return keys


class Rows:
    """The rows of one list field, and what may be done with them.

    Each method returns the message that says why not, or None.
    """

    def __init__(self, typed: Typed, field: FormField, path: str) -> None:
        self._typed = typed
        self._field = field
        self._path = path
        self._rows = list(rows_at(typed.values, path))
        self._keys = row_keys(typed, path, len(self._rows))

    def add(self, index: int | None = None) -> str | None:
        """Put an empty row before `index`, by default after the last."""
        limit = self._field.max_items
        if limit is not None and len(self._rows) >= limit:
            return told(TOO_MANY_ROWS, max_length=limit)
        at = len(self._rows) if index is None else max(0, min(index, len(self._rows)))
        order: list[int | None] = [*range(at), None, *range(at, len(self._rows))]
        self._reorder(order)
        return None

    def remove(self, index: int) -> str | None:
        """Take a row away; one that is not there is gone already."""
        if not 0 <= index < len(self._rows):
            return None
        if len(self._rows) <= self._field.min_items:
            return told(TOO_FEW_ROWS, min_length=self._field.min_items)
        self._reorder([at for at in range(len(self._rows)) if at != index])
        return None

    def move(self, index: int, to: int) -> str | None:
        """Put a row at another place."""
        if 0 <= index < len(self._rows):
            order = [at for at in range(len(self._rows)) if at != index]
            order.insert(max(0, min(to, len(order))), index)
            self._reorder(order)
        return None

    def _reorder(self, order: Sequence[int | None]) -> None:
        """Make the rows those of `order`, by their former places; None is a new one."""
        empty: Any = {} if self._field.item is not None and self._field.item.fields else ""
        rows = [empty if at is None else self._rows[at] for at in order]
        keys = [self._typed.new_key() if at is None else self._keys[at] for at in order]
        places = {at: place for place, at in enumerate(order) if at is not None}
        put_at(self._typed.values, self._path, rows)
        moved = {path: self._moved(path, places) for path in self._typed.keys}
        kept = {new: self._typed.keys[old] for old, new in moved.items() if new is not None}
        self._typed.keys.clear()
        self._typed.keys.update(kept | {self._path: keys})
        touched = [new for path in self._typed.touched if (new := self._moved(path, places)) is not None]
        self._typed.touched[:] = touched

    def _moved(self, path: str, places: Mapping[int, int]) -> str | None:
        """Return where a path inside a row stands now; None if the row is gone."""
        if not path.startswith(f"{self._path}."):
            return path
        index, dot, rest = path[len(self._path) + 1 :].partition(".")
        if not index.isdigit() or int(index) not in places:
            return None
        return f"{self._path}.{places[int(index)]}{dot}{rest}"
