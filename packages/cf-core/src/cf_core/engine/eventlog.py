"""One line per event, for every transport: what ran, how it ended, how long it took. No state, no payload."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .errors import ComponentError

if TYPE_CHECKING:
    from .calls import Answer, Call

logger = logging.getLogger("cf_core.events")
"""INFO for every event; the record's `cf_event` attribute has the same as a dict."""


def is_logged() -> bool:
    """Whether anybody reads the lines."""
    return logger.isEnabledFor(logging.INFO)


def log_event(call: Call, seconds: float, answer: Answer | None = None, error: BaseException | None = None) -> None:
    """Write the line of one event; `seconds` is the whole call's duration."""
    if answer is not None:
        outcome: int | str = answer.status
    else:
        outcome = error.code if isinstance(error, ComponentError) else type(error).__name__
    fields = {
        "component": _name(call),
        "event": _printable(call.event),
        "outcome": outcome,
        "ms": round(seconds * 1000, 2),
        "queries": call.unit.queries if call.unit else 0,
        "user": call.identity.user_id if call.identity else None,
        "rid": _printable(call.rid) if call.rid is not None else None,
    }
    logger.info(" ".join(f"{key}=%s" for key in fields), *fields.values(), extra={"cf_event": fields})


def _name(call: Call) -> str:
    cls = call.component if isinstance(call.component, type) else type(call.component)
    return cls.component_name or cls.__qualname__


def _printable(word: str | None) -> str:
    """Return a client's word without line breaks, at most 64 characters of it."""
    return "".join(c if c.isprintable() else "?" for c in (word or "")[:64])
