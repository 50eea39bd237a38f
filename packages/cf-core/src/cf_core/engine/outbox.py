"""Messages that leave only after the event that caused them is durable."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextvars import ContextVar

logger = logging.getLogger("cf_core.outbox")

Send = Callable[[], None]


class Outbox:
    """What one call wants sent: kept until commit, dropped when the call fails."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[Send] = []

    def add(self, send: Send) -> None:
        """Keep `send` until the call is durable."""
        self._waiting.append(send)

    def deliver(self) -> None:
        """Send everything, in order. What fails is logged: the event itself is done and cannot be taken back."""
        waiting, self._waiting = self._waiting, []
        for send in waiting:
            try:
                send()
            except Exception:
                logger.exception("A message could not be sent after its event was committed")

    def drop(self) -> None:
        """Forget everything."""
        self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Send]:
        return iter(self._waiting)


current_outbox: ContextVar[Outbox | None] = ContextVar("cf_core_outbox", default=None)
"""The outbox of the call that runs in this context; None outside a call."""
