"""Time that stands still until a test moves it."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass

import pytest
from django.test import Client


@dataclass
class Clock:
    """What `time.time()` answers."""

    now: float

    def begin_window(self, who: str, seconds: int) -> None:
        """Go to where a window of that length has just begun for `who`: no two people's end together."""
        border = zlib.crc32(f"{who}|".encode()) + 1
        self.now = int(self.now) + (border - int(self.now)) % seconds

    def begin_window_of(self, client: Client, seconds: int) -> None:
        """Go to where a window of that length has just begun for who is logged in."""
        self.begin_window(f"u:{client.session['_auth_user_id']}", seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of this test, for limits and for caches in this process."""
    stopped = Clock(time.time())
    monkeypatch.setattr(time, "time", lambda: stopped.now)
    return stopped


def user_far_from_a_border(seconds: int, *, margin: float = 0.2) -> int:
    """Return a user id whose present window of that length is not over soon: the windows of users end apart."""
    now = int(time.time())
    for user_id in range(1, 10_000):
        left = (zlib.crc32(f"u:{user_id}|".encode()) - now) % seconds
        if left > seconds * margin:
            return user_id
    raise AssertionError("no such user")
