"""What every refusal has to hold: nothing changed, nothing leaked, and the next good request is served."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.core.cache import caches

CANARIES = (
    *("Traceback", "site-packages", "/packages/", ".py", "0x", "SELECT ", "INSERT ", "BEGIN"),
    *("cf_core.", "cf_permissions.", "cf_cache.", "tests.", "django.", "object at", "Error:", "Exception"),
)
"""Parts of paths, class names, statements and tracebacks: no refusal shows any of them."""
LONGEST_MESSAGE = 2_000
"""Characters of one log record; what a client sends must not fill the log."""
_LOGGERS = ("cf_core", "cf_permissions", "cf_cache", "django.request", "django.security")


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


@dataclass(frozen=True, slots=True)
class Witness:
    """What the components of some tests write down about themselves."""

    ran: list[str] = field(default_factory=list)
    """The mounts and handlers that ran, oldest first, as `component.mount` and `component.event`."""
    sent: list[Any] = field(default_factory=list)
    """What left an outbox."""
    canaries: tuple[str, ...] = ()
    """Texts that stand in exceptions, rows and settings, and in no answer."""

    def kept(self, *, but_keys: str = "") -> dict[str, Any]:
        """Return all that a refused call may not change; cache keys that hold the text `but_keys` are left out."""
        rows = {m._meta.label: sorted(m._base_manager.values_list(), key=repr) for m in apps.get_models()}
        entries = cast("dict[str, Any]", caches["default"]._cache)  # type: ignore[attr-defined]  # of LocMemCache
        cached = {key: value for key, value in entries.items() if not but_keys or but_keys not in key}
        return {"rows": rows, "cache": cached, "messages": list(self.sent)}


class Logged(logging.Handler):
    """Collects the log of the suite and of Django's request handling."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record."""
        self.records.append(record)

    @property
    def alarms(self) -> list[logging.LogRecord]:
        """The records at WARNING and above."""
        return [record for record in self.records if record.levelno >= logging.WARNING]


@contextmanager
def logged() -> Iterator[Logged]:
    """Collect what is logged in the block, down to INFO."""
    handler = Logged()
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield handler
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)


def assert_refused(
    ask: Callable[[], Outcome],
    status: int,
    code: str,
    *,
    witness: Witness,
    good: Callable[[], Outcome],
    may_run: bool = False,
    may_mount: bool = False,
    may_alarm: int = 1,
    counts_in: str = "",
) -> Outcome:
    """Ask, and check the refusal in every respect; `good` is asked afterwards and must be served.

    `may_run` says that the handler itself may have begun (it is what fails), `may_mount` that only the mount may;
    `may_alarm` how many records at WARNING and above are right; `counts_in` is part of the cache keys that count
    what is refused. All that is wrong is reported at once.
    """
    before = witness.kept(but_keys=counts_in)
    witness.ran.clear()
    with logged() as log:
        outcome = ask()

    wrong = []
    if (outcome.status, outcome.code) != (status, code):
        wrong.append(f"answered {outcome.status} {outcome.code}, expected {status} {code}")
    ran = [] if may_run else [what for what in witness.ran if not (may_mount and what.endswith(".mount"))]
    if ran:
        wrong.append(f"ran {', '.join(ran)}")
    after = witness.kept(but_keys=counts_in)
    wrong += [f"the {what} changed: {before[what]} -> {after[what]}" for what in before if before[what] != after[what]]
    if outcome.sets_cookie:
        wrong.append("a cookie was set")
    canaries = (*CANARIES, *witness.canaries, settings.SECRET_KEY)
    wrong += [f"the answer shows {canary!r}" for canary in canaries if canary in outcome.text]
    messages = [record.getMessage() for record in log.records]
    if len(log.alarms) > may_alarm:
        wrong.append(f"{len(log.alarms)} alarms in the log: {[record.getMessage() for record in log.alarms]}")
    wrong += [
        f"an unfit log message: {message[:200]!r}"
        for message in messages
        if "\r" in message or "\n" in message or len(message) > LONGEST_MESSAGE
    ]
    if wrong:
        raise AssertionError("\n  ".join(["The refusal does not hold:", *wrong, f"the answer: {outcome.text}"]))
    served = good()
    if served.status not in (200, 204):
        raise AssertionError(f"A good request was refused afterwards with {served.status}: {served.text}")
    return outcome
