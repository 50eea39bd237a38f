"""A pydantic model made from the fields of a Django model: what a form of it takes.

It checks what can be told from the text alone; what needs the row or the database, the model's own validators
included, is the business of `full_clean` when the row is saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, create_model

from cf_core.engine.errors import ComponentDefinitionError
from cf_forms.definitions import Widget

from .fields import row_field


def schema_from_model(
    model: type[models.Model], fields: Iterable[str], overrides: Mapping[str, Any] | None = None
) -> type[BaseModel]:
    """Return a pydantic model with these fields of a Django model.

    `overrides` maps names to annotations, or to pairs of annotation and default, that stand instead of the model's
    own. Raises ComponentDefinitionError for a name that is no column, and for a column of a type it does not know.
    """
    where = f"The schema of {model.__name__}"
    given = dict(overrides or {})
    made: dict[str, Any] = {}
    for name in fields:
        field = row_field(model, name, where).field
        if name in given:
            own = given.pop(name)
            made[name] = own if isinstance(own, tuple) else (own, ...)
        else:
            made[name] = (_annotation(field), _default(field))
    if given:
        raise ComponentDefinitionError(
            f"{where} has overrides for {', '.join(map(repr, given))}, which it does not have."
        )
    config = ConfigDict(arbitrary_types_allowed=True, allow_inf_nan=False)
    found: type[BaseModel] = create_model(f"{model.__name__}Schema", __config__=config, **made)
    return found


def _annotation(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, models.ManyToManyField):
        return list[_key_type(field)]  # type: ignore[misc]  # made at run time
    found = _type(field)
    is_text = _base(found) in (str, EmailStr)
    if is_text and not field.null:
        return found
    return found | None if field.null or isinstance(field, models.FileField) else found


def _type(field: models.Field[Any, Any]) -> Any:
    """Return the annotation without None."""
    if isinstance(field, models.ForeignKey):
        return _key_type(field)
    annotation = next((annotation for known, annotation in _TYPES if isinstance(field, known)), None)
    if annotation is None:
        raise ComponentDefinitionError(
            f"{field.model.__name__}.{field.name} is a {type(field).__name__}, for which there is no annotation: "
            f"say what a form takes for it, schema_fields = {{{field.name!r}: ...}}."
        )
    if annotation is Decimal and isinstance(field, models.DecimalField):
        limits = _limits(field) | {"max_digits": field.max_digits, "decimal_places": field.decimal_places}
        return Annotated[Decimal, Field(**limits)]
    if annotation in (int, float):
        return Annotated[annotation, Field(**_limits(field))]
    if annotation is str or annotation is EmailStr:
        limits = {"max_length": field.max_length}
        if not field.blank:
            limits["min_length"] = 1
        text = Annotated[annotation, Field(**limits)] if annotation is str else EmailStr
        widget = next((name for known, name in _WIDGETS if isinstance(field, known)), "")
        return Annotated[text, Widget(widget)] if widget else text
    return annotation


def _default(field: models.Field[Any, Any]) -> Any:
    """Return what stands for a value that is not sent: the column's default, nothing where it may be empty."""
    if isinstance(field, models.ManyToManyField):
        return Field(default_factory=list) if field.blank else Field(min_length=1)
    if isinstance(field, models.FileField):
        return None
    if field.has_default() and field.default is not None:
        return Field(default_factory=field.default) if callable(field.default) else field.to_python(field.default)
    if field.null and field.blank:
        return None
    is_text = isinstance(field, models.CharField | models.TextField)
    return "" if is_text and field.blank else ...


def _limits(field: models.Field[Any, Any]) -> dict[str, Any]:
    """Return what a number may be at least and at most, as the column's validators say."""
    found: dict[str, Any] = {}
    for validator in field.validators:
        limit: Any = getattr(validator, "limit_value", None)
        if callable(limit):
            continue
        if isinstance(validator, MinValueValidator):
            found["ge"] = max(limit, found.get("ge", limit))
        elif isinstance(validator, MaxValueValidator):
            found["le"] = min(limit, found.get("le", limit))
    return found


def _key_type(field: models.ForeignKey[Any, Any] | models.ManyToManyField[Any, Any]) -> Any:
    target = field.target_field if isinstance(field, models.ForeignKey) else field.related_model._meta.pk
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    return _base(_type(target))


def _base(annotation: Any) -> Any:
    while hasattr(annotation, "__metadata__"):
        annotation = annotation.__origin__
    return annotation


def _aware(value: datetime) -> datetime:
    """Take a time without a zone for one of the reader's zone, as Django's forms do."""
    return timezone.make_aware(value) if timezone.is_naive(value) and _uses_zones() else value


def _uses_zones() -> bool:
    return timezone.is_aware(timezone.now())


_TYPES: tuple[tuple[Any, Any], ...] = (
    (models.FileField, UploadedFile),
    (models.EmailField, EmailStr),
    ((models.CharField, models.TextField, models.GenericIPAddressField), str),
    (models.BooleanField, bool),
    (models.DecimalField, Decimal),
    (models.FloatField, float),
    (models.IntegerField, int),
    (models.DateTimeField, Annotated[datetime, AfterValidator(_aware)]),
    (models.DateField, date),
    (models.TimeField, time),
    (models.DurationField, timedelta),
    (models.UUIDField, UUID),
    (models.JSONField, Any),
)
"""The nearest class counts, in this order."""

_WIDGETS: tuple[tuple[Any, str], ...] = ((models.TextField, "textarea"), (models.URLField, "url"))
