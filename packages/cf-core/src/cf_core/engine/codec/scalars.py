"""The values of a state that hold no others: JSON as it is, everything else as `{"~tag": text}`."""

from __future__ import annotations

import math
import re
from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Context, Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeAlias, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from ..errors import UnreadableState, UnserialisableState

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"

LONGEST_INT_BITS = 2_000
"""Longer integers are written in hexadecimal: Python can be told to read no more than 640 decimal digits."""

SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
"""Two lone surrogates in a row; as JSON escapes they would be read back as one character."""

_BETWEEN_PAIR = re.compile("(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")
_Value = TypeVar("_Value")
_MICROSECOND = timedelta(microseconds=1)
# The thread's own context may write small letters and may turn nonsense into NaN.
_DECIMALS = Context(capitals=1, traps=[InvalidOperation])
_MALFORMED = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, OSError, ImportError)

# Bound here, so that a test that replaces these classes to stop the clock does not change what is read.
_new_datetime, _new_date, _new_time = datetime.fromisoformat, date.fromisoformat, time.fromisoformat


def read_scalar(tag: str, data: Any) -> object:
    """Return the value of `{"~tag": data}`. Raises UnreadableState unless it is spelled as it is written."""
    try:
        return _READERS[tag](data)
    except _MALFORMED as error:
        raise UnreadableState(f"The state holds a malformed ~{tag}") from error


def _write_str(value: str) -> JSON:
    if value.isascii() or not SPLIT_PAIR.search(value):
        return value
    return {"~u": list(_BETWEEN_PAIR.split(value))}


def _write_int(value: int) -> JSON:
    return value if value.bit_length() <= LONGEST_INT_BITS else {"~i": f"{value:x}"}


def _write_float(value: float) -> JSON:
    return value if math.isfinite(value) else {"~f": repr(value)}


def _write_datetime(value: datetime) -> JSON:
    text = value.replace(tzinfo=None, fold=0).isoformat()
    if value.tzinfo is None and not value.fold:
        return {"~dt": text}
    return {"~dt": [text, _write_zone(value.tzinfo), value.fold]}


def _write_time(value: time) -> JSON:
    text = value.replace(tzinfo=None, fold=0).isoformat()
    if value.tzinfo is None and not value.fold:
        return {"~ti": text}
    return {"~ti": [text, _write_zone(value.tzinfo), value.fold]}


def _write_zone(zone: tzinfo | None) -> JSON:
    if zone is None:
        return None
    if zone is UTC:
        return 0
    if type(zone) is timezone:
        offset, *name = zone.__getinitargs__()  # type: ignore[attr-defined]  # typeshed lacks it
        microseconds: int = offset // _MICROSECOND
        return [microseconds, *name] if name else microseconds
    if type(zone) is ZoneInfo and zone.key in _zone_keys():
        return zone.key
    raise UnserialisableState(
        f"has a time zone of the type {type(zone).__module__}.{type(zone).__qualname__} without an IANA name. "
        "Use zoneinfo.ZoneInfo(name) or datetime.timezone."
    )


def _exact(value: _Value, written: object, data: object) -> _Value:
    """Return the value if it is written as the data is: the readers of the standard library accept far more."""
    if written != data:
        raise ValueError("spelled in another way")
    return value


def _read_str(data: Any) -> str:
    value = "".join(data)
    return _exact(value, _write_str(value), {"~u": data})


def _read_int(data: Any) -> int:
    value = int(data, 16)
    return _exact(value, _write_int(value), {"~i": data})


def _read_float(data: Any) -> float:
    value = float(data)
    return _exact(value, _write_float(value), {"~f": data})


def _read_bytes(data: Any) -> bytes:
    value = a2b_base64(data, strict_mode=True)
    return _exact(value, b64encode(value).decode("ascii"), data)


def _read_decimal(data: Any) -> Decimal:
    value = Decimal(data, _DECIMALS)
    return _exact(value, _DECIMALS.to_sci_string(value), data)


def _read_uuid(data: Any) -> UUID:
    value = UUID(data)
    return _exact(value, value.hex, data)


def _read_timedelta(data: Any) -> timedelta:
    days, seconds, microseconds = data
    value = timedelta(days, seconds, microseconds)
    return _exact(value, [value.days, value.seconds, value.microseconds], data)


def _read_date(data: Any) -> date:
    value = _new_date(data)
    return _exact(value, value.isoformat(), data)


def _read_datetime(data: Any) -> datetime:
    text, zone, fold = data if isinstance(data, list) else (data, None, 0)
    value = _new_datetime(text)
    if value.tzinfo is not None:
        raise ValueError("an offset in the text")
    _exact(value, value.isoformat(), text)
    return value.replace(tzinfo=_read_zone(zone), fold=fold) if zone is not None or fold else value


def _read_time(data: Any) -> time:
    text, zone, fold = data if isinstance(data, list) else (data, None, 0)
    value = _new_time(text)
    if value.tzinfo is not None:
        raise ValueError("an offset in the text")
    _exact(value, value.isoformat(), text)
    return value.replace(tzinfo=_read_zone(zone), fold=fold) if zone is not None or fold else value


def _read_zone(data: Any) -> tzinfo | None:
    if data is None:
        return None
    if type(data) is int:
        return timezone(timedelta(microseconds=data)) if data else UTC
    if isinstance(data, str):
        if data not in _zone_keys():
            raise ValueError("not the name of a zone")
        return ZoneInfo(data)
    microseconds, name = data
    if type(microseconds) is not int:
        raise ValueError("not whole microseconds")
    return timezone(timedelta(microseconds=microseconds), name)


@cache
def _zone_keys() -> set[str]:
    # ZoneInfo makes file and package names of any key it is given; asked once, when the first zone comes along.
    return available_timezones()


SCALAR_WRITERS: dict[type, Callable[[Any], JSON]] = {
    type(None): lambda value: value,
    bool: lambda value: value,
    str: _write_str,
    int: _write_int,
    float: _write_float,
    bytes: lambda value: {"~b": b64encode(value).decode("ascii")},
    Decimal: lambda value: {"~d": _DECIMALS.to_sci_string(value)},
    date: lambda value: {"~da": value.isoformat()},
    datetime: _write_datetime,
    time: _write_time,
    timedelta: lambda value: {"~td": [value.days, value.seconds, value.microseconds]},
    UUID: lambda value: {"~id": value.hex},
}
"""{exact type: what makes JSON of its values}."""

_READERS: dict[str, Callable[[Any], object]] = {
    "b": _read_bytes,
    "d": _read_decimal,
    "da": _read_date,
    "dt": _read_datetime,
    "f": _read_float,
    "i": _read_int,
    "id": _read_uuid,
    "td": _read_timedelta,
    "ti": _read_time,
    "u": _read_str,
}

SCALAR_TAGS = frozenset(_READERS)
