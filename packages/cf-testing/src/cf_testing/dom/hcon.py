"""htmx's little notation for values and options: `event:save amount:2`, or JSON."""

from __future__ import annotations

import json
import re
from typing import Any

_PAIR = re.compile(
    r"""(?:"([^"]+)"|'([^']+)'|([^\s,:]+))"""
    r"""(?:\s*:\s*(?:"([^"]*)"|'([^']*)'|<((?:[^/]|/(?!>))+)/>|([^\s,]+)))?(?=\s|,|$)"""
)
_COMMA = re.compile(r""",(?![^\[]*\])(?![^(]*\))(?![^<]*/>)(?=(?:[^"']|"[^"]*"|'[^']*')*$)""")


def parse_hcon(text: str) -> dict[str, Any]:
    """Return what htmx 4 reads from an attribute's text. Raises ValueError for JSON that is none."""
    if text.startswith("{"):
        value = json.loads(text)
        return value if isinstance(value, dict) else {}
    result: dict[str, Any] = {}
    for match in _PAIR.finditer(text):
        double_key, single_key, bare_key, double, single, angled, bare = match.groups()
        key = double_key or single_key or bare_key
        given = next((value for value in (double, single, angled, bare) if value is not None), "true")
        value = _json_or_text(given.strip())
        # A bare a.b is a path, a quoted "a.b" is a name.
        path = key.split(".") if bare_key else [key]
        place = result
        for part in path[:-1]:
            inner = place.get(part)
            if not isinstance(inner, dict):
                inner = place[part] = {}
            place = inner
        place[path[-1]] = value
    return result


def split_hcon(text: str) -> list[str]:
    """Split at top-level commas."""
    return _COMMA.split(text)


def as_form_value(value: Any) -> str:
    """Return what JavaScript makes of a value in a form: `true`, `null`, `1,2`, `[object Object]`."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case float() if value.is_integer():
            return str(int(value))
        case list():
            return ",".join("" if item is None else as_form_value(item) for item in value)
        case dict():
            return "[object Object]"
        case _:
            return str(value)


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
