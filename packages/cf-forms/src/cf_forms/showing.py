"""Values as HTML controls show them: what was typed as it was typed, everything else in the wire form of its kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils import timezone
from pydantic import BaseModel, SecretBytes, SecretStr

_MOMENTS: Mapping[str, Callable[[str], Any]] = {
    "datetime-local": datetime.fromisoformat,
    "time": time.fromisoformat,
}
_TRUE = frozenset({"true", "on", "1", "yes", "y", "t"})


def shown_text(value: Any, kind: str) -> str:
    """Return the text of a control's value, never localised: browsers expect `1234.5` and `2026-03-01`."""
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, (SecretStr, SecretBytes)) or kind in ("password", "file", "files"):
        return ""
    if isinstance(value, str):
        value = _read(value, kind)
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return _moment(value, kind)
    if isinstance(value, time):
        return _clock(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (bool, int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        plain = value if isinstance(value, Mapping) else list(value)
        return json.dumps(plain, ensure_ascii=False, indent=2, default=str) if value else ""
    return str(value)


def shown_texts(value: Any, kind: str) -> frozenset[str]:
    """Return the texts of a control that holds several values."""
    if value is None or value == "":
        return frozenset()
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping)):
        return frozenset(shown_text(one, kind) for one in value)
    return frozenset({shown_text(value, kind)})


def is_ticked(value: Any) -> bool:
    """Return whether a checkbox with this value has its tick."""
    if isinstance(value, str):
        return value.strip().lower() in _TRUE
    return bool(value)


def value_in(values: Any, name: str | int) -> Any:
    """Return what a mapping, model, object or list holds under a name or index; None where there is nothing."""
    if isinstance(name, int):
        return values[name] if isinstance(values, (list, tuple)) and name < len(values) else None
    if isinstance(values, Mapping):
        return values.get(name)
    return None if values is None or isinstance(values, (str, list, tuple)) else getattr(values, name, None)


def _read(text: str, kind: str) -> Any:
    """Return the moment that a text of the wire stands for; the text itself where it stands for none."""
    reader = _MOMENTS.get(kind)
    if reader is None:
        return text
    try:
        return reader(text)
    except ValueError:
        return text


def _moment(value: datetime, kind: str) -> str:
    """Return a moment in the reader's time zone, which is the one that an input without an offset means."""
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    if kind == "date":
        return value.date().isoformat()
    return f"{value.date().isoformat()}T{_clock(value.time())}"


def _clock(value: time) -> str:
    """Return the time of day as exactly as it is, but no more: seconds only where there are some."""
    if value.microsecond:
        return value.replace(tzinfo=None).isoformat("milliseconds")
    return value.replace(tzinfo=None).isoformat("seconds" if value.second else "minutes")
