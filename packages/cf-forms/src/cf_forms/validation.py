"""Nested data held against a schema: the model, or messages by path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from .definitions import EVERYTHING, FormField
from .messages import CHOICE, NUMBER, message_of, told

Errors = dict[str, list[str]]
"""{dotted path: [messages]}; under EVERYTHING those that belong to no field."""

_NO_NUMBERS: Final = frozenset({"nan", "inf", "infinity"})


def validate(
    schema: type[BaseModel], data: Mapping[str, Any], fields: Sequence[FormField], *, context: Any = None
) -> tuple[BaseModel | None, Errors]:
    """Return the model and no errors, or None and the errors.

    `data` has the schema's own names (not its aliases). A bool is no number, nor are NaN and infinity; values outside
    the author's own choices are refused.
    """
    errors: Errors = {}
    for path, message in _refused(data, fields, ""):
        errors.setdefault(path, []).append(message)
    try:
        model = schema.model_validate(_renamed(data, fields), context=context)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            path = path_of(item["loc"], fields)
            messages = errors.setdefault(path, [])
            message = message_of(item)
            if message not in messages:
                messages.append(message)
        return None, errors
    return (None, errors) if errors else (model, errors)


def path_of(loc: Iterable[int | str], fields: Sequence[FormField]) -> str:
    """Return the path of the field that a location of pydantic's is about; EVERYTHING for none.

    Locations also name members of unions and functions, and what no field has: those parts are left out.
    """
    found: list[str] = []
    here: FormField | None = None
    level = fields
    for part in loc:
        if isinstance(part, str) and part.startswith("function-"):
            continue
        if here is not None and here.shape in ("rows", "mapping"):
            found.append(str(part))
            here = here.item
        elif here is None or here.shape == "group":
            here = next((field for field in level if part in (field.name, field.alias)), None)
            if here is None:
                break
            found.append(here.name)
        else:
            break
        level = here.fields if here is not None else ()
    return ".".join(found) or EVERYTHING


def _refused(data: Any, fields: Iterable[FormField], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield what pydantic would take and a form does not."""
    if not isinstance(data, Mapping):
        return
    for field in fields:
        value = data.get(field.name)
        if value is not None:
            yield from _refused_by(field, value, f"{prefix}{field.name}")


def _refused_by(field: FormField, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if field.is_closed:
        known = {text for text, _ in field.choices}
        chosen = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        if any(_text(one) not in known for one in chosen):
            yield path, told(CHOICE)
    if field.fields:
        yield from _refused(value, field.fields, f"{path}.")
    elif field.item is not None:
        if isinstance(value, Mapping):
            pairs: Iterable[tuple[Any, Any]] = value.items() if field.shape == "mapping" else ()
        else:
            pairs = enumerate(value) if isinstance(value, (list, tuple)) else ()
        for key, one in pairs:
            yield from _refused_by(field.item, one, path if field.shape == "many" else f"{path}.{key}")
    elif field.is_number and _is_no_number(value):
        yield path, told(NUMBER)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(getattr(value, "value", value))


def _is_no_number(value: Any) -> bool:
    if isinstance(value, bool):
        return True
    if isinstance(value, str):
        return value.strip().lstrip("+-").lower() in _NO_NUMBERS
    return isinstance(value, float) and value - value != 0


def _renamed(data: Any, fields: Iterable[FormField]) -> Any:
    """Return the data under the names that the schema wants, where these are aliases."""
    if not isinstance(data, Mapping):
        return data
    found = dict(data)
    for field in fields:
        if field.name not in found:
            continue
        value = found[field.name]
        if field.fields:
            value = _renamed(value, field.fields)
        elif field.item is not None and field.item.fields:
            inner = field.item.fields
            if isinstance(value, list):
                value = [_renamed(row, inner) for row in value]
            elif field.shape == "mapping" and isinstance(value, Mapping):
                value = {key: _renamed(row, inner) for key, row in value.items()}
        if field.alias:
            del found[field.name]
        found[field.alias or field.name] = value
    return found
