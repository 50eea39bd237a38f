"""What a caller is told who asks too often."""

from __future__ import annotations

from typing import Any

from cf_core.engine.errors import RateLimited

from .rates import Rate


class RateLimitExceeded(RateLimited):
    """A rate limit refused an event: status 429, and `retry_after` in whole seconds.

    After exactly that time the next event passes, unless others came first.
    """

    def __init__(self, detail: str = "", *, rate: Rate | None = None, retry_after: int = 1, **extra: Any) -> None:
        super().__init__(detail, retry_after=max(1, retry_after), **extra)
        self.rate = rate
        """The rate that was full; of several the one that is full longest."""
