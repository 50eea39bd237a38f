"""Model instances in state: they travel as references and are fetched when they are needed."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.utils.functional import SimpleLazyObject

from .engine.errors import NotFound, UnreadableState, UnserialisableState

TAG = "M"


class Reference(SimpleLazyObject):  # type: ignore[type-arg]  # generic in the stubs only
    """A row that was in the state: a stand-in that is fetched, with all others of its model, on first use."""

    def __init__(self, data: list[Any], batch: Batch) -> None:
        self.__dict__["_reference"] = data
        super().__init__(lambda: batch.fetch(data))

    def __hash__(self) -> int:
        """Return what the row's hash would be, without fetching it: rows may stand in sets and as keys."""
        return hash(self.__dict__["_reference"][1])


class ModelExtension:
    """Lets the state codec carry model instances as [model label, primary key, database alias]."""

    tag = TAG

    def matches(self, value: object) -> bool:
        """Whether the value is a row, or stands for one."""
        return type(value) is Reference or isinstance(value, models.Model)

    def encode(self, value: object) -> Any:
        """Return the reference. Raises UnserialisableState for a row that is not saved."""
        if type(value) is Reference:
            return value.__dict__["_reference"]
        if not isinstance(value, models.Model):
            raise UnserialisableState(f"is a {type(value).__name__}, not a model instance.")
        if value.pk is None:
            raise UnserialisableState(f"is a {type(value).__name__} that is not saved yet.")
        return [value._meta.label_lower, value.pk, value._state.db or DEFAULT_DB_ALIAS]


class Batch:
    """The references of one token: fetched with one query per model and database, at most once."""

    def __init__(self) -> None:
        self._wanted: dict[tuple[str, str], list[Any]] = {}
        self._found: dict[tuple[str, str], dict[Any, models.Model]] = {}

    def resolve(self, tag: str, data: Any) -> Any:
        """Return the stand-in of one reference. Raises UnreadableState for one of no known form or model."""
        match data:
            case [str(label), key, str(using)] if tag == TAG:
                try:
                    apps.get_model(label)
                except (LookupError, ValueError):
                    raise UnreadableState(f"State refers to a model {label!r} that is not installed") from None
                self._wanted.setdefault((label, using), []).append(key)
                return Reference(data, self)
        raise UnreadableState(f"State holds a reference of no known form: {tag!r}")

    def load(self) -> None:
        """Fetch everything now: where the code that will use it runs on the event loop. Missing rows are left out."""
        for label, using in self._wanted:
            self._rows(label, using)

    def fetch(self, data: list[Any]) -> models.Model:
        """Return one row. Raises NotFound if it is gone."""
        label, key, using = data
        rows = self._rows(label, using)
        pk = apps.get_model(label)._meta.pk.to_python(key)
        if pk not in rows:
            raise NotFound(f"State refers to {label} {key!r}, which is gone")
        return rows[pk]

    def _rows(self, label: str, using: str) -> dict[Any, models.Model]:
        found = self._found.get((label, using))
        if found is None:
            model = apps.get_model(label)
            try:
                keys = [model._meta.pk.to_python(key) for key in self._wanted[label, using]]
            except ValidationError as error:
                raise UnreadableState(f"State refers to {label} by a key of another type") from error
            found = self._found[label, using] = model._base_manager.using(using).in_bulk(keys)
        return found
