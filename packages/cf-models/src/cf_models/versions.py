"""What a page was made from: it travels in the state token as short keyed digests, one for each field.

Digests, so that values which must not leave the server do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.crypto import constant_time_compare, salted_hmac

from .fields import RowField

_SALT = "cf_models.versions"
_VERSION = "="
"""Stands for the version field among the digests; no field has this name."""


class ShownVersion:
    """What the page was made from: a digest of each field, and of the version field where there is one."""

    __slots__ = ("digests",)

    def __init__(self, digests: Mapping[str, str] | None = None) -> None:
        self.digests: dict[str, str] = dict(digests or {})

    @classmethod
    def of(cls, instance: Model, fields: Iterable[RowField], version: RowField | None) -> ShownVersion:
        """Return the version that an instance as it was loaded stands for."""
        shown = cls()
        shown.note(instance, fields, version)
        return shown

    def note(self, instance: Model, fields: Iterable[RowField], version: RowField | None) -> None:
        """Take over what the instance holds in these fields: the user is shown it now."""
        for field in fields:
            self.digests[field.name] = _digest(field.name, field.current_text(instance))
        if version is not None:
            self.digests[_VERSION] = _digest(_VERSION, version.current_text(instance))

    def holds(self, field: RowField, value: Any) -> bool:
        """Whether a value is the one that was shown; of a field that was not shown, no."""
        return _matches(self.digests.get(field.name), field.name, field.text(value))

    def is_outdated(self, current: Model, field: RowField, name: str = "") -> bool:
        """Whether the row has another value now than was shown; of a field that was not shown, no."""
        name = name or field.name
        known = self.digests.get(name)
        return known is not None and not _matches(known, name, field.current_text(current))

    def is_outdated_row(self, current: Model, version: RowField) -> bool:
        """Whether the row has another version now than was shown."""
        return self.is_outdated(current, version, _VERSION)


def _digest(name: str, text: str, secret: str | bytes | None = None) -> str:
    return salted_hmac(_SALT, f"{name}\n{text}", secret=secret, algorithm="sha256").hexdigest()[:16]


def _matches(digest: str | None, name: str, text: str) -> bool:
    """Whether the digest is of this text, under any of the project's keys."""
    if digest is None:
        return False
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(digest, _digest(name, text, key)) for key in keys)
