"""The attributes of a field's control: name, constraints, what describes it, and what validates it as it is left."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zlib import crc32

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from cf_core.engine.errors import ComponentDefinitionError

if TYPE_CHECKING:
    from .bound import BoundField, BoundForm

_ATTRIBUTE = re.compile(r"[a-z][a-z0-9:_-]*\Z")
_BOXES = frozenset({"checkbox", "radio", "checkboxes"})
_CLOCKS = frozenset({"time", "datetime-local"})
_NOT_LIVE = frozenset({"file", "files", "hidden", "group", "list"})
_NO_REQUIRED = frozenset({"checkboxes", "hidden"})
"""Kinds whose `required` browsers have no rule for, or another one."""

_LEFT = "blur changed"
"""The first time a control is left counts, filled in or not; after that only with another value."""
_LEFT_OR_PAUSED = "blur changed, input changed delay:500ms"
"""A control that has been left once is looked at again while its user mends it."""
_CHOSEN = "change changed, blur changed"


def attribute_text(attributes: Mapping[str, Any]) -> SafeString:
    """Return ` name="value"` for each attribute; True is a name without a value, None and False are left out."""
    # `is`, because 1 and 0 are values.
    flags = [(name,) for name, value in attributes.items() if value is True]
    values = [
        (name, str(value))
        for name, value in attributes.items()
        if value is not None and value is not True and value is not False
    ]
    return format_html_join("", ' {}="{}"', values) + format_html_join("", " {}", flags)


def control_attributes(field: BoundField) -> dict[str, Any]:
    """Return the attributes of the field's control, those of its id and value left to its template."""
    definition = field.definition
    attributes: dict[str, Any] = {"name": field.html_name}
    if field.is_required and field.kind not in _NO_REQUIRED:
        attributes["required"] = True
    if field.kind == "files" or (field.kind == "select" and definition.multiple):
        attributes["multiple"] = True
    attributes |= definition.constraints
    attributes |= _author_attributes(definition.options, field.path)
    if field.kind == "textarea":
        attributes.setdefault("rows", 4)
    if field.kind in _CLOCKS and field.text.count(":") > 1:
        # Without it browsers count in minutes, and refuse to send the value that the server gave.
        attributes.setdefault("step", "any")
    if field.kind == "checkboxes":
        # Their fieldset is described, so that the same words are not read for every box.
        attributes["aria-invalid"] = "true" if field.errors else None
    elif field.kind not in ("hidden", "radio"):
        attributes |= described(field)
    return attributes | live_attributes(field)


def described(field: BoundField) -> dict[str, Any]:
    """Return what tells assistive technology of help, errors and validity."""
    ids = [f"{field.id}-error"] if field.errors else []
    if field.help_text:
        ids.append(f"{field.id}-help")
    told: dict[str, Any] = {"aria-describedby": " ".join(ids) or None}
    if field.errors and field.kind != "radio":
        told["aria-invalid"] = "true"
    return told


def live_attributes(field: BoundField) -> dict[str, Any]:
    """Return what has the field validated when it is left or changed, with the whole form as it stands."""
    form = field.form
    if not form.is_live or field.kind in _NOT_LIVE:
        return {}
    if field.kind in _BOXES:
        trigger = "change"
    elif field.kind == "select":
        trigger = _CHOSEN
    else:
        trigger = _LEFT_OR_PAUSED if field.is_touched else _LEFT
    return {
        "hx-post": form.action,
        "hx-trigger": trigger,
        "hx-vals": json.dumps({"_event": "_validate", "_field": field.path}),
        # Of one field only the newest look counts; looks at other fields are none of its rivals. A number, because
        # the name could hold a word that is a mode itself: `first_name`.
        "data-cf-sync": f"latest {crc32(field.path.encode())}",
        # Chosen files stay where they are until the form itself is sent.
        "hx-encoding": "application/x-www-form-urlencoded" if form.has_files else None,
    }


def row_button(form: BoundForm, event: str, path: str, **numbers: int) -> SafeString:
    """Return the attributes of a button that changes the rows of the list at a path; it works without a script too."""
    arguments = {"_list": path, **{f"_{name}": str(number) for name, number in numbers.items()}}
    return attribute_text(
        {
            "type": "submit",
            "formnovalidate": True,
            "name": "_event",
            "value": f"{event}?{urlencode(arguments)}",
            "hx-post": form.action,
            "hx-vals": json.dumps({"_event": event, **arguments}),
        }
    )


def _author_attributes(options: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return the options that are attributes. Raises ComponentDefinitionError where a strict policy refuses one."""
    found: dict[str, Any] = {}
    for key, value in options.items():
        name = key.rstrip("_").replace("_", "-").lower()
        if name == "style" or name.startswith(("on", "hx-on")):
            raise ComponentDefinitionError(
                f"The widget of {path!r} has the option {key!r}: inline styles and scripts are refused by a content "
                "security policy. Use a class and a file."
            )
        if _ATTRIBUTE.match(name) and isinstance(value, (str, int, float)):
            found[name] = value
    return found
