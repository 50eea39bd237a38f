"""Caches that fail: what a process remembers of them, so that a flood of events neither waits for one nor logs."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any
from weakref import WeakSet

from django.core.signals import setting_changed

PAUSE_SECONDS = 1
"""How long a cache that failed is not asked again, and what a caller is told to wait."""


class Outages:
    """The outages of caches, by alias, as one user of caches meets them and tells of them in its log."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._ask_again_at: dict[str, float] = {}
        self._lock = threading.Lock()
        setting_changed.connect(self._forget)
        _all.add(self)

    def is_out(self, alias: str) -> bool:
        """Tell whether the cache failed a moment ago; after the pause one caller is sent to find out, not all."""
        if alias not in self._ask_again_at:
            return False
        with self._lock:
            now = time.monotonic()
            if now < self._ask_again_at.get(alias, 0):
                return True
            if alias in self._ask_again_at:
                self._ask_again_at[alias] = now + PAUSE_SECONDS
            return False

    def begin(self, alias: str, reason: str, consequence: str) -> None:
        """Note that the cache failed; logged once, however long it lasts and however many events there are."""
        with self._lock:
            is_known = alias in self._ask_again_at
            self._ask_again_at[alias] = time.monotonic() + PAUSE_SECONDS
        if not is_known:
            self._logger.error("The cache %r fails (%s): %s until it works again.", alias, reason, consequence)

    def end(self, alias: str) -> None:
        """Note that the cache did what it was asked."""
        if alias in self._ask_again_at and self._ask_again_at.pop(alias, None) is not None:
            self._logger.warning("The cache %r works again.", alias)

    def _forget(self, *, setting: str, **kwargs: Any) -> None:
        """Forget everything when a test changes what the aliases mean."""
        if setting == "CACHES" or setting.startswith("CF_"):
            self._ask_again_at.clear()


_all: WeakSet[Outages] = WeakSet()


def forget_outages() -> None:
    """Forget all of them: caches of one test are not those of the next."""
    for outages in _all:
        outages._ask_again_at.clear()
