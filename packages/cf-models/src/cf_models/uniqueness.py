"""Values that another row has already: asked in the database that the component writes to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import router
from django.db.models import Model


def check_uniqueness(instance: Model, using: str, exclude: Collection[str]) -> dict[str, list[Any]]:
    """Return {field name: [ValidationError]} for unique columns, sets of columns, and the model's constraints.

    Checks in which a field of `exclude` takes part are left out.
    """
    found: dict[str, list[Any]] = {}
    # Where the database goes by the instance, it is this one.
    instance._state.db = instance._state.db or using
    try:
        if router.db_for_read(type(instance)) == using:
            instance.validate_unique(exclude=set(exclude))
        else:
            # Django's own check reads where the router sends it, whatever database the row is of.
            _validate_unique(instance, using, exclude)
    except ValidationError as error:
        error.update_error_dict(found)
    try:
        instance.validate_constraints(exclude={*exclude, *found})
    except ValidationError as error:
        error.update_error_dict(found)
    return found


def _validate_unique(instance: Model, using: str, exclude: Collection[str]) -> None:
    """Do what `Model.validate_unique` does for unique columns and `unique_together`. Raises ValidationError."""
    found: dict[str, list[ValidationError]] = {}
    for model, names in _unique_sets(type(instance)):
        values = {name: getattr(instance, model._meta.get_field(name).attname) for name in names}  # type: ignore[union-attr]  # columns only
        if any(name in exclude for name in names) or any(value is None for value in values.values()):
            continue
        rows = model._base_manager.using(using).filter(**values)
        if not instance._state.adding:
            rows = rows.exclude(pk=instance.pk)
        if rows.exists():
            key = names[0] if len(names) == 1 else NON_FIELD_ERRORS
            found.setdefault(key, []).append(instance.unique_error_message(model, names))
    if found:
        raise ValidationError(found)


def _unique_sets(model: type[Model]) -> Iterator[tuple[type[Model], tuple[str, ...]]]:
    for cls in (model, *model._meta.all_parents):
        for field in cls._meta.local_fields:
            if field.unique and not (field.primary_key and field.remote_field):
                yield cls, (field.name,)
        for group in cls._meta.unique_together:
            yield cls, tuple(group)
