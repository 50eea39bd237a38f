"""What stands in the cache: a mounted state as text, in an envelope that says of when and of which code it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cf_core.conf import conf as core_conf
from cf_core.engine.codec import MAX_DEPTH, TypeTable, dumps

_MARK = "cf1"
"""The version of the layout, at the head of every entry."""
_HEAD_BYTES = 65_536
_LATEST = 32_503_680_000
"""Seconds since the epoch in the year 3000: what is later, or lives longer, nobody here wrote."""
_INTEGER_BITS = 4_096
"""Python refuses to write numbers of more than 4300 digits, and templates write them."""
_NO_TYPES = TypeTable([])


@dataclass(frozen=True, slots=True)
class Entry:
    """A state that was mounted before. Holds no HTML, no id, no token: each page makes its own."""

    state: str
    """As the state codec writes it."""
    version: int
    """The component's `state_version`."""
    made_at: float | None = None
    """When the mount began, in seconds since the epoch; None for what the project put there itself."""
    ttl: float = 0
    """Seconds for which it is fresh."""
    stamps: Mapping[str, str] | None = None
    """The generations that it stands on; None for what the project put there itself: that cannot be invalidated."""

    def to_text(self) -> str:
        """Return what is put into the cache: a line about the state, and the state."""
        head = {"v": self.version, "t": self.made_at, "ttl": self.ttl, "g": self.stamps}
        return f"{_MARK}{json.dumps(head, separators=(',', ':'))}\n{self.state}"

    def age(self, now: float) -> float:
        """Return how old it is, in seconds; clocks of servers that differ make nothing younger than new."""
        return 0 if self.made_at is None else max(0, now - self.made_at)


def read_entry(value: object, version: int) -> Entry | None:
    """Return the entry that a value of the cache is, or None for anything else: the cache is not trusted to be ours.

    A dict of JSON types is the state itself, as a project may put it there.
    """
    if isinstance(value, str):
        entry = _from_text(value)
    elif type(value) is dict and _is_json(value, MAX_DEPTH):
        entry = Entry(dumps(value, _NO_TYPES), version)
    else:
        return None
    return entry if entry is not None and entry.version == version and not is_too_large(entry.state) else None


def is_too_large(state: str) -> bool:
    """Return whether a state is larger than a token may be."""
    return len(state) > core_conf().STATE_MAX_BYTES


def _from_text(text: str) -> Entry | None:
    head_text, newline, state = text.partition("\n")
    if not newline or not head_text.startswith(_MARK) or len(head_text) > _HEAD_BYTES:
        return None
    try:
        head: Any = json.loads(head_text.removeprefix(_MARK))
    except (ValueError, RecursionError):
        return None
    match head:
        case {"v": int(version), "t": int() | float() as made_at, "ttl": int() | float() as ttl, "g": dict(stamps)}:
            is_possible = 0 <= made_at <= _LATEST and 0 <= ttl <= _LATEST
            return Entry(state, version, made_at, ttl, stamps) if is_possible else None
    return None


def _is_json(value: Any, depth: int) -> bool:
    kind = type(value)
    if kind is int:
        return bool(value.bit_length() <= _INTEGER_BITS)
    if kind in (str, float, bool, type(None)):
        return True
    if depth == 0 or kind not in (dict, list):
        return False
    if kind is list:
        return all(_is_json(part, depth - 1) for part in value)
    return all(type(key) is str and _is_json(part, depth - 1) for key, part in value.items())
