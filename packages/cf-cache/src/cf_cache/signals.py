"""Django signals for those who count hits and misses."""

from __future__ import annotations

from django.dispatch import Signal

__all__ = ["cache_hit", "cache_miss"]

cache_hit = Signal()
"""After a state came from the cache: `sender` is the class; `component`, `seconds` (its age; None where that is not
known), `is_stale`."""
cache_miss = Signal()
"""Before mount runs because the cache had nothing to show: `sender` is the class; `component`, `reason`: `empty`,
`expired`, `invalidated`, `unreadable`, or `down`."""
