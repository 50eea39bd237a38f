"""The row that a component is bound to: the instance, what the database held, and what the page was made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.db.models.fields.files import FieldFile

from .fields import RowField, columns
from .versions import ShownVersion


class BoundRow:
    """A model instance with what is known about it besides its values."""

    __slots__ = ("files", "instance", "loaded", "many", "shown")

    def __init__(
        self,
        instance: Model,
        fields: Iterable[RowField],
        version: RowField | None,
        digests: Mapping[str, str] | None = None,
    ) -> None:
        """Take an instance as it was loaded; without `digests` of an earlier render the page is made from it."""
        self.instance = instance
        self.loaded: dict[str, str] = {}
        """What the database held in each column when it was read."""
        self.many: dict[RowField, list[Any]] = {}
        """What is to be set in relations to many rows, once the row itself is saved."""
        self.files: list[FieldFile] = []
        """What the last save has written to its storage."""
        self.note_loaded()
        self.shown = ShownVersion(digests) if digests is not None else ShownVersion.of(instance, fields, version)

    @property
    def is_new(self) -> bool:
        """Whether there is no such row in the database yet."""
        return self.instance._state.adding

    def note_loaded(self) -> None:
        """Take what the instance holds for what the database holds; of a new one there is nothing."""
        if self.is_new:
            return
        for column in columns(type(self.instance)):
            if column.is_loaded(self.instance):
                self.loaded[column.name] = column.current_text(self.instance)

    def changed(self) -> dict[RowField, str]:
        """Return the columns whose value was changed since it was read, with the text of the new one."""
        found = {}
        for column in columns(type(self.instance)):
            if column.is_loaded(self.instance) and column.is_writable:
                text = column.current_text(self.instance)
                if text != self.loaded.get(column.name):
                    found[column] = text
        return found

    def is_outdated(self, current: Model, field: RowField) -> bool:
        """Whether the field was changed by somebody else since the page was made, or since it was read here."""
        if self.shown.is_outdated(current, field):
            return True
        loaded = self.loaded.get(field.field.name)
        return loaded is not None and loaded != field.current_text(current)

    def note_current(self, current: Model, contested: Iterable[RowField], version: RowField | None) -> None:
        """Take what somebody else has left in these fields for what was shown and read: the user is told of it now.

        Of all others what was shown still counts, so that saving again does not write what nobody has changed here.
        """
        contested = tuple(contested)
        self.shown.note(current, contested, version)
        for field in contested:
            if not field.is_many:
                self.loaded[field.field.name] = field.current_text(current)
