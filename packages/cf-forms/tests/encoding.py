"""Nested data as a browser would send it from a form that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cf_forms.definitions import FormField


def encode(data: dict[str, Any], fields: Sequence[FormField], *, brackets: bool = False) -> dict[str, list[str]]:
    """Return {name: [texts]} of data that has a value for every field."""
    found: dict[str, list[str]] = {}
    for name, text in _encoded(data, fields, "", brackets):
        found.setdefault(name, []).append(text)
    return found


def _encoded(
    data: dict[str, Any], fields: Sequence[FormField], prefix: str, brackets: bool
) -> Iterator[tuple[str, str]]:
    for field in fields:
        if field.name in data:
            yield from _field(data[field.name], field, _name(prefix, field.name, brackets), brackets)


def _name(prefix: str, part: str, brackets: bool) -> str:
    if not prefix:
        return part
    return f"{prefix}[{part}]" if brackets else f"{prefix}.{part}"


def _field(value: Any, field: FormField, name: str, brackets: bool) -> Iterator[tuple[str, str]]:
    match field.shape:
        case "flag":
            if value:
                yield name, "on"
            else:
                yield name, ""
        case "many":
            yield name, ""
            for one in value:
                yield f"{name}[]" if brackets else name, _text(one)
        case "group":
            yield from _encoded(value, field.fields, name, brackets)
        case "rows":
            assert field.item is not None
            yield name, ""
            for index, one in enumerate(value):
                yield from _field(one, field.item, _name(name, str(index), brackets), brackets)
        case "mapping":
            assert field.item is not None
            yield name, "{}"
            for key, one in value.items():
                yield from _field(one, field.item, _name(name, str(key), brackets), brackets)
        case _:
            yield name, _text(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
