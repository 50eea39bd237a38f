"""Values as texts that are equal where the values are, and different where they are: what keys are made of."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.encoding import force_bytes

from cf_core.engine.codec import TypeTable, encode

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_UNORDERED = {"~s", "~fs", "~m"}
"""The codec's tags of sets and of dicts whose keys are not texts: their parts come in any order."""


def digest(kind: str, *parts: Any) -> str:
    """Return 40 hex digits of the parts, which are JSON types: structured, so that no separator can be forged.

    Keyed with SECRET_KEY: two projects that share a cache server do not meet, and nobody can tell params by the keys.
    """
    text = _JSON([kind, *parts]).encode("ascii")
    return hashlib.blake2b(text, key=_key(settings.SECRET_KEY), digest_size=20).hexdigest()


@lru_cache(maxsize=4)
def _key(secret: str | bytes) -> bytes:
    return hashlib.sha256(b"cf_cache:" + force_bytes(secret)).digest()


def canonical(value: object, types: TypeTable, *, name: str) -> str:
    """Return a text of any value that a state may keep; `name` is what errors call it. Raises UnserialisableState."""
    return _JSON(_ordered(encode(value, types, name=name)))


def told(value: object, types: TypeTable) -> str:
    """Return what tells a param's value in an address or a tag: `3` for 3 and for "3", label and key for a row."""
    if isinstance(value, Model):
        return f"{value._meta.label_lower}:{value.pk}"
    if isinstance(value, dict | list | tuple | set | frozenset):
        return canonical(value, types, name="params")
    return str(value)


def _ordered(data: Any) -> Any:
    """Return encoded data with the parts of whatever has no order in one order."""
    match data:
        case list():
            return [_ordered(part) for part in data]
        case dict():
            ordered = {key: _ordered(part) for key, part in data.items()}
            if len(ordered) == 1:
                [(key, parts)] = ordered.items()
                if key in _UNORDERED:
                    return {key: sorted(parts, key=_JSON)}
            return ordered
    return data
