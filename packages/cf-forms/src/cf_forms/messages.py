"""What users are told, in words that are translated: one message for each kind of error that pydantic has."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from cf_core.engine.ports import translate

REQUIRED: Final = "This field is required."
NUMBER: Final = "Enter a number."
CHOICE: Final = "Select a valid choice."
UNKNOWN: Final = "Unknown field. Known: {names}."
TOO_MANY_ROWS: Final = "There may be at most {max_length}."
TOO_FEW_ROWS: Final = "There have to be at least {min_length}."

_DATE = "Enter a valid date."
_MOMENT = "Enter a valid date and time."
_TIME = "Enter a valid time."
_WHOLE = "Enter a whole number."
_URL = "Enter a valid URL."
_TEXT = "Enter a text."
_LIST = "Enter a list."
_FORM = "Enter the fields of this part."
_YES_NO = "Answer yes or no."

MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "missing": REQUIRED,
        "none_required": "This has to stay empty.",
        "string_type": _TEXT,
        "string_too_short": "Enter at least {min_length} characters.",
        "string_too_long": "Enter at most {max_length} characters.",
        "string_pattern_mismatch": "This does not have the expected form.",
        "int_type": _WHOLE,
        "int_parsing": _WHOLE,
        "int_parsing_size": "This number is too large.",
        "int_from_float": _WHOLE,
        "float_type": NUMBER,
        "float_parsing": NUMBER,
        "decimal_type": NUMBER,
        "decimal_parsing": NUMBER,
        "finite_number": NUMBER,
        "number_type": NUMBER,
        "greater_than": "Enter more than {gt}.",
        "greater_than_equal": "Enter at least {ge}.",
        "less_than": "Enter less than {lt}.",
        "less_than_equal": "Enter at most {le}.",
        "multiple_of": "Enter a multiple of {multiple_of}.",
        "decimal_max_digits": "Enter at most {max_digits} digits.",
        "decimal_max_places": "Enter at most {decimal_places} decimal places.",
        "decimal_whole_digits": "Enter at most {whole_digits} digits before the decimal point.",
        "bool_type": _YES_NO,
        "bool_parsing": _YES_NO,
        "date_type": _DATE,
        "date_parsing": _DATE,
        "date_from_datetime_parsing": _DATE,
        "date_from_datetime_inexact": _DATE,
        "date_past": "Enter a date in the past.",
        "date_future": "Enter a date in the future.",
        "datetime_type": _MOMENT,
        "datetime_parsing": _MOMENT,
        "datetime_from_date_parsing": _MOMENT,
        "datetime_object_invalid": _MOMENT,
        "datetime_past": "Enter a moment in the past.",
        "datetime_future": "Enter a moment in the future.",
        "timezone_aware": "Say the time zone too.",
        "timezone_naive": "Leave the time zone out.",
        "time_type": _TIME,
        "time_parsing": _TIME,
        "time_delta_type": "Enter a valid duration.",
        "time_delta_parsing": "Enter a valid duration.",
        "enum": CHOICE,
        "literal_error": CHOICE,
        "url_type": _URL,
        "url_parsing": _URL,
        "url_scheme": _URL,
        "url_too_long": _URL,
        "uuid_type": "Enter a valid UUID.",
        "uuid_parsing": "Enter a valid UUID.",
        "list_type": _LIST,
        "set_type": _LIST,
        "frozen_set_type": _LIST,
        "tuple_type": _LIST,
        "too_short": TOO_FEW_ROWS,
        "too_long": TOO_MANY_ROWS,
        "dict_type": _FORM,
        "model_type": _FORM,
        "model_attributes_type": _FORM,
        "email": "Enter a valid email address.",
    }
)
"""{pydantic's type of error: message}; names in braces are the values that pydantic tells with it."""


def tell(kind: str, /, **values: Any) -> str:
    """Return the message of a kind of error in the reader's language."""
    return told(MESSAGES[kind], **values)


def told(message: str, /, **values: Any) -> str:
    """Return a message in the reader's language, with values for its braces."""
    return translate(message).format(**values)


def message_of(error: Mapping[str, Any]) -> str:
    """Return what to tell about one of pydantic's errors."""
    kind, context = error["type"], error.get("ctx", {})
    own = context.get("error")
    if kind in ("value_error", "assertion_error") and own is not None:
        # The schema's own validators speak for themselves.
        return translate(str(own)) if str(own) else translate(error["msg"])
    if kind == "value_error" and "email" in error["msg"]:
        return tell("email")
    if error.get("input") == "" or (kind == "string_too_short" and context.get("min_length") == 1):
        return tell("missing")
    if kind in MESSAGES:
        return tell(kind, **context)
    return translate(error["msg"])
