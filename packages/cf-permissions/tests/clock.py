"""Time that stands still until a test moves it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest


@dataclass
class Clock:
    """What `time.time()` answers."""

    now: float


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of this test, for limits and for caches in this process."""
    stopped = Clock(time.time())
    monkeypatch.setattr(time, "time", lambda: stopped.now)
    return stopped
