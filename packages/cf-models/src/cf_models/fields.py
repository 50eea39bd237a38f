"""What a component holds of a row: its `state_fields`, read, written and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, FileField, ManyToManyField, Model
from django.utils.formats import localize
from django.utils.translation import gettext as _

from cf_core.engine.errors import ComponentDefinitionError


@dataclass(frozen=True, slots=True)
class RowField:
    """One field of a model, under the name that a component gives it (`customer` or `customer_id`)."""

    name: str
    field: Field[Any, Any]

    @property
    def is_many(self) -> bool:
        """Whether it relates to many rows, which are kept beside the row itself."""
        return isinstance(self.field, ManyToManyField)

    @property
    def is_writable(self) -> bool:
        """Whether a component may write it: never the primary key, nor what the database computes."""
        return not (self.field.primary_key or getattr(self.field, "generated", False))

    @property
    def label(self) -> str:
        """The field's name for people."""
        return str(self.field.verbose_name)[:1].upper() + str(self.field.verbose_name)[1:]

    def is_loaded(self, instance: Model) -> bool:
        """Whether its value is here, and not deferred to a query of its own."""
        return self.is_many or self.field.attname in instance.__dict__

    def read(self, instance: Model) -> Any:
        """Return its value as a state can hold it: of relations the keys, of files the stored name."""
        if self.is_many:
            return [] if instance.pk is None else [row.pk for row in getattr(instance, self.field.name).all()]
        value = self.field.value_from_object(instance)
        return str(value) if isinstance(self.field, FileField) else value

    def write(self, instance: Model, value: Any) -> None:
        """Set it on the instance; a relation by its row or its key. Relations to many are not set here."""
        is_row = isinstance(value, Model)
        setattr(instance, self.field.name if is_row else self.field.attname, value)

    def text(self, value: Any) -> str:
        """Return a text that is the same for equal values, however they were written."""
        if self.is_many:
            return ",".join(sorted(str(getattr(one, "pk", one)) for one in value or ()))
        if getattr(value, "_committed", True) is False or hasattr(value, "resolve_expression"):
            # A new file, or an expression for the database: equal to nothing that is stored.
            return f"?{value!r}"
        try:
            clean = self.field.to_python(getattr(value, "pk", value) if isinstance(value, Model) else value)
        except ValidationError:
            return f"?{value!r}"
        if isinstance(clean, Decimal) and clean.is_finite():
            return str(clean.normalize())
        if isinstance(clean, datetime) and clean.tzinfo is not None:
            clean = clean.astimezone(UTC)
        holder: Any = SimpleNamespace(**{self.field.attname: clean})
        return str(self.field.value_to_string(holder))

    def current_text(self, instance: Model) -> str:
        """Return the text of what the instance holds now."""
        return self.text(self.read(instance) if self.is_many else getattr(instance, self.field.attname))


@cache
def row_fields(model: type[Model], names: tuple[str, ...], where: str) -> tuple[RowField, ...]:
    """Return the fields of the names. Raises ComponentDefinitionError, which names `where`, for what is none."""
    return tuple(row_field(model, name, where) for name in names)


def row_field(model: type[Model], name: str, where: str) -> RowField:
    """Return one field. Raises ComponentDefinitionError for a name that is none of the model's own columns."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        near = get_close_matches(name, column_names(model), 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Expected one of: {', '.join(column_names(model))}."
        raise ComponentDefinitionError(
            f"{where} names {name!r}, which is no field of {model.__name__}. {hint}"
        ) from None
    if not isinstance(field, Field) or not (field.concrete or field.many_to_many):
        raise ComponentDefinitionError(
            f"{where} names {name!r}, which is no column of {model.__name__}: "
            "a component reads and writes the row's own fields, other rows have components of their own."
        )
    return RowField(name, field)


def column_names(model: type[Model]) -> list[str]:
    """Return the names that `state_fields` may hold."""
    return [field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)]


def columns(model: type[Model]) -> Sequence[RowField]:
    """Return every column of the model's table, parents' included."""
    return [RowField(field.name, field) for field in model._meta.concrete_fields]


def display_value(instance: Model, name: str) -> str:
    """Return a field's value for people: the label of a choice, the text of a related row, a localised number."""
    field = instance._meta.get_field(name)
    if isinstance(field, ManyToManyField):
        return ", ".join(str(row) for row in getattr(instance, field.name).all()) if instance.pk is not None else ""
    if isinstance(field, Field) and field.choices:
        return str(getattr(instance, f"get_{field.name}_display")())
    value = getattr(instance, field.name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(localize(value)) if isinstance(value, int | float | Decimal | datetime) else str(value)
