"""Limits of pydantic and annotated-types, as HTML attributes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, NamedTuple

from .definitions import Kind

_NAMES: Final = (
    "ge", "gt", "le", "lt", "multiple_of", "min_length", "max_length", "pattern", "max_digits", "decimal_places",
)  # fmt: skip

_ONLY_PYTHON = re.compile(r"\(\?P|\(\?[aiLmsux-]+[:)]|\\[AZz]")
"""What a pattern of HTML cannot say in the same words."""


class Limits(NamedTuple):
    """What the metadata of one annotation demand of its value."""

    ge: Any = None
    gt: Any = None
    le: Any = None
    lt: Any = None
    multiple_of: Any = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    max_digits: int | None = None
    decimal_places: int | None = None


def limits_of(metadata: Iterable[Any]) -> Limits:
    """Return the limits that stand in an annotation's metadata; of two of a name the last."""
    found: dict[str, Any] = {}
    for item in metadata:
        # Ge(5).ge, StringConstraints(...).max_length, pydantic's own container of the rest: they share these names.
        for name in _NAMES:
            value = getattr(item, name, None)
            if value is not None and not callable(value):
                found[name] = value.pattern if isinstance(value, re.Pattern) else value
    return Limits(**found)


def is_required(limits: Limits, *, takes_text: bool) -> bool:
    """Whether an empty input cannot be right, for a value that is neither optional nor has a default."""
    if not takes_text or (limits.min_length or 0) > 0:
        return True
    if limits.pattern is None:
        return False
    try:
        return re.search(limits.pattern, "") is None
    except re.error:
        return False


def html_constraints(kind: Kind, base: Any, limits: Limits) -> dict[str, Any]:
    """Return the HTML attributes that say the same, or less where HTML has no words for it."""
    if kind == "number":
        return _of_number(base, limits)
    if kind in ("date", "datetime-local", "time"):
        return _of_moment(limits)
    if kind in ("text", "textarea", "password", "email", "url"):
        return _of_text(kind, limits)
    return {}


def _of_text(kind: Kind, limits: Limits) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if limits.min_length:
        found["minlength"] = limits.min_length
    if limits.max_length is not None:
        found["maxlength"] = limits.max_length
    # A textarea has no pattern.
    if limits.pattern is not None and kind != "textarea" and not _ONLY_PYTHON.search(limits.pattern):
        found["pattern"] = _anchored(limits.pattern)
    return found


def _anchored(pattern: str) -> str:
    """Return a pattern for the whole text, as HTML reads it, of one that is searched for."""
    starts = pattern.startswith("^")
    ends = pattern.endswith("$") and not pattern.endswith("\\$")
    middle = pattern[1 if starts else 0 : len(pattern) - (1 if ends else 0)]
    if starts and ends and "|" not in middle:
        return middle
    if starts and ends:
        # `^a|b$` is two alternatives, each with one anchor.
        return f".*(?:{pattern}).*"
    return f"{'' if starts else '.*'}(?:{middle}){'' if ends else '.*'}"


def _of_number(base: Any, limits: Limits) -> dict[str, Any]:
    is_int = base is int
    low, high, step = limits.ge, limits.le, limits.multiple_of
    if low is None and limits.gt is not None:
        low = limits.gt + 1 if is_int else limits.gt
    if high is None and limits.lt is not None:
        high = limits.lt - 1 if is_int else limits.lt
    found: dict[str, Any] = {}
    if low is not None:
        found["min"] = _number(low)
    if high is not None:
        found["max"] = _number(high)
    if base is Decimal and step is None and limits.decimal_places is not None:
        step = Decimal(1).scaleb(-limits.decimal_places)
    if step is not None and (low is None or Decimal(str(low)) % Decimal(str(step)) == 0):
        # HTML counts its steps from min.
        found["step"] = _number(step)
    elif not is_int:
        found["step"] = "any"
    return found


def _number(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _of_moment(limits: Limits) -> dict[str, Any]:
    low = limits.ge if limits.ge is not None else limits.gt
    high = limits.le if limits.le is not None else limits.lt
    found = {}
    if isinstance(low, (date, datetime, time)):
        found["min"] = low.isoformat()
    if isinstance(high, (date, datetime, time)):
        found["max"] = high.isoformat()
    return found
