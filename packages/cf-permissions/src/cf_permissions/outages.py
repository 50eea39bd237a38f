"""What a process remembers of a cache that does not answer, so that a flood of events neither waits nor logs."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from django.core.signals import setting_changed

logger = logging.getLogger("cf_permissions.limits")

PAUSE_SECONDS = 1
"""How long the cache is not asked again after it failed. A caller is told to come back after that."""

_ask_again_at: dict[str, float] = {}
"""{alias of a cache that failed: when it is asked again}."""
_lock = threading.Lock()


def is_out(alias: str) -> bool:
    """Tell whether the cache failed a moment ago; after the pause one caller is sent to find out, not all at once."""
    if alias not in _ask_again_at:
        return False
    with _lock:
        now = time.monotonic()
        if now < _ask_again_at.get(alias, 0):
            return True
        if alias in _ask_again_at:
            _ask_again_at[alias] = now + PAUSE_SECONDS
        return False


def begin(alias: str, reason: str, consequence: str) -> None:
    """Note that the cache failed; logged once, however long it lasts and however many events there are."""
    with _lock:
        is_known = alias in _ask_again_at
        _ask_again_at[alias] = time.monotonic() + PAUSE_SECONDS
    if not is_known:
        logger.error("The cache %r cannot count for rate limits (%s): %s until it can.", alias, reason, consequence)


def end(alias: str) -> None:
    """Note that the cache counted."""
    if alias in _ask_again_at and _ask_again_at.pop(alias, None) is not None:
        logger.warning("The cache %r counts for rate limits again.", alias)


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting in ("CACHES", "CF_PERMISSIONS"):
        _ask_again_at.clear()


setting_changed.connect(_forget, dispatch_uid="cf_permissions.outages")
