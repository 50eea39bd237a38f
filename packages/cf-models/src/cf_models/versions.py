"""Lost updates: what the page was made from, what the database holds now, and where both differ from what is wanted.

The page's side travels in the state token as short keyed digests, one for each field, so that values which must not
leave the server do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from .fields import RowField, display_value

_SALT = "cf_models.versions"
_VERSION = "="
"""Stands for the version field among the digests; no field has this name."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that somebody else has changed since the page was made, and that the user wants to change too."""

    name: str
    label: str
    mine: str
    """What the user wants, as text."""
    theirs: str
    """What the database holds, as text."""

    @property
    def message(self) -> str:
        """The sentence that is shown at the field."""
        return _("Changed by someone else: it is now “%(theirs)s”, you entered “%(mine)s”.") % {
            "theirs": self.theirs,
            "mine": self.mine,
        }


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


def find_conflicts(
    mine: Model, wanted: Mapping[RowField, str], current: Model, shown: ShownVersion, version: RowField | None
) -> list[Conflict] | None:
    """Return the fields that two want to change to different values; None if nobody was in the way.

    `wanted` holds the text of every field that is to be written. With a version field any change of the row by
    somebody else is in the way, so that the list may be empty.
    """
    if version is not None:
        if not shown.is_outdated_row(current, version):
            return None
        contested = list(wanted)
    else:
        # An expression such as F("stock") - 1 is applied to whatever the row holds: it loses nothing.
        contested = [
            field
            for field, text in wanted.items()
            if not _is_expression(mine, field) and shown.is_outdated(current, field)
        ]
    differing = [field for field in contested if field.current_text(current) != wanted[field]]
    if not differing and version is None:
        return None
    return [
        Conflict(
            field.name, field.label, _display(mine, field, wanted[field]), display_value(current, field.field.name)
        )
        for field in differing
    ]


def _is_expression(instance: Model, field: RowField) -> bool:
    return not field.is_many and hasattr(getattr(instance, field.field.attname), "resolve_expression")


def _display(instance: Model, field: RowField, text: str) -> str:
    return text if field.is_many or text.startswith("?") else display_value(instance, field.field.name)


def _digest(name: str, text: str, secret: str | bytes | None = None) -> str:
    return salted_hmac(_SALT, f"{name}\n{text}", secret=secret, algorithm="sha256").hexdigest()[:16]


def _matches(digest: str | None, name: str, text: str) -> bool:
    """Whether the digest is of this text, under any of the project's keys."""
    if digest is None:
        return False
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(digest, _digest(name, text, key)) for key in keys)
