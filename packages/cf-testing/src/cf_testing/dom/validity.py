"""What the browser itself objects to before it sends a form: the constraints that the markup states."""

from __future__ import annotations

import re

from .fields import Fields, controls_of, default_value, option_value
from .markup import Node, attribute, has_attribute, tag_of
from .names import input_type
from .visibility import is_really_disabled

_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\Z"
)
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+\Z")
_NO_CONSTRAINTS = frozenset({"hidden", "button", "reset", "submit", "image"})
_WITH_PATTERN = frozenset({"text", "search", "tel", "url", "email", "password"})


def first_objection(fields: Fields, form: Node) -> tuple[Node, str] | None:
    """Return the first control that keeps a browser from sending the form, and why; None if nothing does."""
    for control in controls_of(fields.document, form):
        reason = objection(fields, control)
        if reason:
            return control, reason
    return None


def objection(fields: Fields, node: Node) -> str | None:
    """Return what a browser would say about a control, or None if it is content."""
    kind = input_type(node)
    if tag_of(node) not in {"input", "select", "textarea"} or kind in _NO_CONSTRAINTS or is_really_disabled(node):
        return None
    if has_attribute(node, "readonly"):  # the browsers go by it for boxes and files too
        return None
    if _is_missing(fields, node):
        return "it is required"
    if kind in {"checkbox", "radio", "file"} or tag_of(node) == "select":
        return None
    value = fields.value(node)
    return (_length_objection(fields, node, value) or _type_objection(node, kind, value)) if value else None


def _is_missing(fields: Fields, node: Node) -> bool:
    kind = input_type(node)
    if kind == "radio":
        group = fields.radio_group(node) if attribute(node, "name") else []
        return any(has_attribute(other, "required") for other in group) and not any(map(fields.is_checked, group))
    if not has_attribute(node, "required") or kind in {"range", "color"}:
        return False
    if kind == "checkbox":
        return not fields.is_checked(node)
    if kind == "file":
        return not fields.files(node)
    if tag_of(node) == "select":
        return not any(option_value(option) for option in fields.selected(node))
    return not fields.value(node)


def _length_objection(fields: Fields, node: Node, value: str) -> str | None:
    # A browser minds lengths only of what a person typed.
    if value == default_value(node) or not fields.is_changed(node):
        return None
    length = len(value.encode("utf-16-le")) // 2
    low, high = _whole_number(node, "minlength"), _whole_number(node, "maxlength")
    if low is not None and length < low:
        return f"it has {length} characters and needs {low}"
    if high is not None and length > high:
        return f"it has {length} characters and takes {high}"
    return None


def _type_objection(node: Node, kind: str, value: str) -> str | None:
    if kind == "email":
        parts = [part.strip() for part in value.split(",")] if has_attribute(node, "multiple") else [value]
        if not all(_EMAIL.match(part) for part in parts):
            return f"{value!r} is no e-mail address"
    if kind == "url" and not _URL.match(value):
        return f"{value!r} is no address"
    pattern = attribute(node, "pattern")
    if pattern and kind in _WITH_PATTERN and not _fits(pattern, value):
        return f"{value!r} does not match the pattern {pattern}"
    if kind in {"number", "range"}:
        return _number_objection(node, float(value))
    if kind in {"date", "month", "week", "time", "datetime-local"}:
        low, high = attribute(node, "min"), attribute(node, "max")
        if low and value < low:
            return f"{value} is before {low}"
        if high and value > high:
            return f"{value} is after {high}"
    return None


def _number_objection(node: Node, value: float) -> str | None:
    low, high = (_number(attribute(node, name)) for name in ("min", "max"))
    if low is not None and value < low:
        return f"{value:g} is less than {low:g}"
    if high is not None and value > high:
        return f"{value:g} is more than {high:g}"
    step_text = (attribute(node, "step") or "1").strip().lower()
    if step_text == "any":
        return None
    step = _number(step_text) or 1.0
    base = low if low is not None else _number(default_value(node)) or 0.0
    steps = (value - base) / step
    return None if abs(steps - round(steps)) < 1e-6 else f"{value:g} is not in steps of {step:g} from {base:g}"


def _fits(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:  # JavaScript's notation, which Python does not read: leave it to the server
        return True


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _whole_number(node: Node, name: str) -> int | None:
    text = attribute(node, name) or ""
    return int(text) if text.isdigit() else None
