"""The DOM ids of a form's controls: templates write them, summaries link to them, handlers move the focus there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from .definitions import FormField
from .formsets import value_at

if TYPE_CHECKING:
    from .component import FormComponent

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_-]+")


def control_id(component_id: str, path: str) -> str:
    """Return the id of the control at a dotted path, with rows by their key: `items.k3.qty`."""
    return f"{component_id}-{_NOT_IN_IDS.sub('-', path)}"


def summary_id(component_id: str) -> str:
    """Return the id of the error summary."""
    return f"{component_id}-errors"


def option_id(field_id: str, index: int) -> str:
    """Return the id of one of several radio buttons or checkboxes."""
    return f"{field_id}-{index}"


def error_target(component: FormComponent) -> str | None:
    """Return the DOM id of the first control with an error; without one that of the summary, None without errors."""
    if not component.errors:
        return None
    for path, keyed, field in _shown(component, component.form_fields(), "", ""):
        if any(wrong == path or (not _has_parts(field) and wrong.startswith(f"{path}.")) for wrong in component.errors):
            found = control_id(component.id, keyed)
            return option_id(found, 0) if field.kind in ("radio", "checkboxes") and field.choices else found
    return summary_id(component.id)


def _has_parts(field: FormField) -> bool:
    return field.kind in ("group", "list")


def _shown(
    component: FormComponent, fields: Iterable[FormField], path: str, keyed: str
) -> Iterator[tuple[str, str, FormField]]:
    """Yield (path, path by row keys, definition) of every control in the order of the page."""
    for field in fields:
        if field.kind == "hidden":
            continue
        yield from _below(component, field, f"{path}{field.name}", f"{keyed}{field.name}")


def _below(component: FormComponent, field: FormField, path: str, keyed: str) -> Iterator[tuple[str, str, FormField]]:
    yield path, keyed, field
    if field.kind == "group":
        yield from _shown(component, field.fields, f"{path}.", f"{keyed}.")
    elif field.kind == "list" and field.item is not None:
        for index, key in enumerate(_keys(component, path)):
            yield from _below(component, field.item, f"{path}.{index}", f"{keyed}.{key}")


def _keys(component: FormComponent, path: str) -> Sequence[str]:
    """Return the keys of the rows of the list at a path."""
    rows = value_at(component.form_values(), path)
    return component.row_keys(path, len(rows) if isinstance(rows, list) else 0)
