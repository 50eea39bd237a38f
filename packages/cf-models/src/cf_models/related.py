"""The rows that a relation may be set to, as the choices of a form."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import CharField, Q, QuerySet, TextField


class RelatedChoices(NamedTuple):
    """Rows that are offered for a relation."""

    pairs: tuple[tuple[str, str], ...]
    """The key of each row, as text, and its label."""
    is_complete: bool
    """Whether these are all there are; if not, others are right too."""


def related_choices(
    rows: QuerySet[Any], found: QuerySet[Any] | None, limit: int, *, held: Collection[Any], typed: Collection[Any]
) -> RelatedChoices:
    """Return the first `limit` rows, or of more than these the first that were `found`, and what is chosen already.

    `held` are the keys that the row itself has: these may stay, whoever else could choose them. `typed` are keys as
    they were sent, which are looked for among `rows` only.
    """
    first = {str(row.pk): str(row) for row in rows[: limit + 1]}
    is_complete = len(first) <= limit
    if not is_complete and found is not None:
        first = {str(row.pk): str(row) for row in found[:limit]}
    pairs = dict(list(first.items())[:limit])
    everything = rows.model._base_manager.using(rows.db)
    for source, keys in ((everything, held), (rows, typed)):
        missing = [key for key in keys_of(rows, keys) if str(key) not in pairs]
        if missing:
            pairs |= {str(row.pk): str(row) for row in source.filter(pk__in=missing)}
    return RelatedChoices(tuple(pairs.items()), is_complete)


def search_rows(rows: QuerySet[Any], query: str) -> QuerySet[Any]:
    """Return the rows in whose texts every word of the query stands."""
    texts = [field.name for field in rows.model._meta.concrete_fields if isinstance(field, CharField | TextField)]
    for word in query.split():
        if not texts:
            return rows.filter(pk__in=keys_of(rows, [query.strip()]))
        rows = rows.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in texts)))
    return rows


def are_among(rows: QuerySet[Any], keys: Collection[Any]) -> bool:
    """Whether all rows of these keys are among the rows."""
    wanted = {str(key) for key in keys}
    return {str(key) for key in rows.filter(pk__in=list(keys)).values_list("pk", flat=True)} >= wanted


def keys_of(rows: QuerySet[Any], values: Collection[Any]) -> list[Any]:
    """Return those of the values that are keys of such rows."""
    found = []
    for value in values:
        if value not in (None, "") and "\x00" not in str(value):
            try:
                found.append(rows.model._meta.pk.to_python(value))
            except (ValidationError, TypeError, ValueError):
                continue
    return found
