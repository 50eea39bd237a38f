"""Form fields read into nested data: what a form says in names, JSON says in braces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from cf_core.engine.errors import Malformed
from cf_core.json_limits import read_json

from .definitions import FormField

MAX_DEPTH: Final = 12
"""So many parts a name may have."""

MAX_NAMES: Final = 2_000
"""So many names a form may have."""

_NAME = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[[^\[\]]*\])*\Z")
_PART = re.compile(r"[^.\[\]]+|\[([^\[\]]*)\]")
_INDEX = re.compile(r"[0-9]{1,6}\Z")

_YES: Final = frozenset({"on", "true", "1", "yes", "t", "y"})
_NO: Final = frozenset({"off", "false", "0", "no", "f", "n", ""})

_ABSENT: Final[Any] = object()


class _Node:
    """What a form says at one name: its texts, and what stands below it."""

    __slots__ = ("below", "values")

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.below: dict[str, _Node] = {}

    def rows(self) -> list[tuple[str, _Node]]:
        """Return what stands below numbers, in their order."""
        found = [(name, node) for name, node in self.below.items() if _INDEX.match(name)]
        return sorted(found, key=lambda pair: int(pair[0]))


def parse_form(sent: Mapping[str, Any], fields: Iterable[FormField], unchecked: Iterable[str] = ()) -> dict[str, Any]:
    """Return the nested data that a form's names and values say, in the shape that the schema takes as JSON.

    Names are `a.b`, `items.0.qty`, `items[0][qty]`, repeated, or hold JSON text. Undeclared ones are dropped.
    A checkbox that is not there is False where the schema has no default, or where `unchecked` names it; an empty
    text is None, or nothing, where it is no value. Raises Malformed for a form over the limits.
    """
    if len(sent) > MAX_NAMES:
        raise Malformed(f"The form has {len(sent)} names; {MAX_NAMES} are read")
    definitions = tuple(fields)
    top = _Node()
    known = {found.name for found in definitions}
    for name, values in sent.items():
        parts = split_name(name)
        if parts is not None and parts[0] in known:
            node = _node_at(top, parts)
            node.values.extend(values if isinstance(values, list) else [values])
    shown = {parts for name in unchecked if (parts := split_name(name)) is not None}
    return _read_group(definitions, top, (), shown)


def split_name(name: str) -> tuple[str, ...] | None:
    """Return the parts of a field's name, or None for what is no name of a field. Raises Malformed if it has too many.

    `tags[]` is `tags`.
    """
    if not _NAME.match(name):
        return None
    parts = tuple(match[1] if match[0][0] == "[" else match[0] for match in _PART.finditer(name))
    if len(parts) > MAX_DEPTH:
        raise Malformed(f"A field's name has {len(parts)} parts; {MAX_DEPTH} are read")
    if parts[-1] == "" and len(parts) > 1:
        parts = parts[:-1]
    return None if "" in parts else parts


def _node_at(top: _Node, parts: tuple[str, ...]) -> _Node:
    node = top
    for part in parts:
        node = node.below.setdefault(part, _Node())
    return node


Parts = tuple[str, ...]


def _read_group(fields: Iterable[FormField], node: _Node, at: Parts, shown: set[Parts]) -> dict[str, Any]:
    found = {}
    for definition in fields:
        value = _read(definition, node.below.get(definition.name), (*at, definition.name), shown)
        if value is not _ABSENT:
            found[definition.name] = value
    return found


def _read(field: FormField, node: _Node | None, at: Parts, shown: set[Parts]) -> Any:
    """Return what the form says of one field, or _ABSENT."""
    match field.shape:
        case "value":
            return _value(field, node)
        case "flag":
            return _flag(field, node, at in shown)
        case "many":
            return _many(field, node, at in shown)
        case "group":
            return _group(field, node, at, shown)
        case "rows":
            return _rows(field, node, at, shown)
        case "mapping":
            return _mapping(field, node, at, shown)
        case "json":
            return _free(field, node)
        case "file":
            files = _files(node)
            return files[-1] if files else _ABSENT
        case _:
            return _files(node) or (_ABSENT if field.has_default or field.nullable else [])


def _value(field: FormField, node: _Node | None) -> Any:
    if node is None or not node.values:
        return _ABSENT
    value = node.values[-1]
    if not isinstance(value, str):
        return value
    if value == "" and (field.nullable or not field.takes_text):
        return None if field.nullable else _ABSENT
    if field.kind == "textarea":
        # Forms send every line's end as two characters; the schema counts what was typed.
        value = value.replace("\r\n", "\n")
    return field.values.get(value, value)


def _flag(field: FormField, node: _Node | None, is_shown: bool) -> Any:
    if node is None or not node.values:
        return False if is_shown or not field.has_default else _ABSENT
    value = node.values[-1]
    if isinstance(value, str):
        word = value.lower()
        return True if word in _YES else False if word in _NO else value
    return value


def _many(field: FormField, node: _Node | None, is_shown: bool) -> Any:
    if node is None:
        return [] if is_shown or not (field.has_default or field.nullable) else _ABSENT
    values = [*_listed(node), *(value for _, below in node.rows() for value in below.values)]
    return [field.values.get(value, value) if isinstance(value, str) else value for value in values if value != ""]


def _group(field: FormField, node: _Node | None, at: Parts, shown: set[Parts]) -> Any:
    if node is None:
        if field.has_default or field.nullable:
            return _ABSENT
        node = _Node()
    held = _held(node, dict)
    if held is not None and not isinstance(held, dict):
        return held
    return {**_declared(held or {}, field), **_read_group(field.fields, node, at, shown)}


def _rows(field: FormField, node: _Node | None, at: Parts, shown: set[Parts]) -> Any:
    if node is None:
        return [] if at in shown or not (field.has_default or field.nullable) else _ABSENT
    item = _item(field)
    rows = [_declared(value, item) for value in _listed(node) if value != ""]
    for name, below in node.rows():
        row = _read(item, below, (*at, name), shown)
        # An empty row is one all the same: the list knows whether it may be.
        rows.append("" if row is _ABSENT else row)
    return rows


def _mapping(field: FormField, node: _Node | None, at: Parts, shown: set[Parts]) -> Any:
    if node is None:
        return _ABSENT
    held = _held(node, dict)
    if held is not None and not isinstance(held, dict):
        return held
    if held is None and not node.below:
        return None if field.nullable else _ABSENT
    found = _declared(held or {}, field)
    for name, below in node.below.items():
        value = _read(_item(field), below, (*at, name), shown)
        if value is not _ABSENT:
            found[name] = value
    return found


def _free(field: FormField, node: _Node | None) -> Any:
    """Read what has no fields of its own: JSON text, or whatever the names say."""
    if node is None:
        return _ABSENT
    if node.below:
        return _unfolded(node)
    value = node.values[-1] if node.values else ""
    if value == "" and not field.takes_text:
        return None if field.nullable else _ABSENT
    return _json_or_text(value)


def _unfolded(node: _Node) -> Any:
    if not node.below:
        return node.values[-1] if node.values else ""
    rows = node.rows()
    if len(rows) == len(node.below):
        return [_unfolded(below) for _, below in rows]
    return {name: _unfolded(below) for name, below in node.below.items()}


def _files(node: _Node | None) -> list[Any]:
    """Return the files; without a chosen file browsers send an empty text."""
    if node is None:
        return []
    own = [value for value in node.values if not isinstance(value, str)]
    return own + [value for _, below in node.rows() for value in below.values if not isinstance(value, str)]


def _listed(node: _Node) -> list[Any]:
    """Return the values of a repeated name, or those of the JSON list that is its only text."""
    if len(node.values) == 1 and isinstance(node.values[0], str) and node.values[0][:1] == "[":
        value = _json_or_text(node.values[0])
        return value if isinstance(value, list) else [value]
    return node.values


def _held(node: _Node, kind: type) -> Any:
    """Return the object that a name's value is, as JSON text or already read; None for an empty one."""
    for value in reversed(node.values):
        if isinstance(value, kind):
            return value
        if value not in ("", None):
            return _json_or_text(value)
    return None


def _declared(value: Any, field: FormField) -> Any:
    """Return a value that came as JSON without the names that the schema does not declare."""
    if field.fields and isinstance(value, dict):
        named = {name: child for child in field.fields for name in (child.name, child.alias) if name}
        return {name: _declared(below, named[name]) for name, below in value.items() if name in named}
    if field.item is not None and isinstance(value, dict):
        return {name: _declared(below, field.item) for name, below in value.items()}
    if field.item is not None and isinstance(value, list):
        return [_declared(below, field.item) for below in value]
    return value


def _json_or_text(value: Any) -> Any:
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return read_json(value.encode("utf-8", "surrogatepass"))
    except Malformed:
        # As text it fits no schema, which says so at the field.
        return value


def _item(field: FormField) -> FormField:
    if field.item is None:
        raise TypeError(f"{field.path} is described as {field.shape} without saying of what")
    return field.item
