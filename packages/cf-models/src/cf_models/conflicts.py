"""Lost updates: where somebody else was faster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext as _

from .fields import RowField, display_value
from .rows import BoundRow


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


def find_conflicts(
    row: BoundRow, wanted: Mapping[RowField, str], current: Model, version: RowField | None
) -> list[Conflict] | None:
    """Return the fields that are to be written and that somebody else has changed; None if nobody was in the way.

    `wanted` holds the text of every field that is to be written, `current` the row as it is now, and locked. With a
    version field any change by somebody else is in the way, so that the list may be empty. Two who set the same value
    are in each other's way too: it may be a count that both have raised by one.
    """
    if version is not None:
        if not row.shown.is_outdated_row(current, version):
            return None
        contested = [field for field, text in wanted.items() if field.current_text(current) != text]
    else:
        contested = [
            field
            for field in wanted
            # An expression such as F("stock") - 1 is applied to whatever the row holds: it loses nothing.
            if not _is_expression(row.instance, field) and row.is_outdated(current, field)
        ]
        if not contested:
            return None
    return [
        Conflict(
            field.name,
            field.label,
            mine=_display(row.instance, field, wanted[field]),
            theirs=display_value(current, field.field.name),
        )
        for field in contested
    ]


def _is_expression(instance: Model, field: RowField) -> bool:
    return not field.is_many and hasattr(getattr(instance, field.field.attname), "resolve_expression")


def _display(instance: Model, field: RowField, text: str) -> str:
    return text if field.is_many or text.startswith("?") else display_value(instance, field.field.name)
