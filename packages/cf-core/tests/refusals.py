"""What every refusal has to hold: nothing changed, nothing leaked, and the next good request is served."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import caches

from tests.components import CANARY, ran, sent

CANARIES = (
    *(CANARY, "Traceback", "site-packages", "/packages/", ".py", "0x", "SELECT ", "INSERT ", "BEGIN"),
    *("cf_core.", "tests.", "django.", "object at", "Error:", "Exception"),
)
"""Parts of paths, class names, statements and tracebacks: no refusal shows any of them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one call, whatever transport carried it."""

    status: int
    code: str | None
    text: str
    """All that the client gets to see: body and headers."""
    body: dict[str, Any] = field(default_factory=dict)
    sets_cookie: bool = False


def outcome_of(response: Any) -> Outcome:
    """Return the outcome of an HTTP response."""
    text = response.content.decode()
    body = json.loads(text) if response["Content-Type"].startswith("application/json") else {}
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return Outcome(response.status_code, body.get("code"), f"{headers}\n\n{text}", body, bool(response.cookies))


def kept() -> dict[str, Any]:
    """Return everything that a refused call may not change: rows, cache entries, messages that left."""
    rows = {m._meta.label: sorted(m._base_manager.values_list(), key=repr) for m in apps.get_models()}
    cached = dict(caches["default"]._cache)  # type: ignore[attr-defined]
    return {"rows": rows, "cache": cached, "sent": list(sent)}


class Records(logging.Handler):
    """Collects the log of cf_core and Django's request handling."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def alarms(self) -> list[logging.LogRecord]:
        """The records at WARNING and above."""
        return [record for record in self.records if record.levelno >= logging.WARNING]


@contextmanager
def logged() -> Iterator[Records]:
    """Collect what is logged in the block, down to INFO."""
    handler, names = Records(), ("cf_core", "django.request", "django.security")
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield handler
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def assert_refused(
    ask: Callable[[], Outcome],
    status: int,
    code: str,
    *,
    good: Callable[[], Outcome],
    may_run: bool = False,
    may_mount: bool = False,
    may_alarm: int = 1,
) -> Outcome:
    """Ask, and check the refusal in every respect; `good` is asked afterwards and must be served.

    `may_run` says that the handler itself may have begun (it is what fails), `may_mount` that only the mount may;
    `may_alarm` how many records at WARNING and above are right.
    """
    before = kept()
    ran.clear()
    with logged() as log:
        outcome = ask()

    assert (outcome.status, outcome.code) == (status, code), outcome.text
    assert may_run or not [what for what in ran if not (may_mount and what.endswith(".mount"))]
    after = kept()
    assert after["rows"] == before["rows"]
    assert after["cache"].keys() == before["cache"].keys()
    assert after["cache"] == before["cache"]
    assert after["sent"] == before["sent"]
    assert not outcome.sets_cookie
    shown = [canary for canary in (*CANARIES, settings.SECRET_KEY) if canary in outcome.text]
    assert not shown, outcome.text
    assert len(log.alarms) <= may_alarm, [record.getMessage() for record in log.alarms]
    for record in log.records:
        message = record.getMessage()
        assert "\r" not in message
        assert "\n" not in message
        assert len(message) <= 2_000
    assert good().status in (200, 204)
    return outcome
