"""A row is saved: validated, compared with what others did meanwhile, and written, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from cf_core.engine.errors import ComponentDefinitionError

from .conflicts import find_conflicts
from .errors import NotSaved, RowGone
from .fields import RowField, columns
from .files import new_files, taken_back_on_failure
from .rows import BoundRow
from .uniqueness import check_uniqueness

logger = logging.getLogger("cf_models.saving")

ALL = "__all__"
"""The field name under which messages stand that belong to no field."""


@dataclass(frozen=True, slots=True)
class SaveRules:
    """What a component says about saving its row."""

    where: str
    """The component, as errors name it."""
    fields: Sequence[RowField]
    """What may be written of a row that exists."""
    also: Sequence[RowField]
    """What the handler has named besides."""
    version: RowField | None
    detects_lost_updates: bool
    using: str


def save_row(row: BoundRow, rules: SaveRules) -> set[str]:
    """Save the row and return the names of the columns and relations that were written.

    Raises NotSaved if the user has to mend something, RowGone if the row is not there any more, and
    ComponentDefinitionError if the handler changed what the component may not write.
    """
    with transaction.atomic(using=rules.using):
        return _insert(row, rules) if row.is_new else _update(row, rules)


def _insert(row: BoundRow, rules: SaveRules) -> set[str]:
    instance = row.instance
    named = _names((*rules.fields, *rules.also))
    # A column that nobody has filled in yet is the model's or the database's business.
    left_out = {
        column.field.name
        for column in columns(type(instance))
        if column.field.name not in named and column.field.value_from_object(instance) in column.field.empty_values
    }
    _validate(instance, rules, left_out, left_out)
    _write(row, rules, left_out, {"force_insert": True})
    instance.refresh_from_db(using=rules.using)
    return {column.name for column in columns(type(instance))} | {many.name for many in rules.fields if many.is_many}


def _update(row: BoundRow, rules: SaveRules) -> set[str]:
    instance = row.instance
    changed = row.changed()
    _refuse_unnamed(changed, rules)
    many = {field: values for field, values in row.many.items() if field.text(values) != field.current_text(instance)}
    if not changed and not many:
        return set()
    current = _lock(instance, rules)
    version = rules.version
    if rules.detects_lost_updates:
        wanted = {field: text for field, text in changed.items() if version is None or field.field != version.field}
        wanted |= {field: field.text(values) for field, values in many.items()}
        _refuse_conflicts(row, rules, wanted, current)
    written = {field.field.name for field in changed}
    written |= {column.field.name for column in columns(type(instance)) if getattr(column.field, "auto_now", False)}
    if version is not None and _is_number(current, version):
        version.write(instance, version.field.value_from_object(current) + 1)
        written.add(version.field.name)
    untouched = {column.field.name for column in columns(type(instance))} - written
    _validate(instance, rules, untouched, untouched - _partners(type(instance)))
    _write(row, rules, untouched - _partners(type(instance)), {"update_fields": written})
    related = [path for path in _cached_relations(instance) if path in written]
    fresh = type(instance)._base_manager.using(rules.using).select_related(*related) if related else None
    instance.refresh_from_db(using=rules.using, fields=sorted(written), from_queryset=fresh)
    return written | {field.name for field in many}


def _lock(instance: Model, rules: SaveRules) -> Model:
    """Return the row as it is now, which nobody else can change until the transaction ends."""
    rows = type(instance)._base_manager.using(rules.using).select_for_update()
    current = rows.filter(pk=instance.pk).first()
    if current is None:
        raise RowGone(f"{rules.where}: {instance._meta.label} {instance.pk!r} was deleted before it could be saved")
    return current


def _refuse_unnamed(changed: Iterable[RowField], rules: SaveRules) -> None:
    """Refuse to save only half of what the handler changed. Raises ComponentDefinitionError."""
    allowed = _names((*rules.fields, *rules.also))
    if rules.version is not None:
        allowed.add(rules.version.field.name)
    unnamed = [f"{field.name!r}" for field in changed if field.field.name not in allowed]
    if unnamed:
        raise ComponentDefinitionError(
            f"{rules.where}: the handler changed {', '.join(unnamed)}, which save_instance() would not write. "
            f"Add it to state_fields, or name it: save_instance(also=[{', '.join(unnamed)}])."
        )


def _refuse_conflicts(row: BoundRow, rules: SaveRules, wanted: Mapping[RowField, str], current: Model) -> None:
    """Compare with what others did. Raises NotSaved with both values; saving again then overwrites them knowingly."""
    found = find_conflicts(row, wanted, current, rules.version)
    if found is None:
        return
    row.note_current(current, wanted, rules.version)
    names = {field.field.name: field.name for field in rules.fields}
    errors = {ALL: [_("This was changed by someone else in the meantime. Save again to overwrite it.")]}
    errors |= {names.get(conflict.name, conflict.name): [conflict.message] for conflict in found}
    raise NotSaved(errors, conflicts=found)


def _validate(instance: Model, rules: SaveRules, unwritten: set[str], unchecked: set[str]) -> None:
    """Run the model's own validation. Raises NotSaved."""
    found: dict[str, list[Any]] = {}
    expressions = {
        column.field.name
        for column in columns(type(instance))
        if hasattr(instance.__dict__.get(column.field.attname), "resolve_expression")
    }
    try:
        instance.full_clean(exclude=unwritten | expressions, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        error.update_error_dict(found)
    found |= check_uniqueness(instance, rules.using, unchecked | expressions | set(found))
    if found:
        raise NotSaved(_messages(found, instance, rules))


def _write(row: BoundRow, rules: SaveRules, unchecked: set[str], how: dict[str, Any]) -> None:
    """Save the instance and its relations. Raises NotSaved for what only the database could find out."""
    instance, was_new, pk = row.instance, row.is_new, row.instance.pk
    row.files = new_files(instance)
    try:
        with taken_back_on_failure(row.files), transaction.atomic(using=rules.using):
            instance.save(using=rules.using, **how)
            for field, values in row.many.items():
                getattr(instance, field.field.name).set(values)
    except IntegrityError as error:
        instance._state.adding, instance.pk = was_new, pk
        # Somebody was faster than the validation: now their row can be seen, and named.
        found = check_uniqueness(instance, rules.using, unchecked)
        if not found:
            logger.warning("%s: the database refused a row that is valid: %s", rules.where, error)
            found[NON_FIELD_ERRORS] = [_("This cannot be saved together with what is stored already.")]
        raise NotSaved(_messages(found, instance, rules)) from error
    row.many.clear()


def _messages(found: dict[str, list[Any]], instance: Model, rules: SaveRules) -> dict[str, list[str]]:
    """Return the messages by the names that the component gives the fields.

    Of a field that it does not hold, and so does not show, they stand with its label under `__all__`.
    """
    names = {field.field.name: field.name for field in rules.fields}
    labels = {column.field.name: column.label for column in columns(type(instance))}
    messages: dict[str, list[str]] = {}
    for name, texts in ValidationError(found).message_dict.items():
        if name in names:
            messages[names[name]] = list(texts)
        else:
            prefix = f"{labels[name]}: " if name in labels else ""
            messages.setdefault(ALL, []).extend(f"{prefix}{text}" for text in texts)
    return messages


def _names(fields: Iterable[RowField]) -> set[str]:
    return {field.field.name for field in fields}


def _partners(model: type[Model]) -> set[str]:
    """Return the columns that are unique, or constrained, only together with others: all of them take part."""
    found: set[str] = set()
    for cls in (model, *model._meta.all_parents):
        for group in cls._meta.unique_together:
            found.update(group)
        for constraint in cls._meta.constraints:
            named = tuple(getattr(constraint, "fields", ()))
            # What an expression or a condition is about is not told: then every column takes part.
            found.update(named if named and not getattr(constraint, "condition", None) else _all_names(cls))
        for field in cls._meta.fields:
            beside = [getattr(field, f"unique_for_{part}", None) for part in ("date", "month", "year")]
            found.update(name for name in beside if name)
            if any(beside):
                found.add(field.name)
    return found


def _all_names(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.fields}


def _cached_relations(instance: Model) -> list[str]:
    return [f.name for f in instance._meta.concrete_fields if f.is_relation and f.is_cached(instance)]  # type: ignore[attr-defined]  # of relations only


def _is_number(current: Model, version: RowField) -> bool:
    value = version.field.value_from_object(current)
    return isinstance(value, int) and not isinstance(value, bool)
