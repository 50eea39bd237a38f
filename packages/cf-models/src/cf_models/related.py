"""The rows that a relation may be set to, as the choices of a form."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import QuerySet


class RelatedChoices(NamedTuple):
    """Rows that are offered for a relation."""

    pairs: tuple[tuple[str, str], ...]
    """The key of each row, as text, and its label."""
    is_complete: bool
    """Whether these are all there are; if not, others are right too."""


def related_choices(rows: QuerySet[Any], selected: Collection[Any], limit: int) -> RelatedChoices:
    """Return the first `limit` rows, and those that are selected already."""
    found = {str(row.pk): str(row) for row in rows[: limit + 1]}
    is_complete = len(found) <= limit
    pairs = dict(list(found.items())[:limit])
    missing = [key for key in selected if key is not None and str(key) not in pairs]
    if missing:
        # What the row has already may stay, whoever else could choose it.
        pairs |= {str(row.pk): str(row) for row in rows.model._base_manager.using(rows.db).filter(pk__in=missing)}
    return RelatedChoices(tuple(pairs.items()), is_complete)


def are_among(rows: QuerySet[Any], keys: Collection[Any]) -> bool:
    """Whether all rows of these keys are among the rows."""
    wanted = {str(key) for key in keys}
    return {str(key) for key in rows.filter(pk__in=list(keys)).values_list("pk", flat=True)} >= wanted
