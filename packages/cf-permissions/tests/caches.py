"""Caches that are in trouble, for settings that name them."""

from __future__ import annotations

import threading
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

ENTRIES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "other": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "other"},
    "dummy": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    "down": {"BACKEND": "tests.caches.DownCache"},
    "silent": {"BACKEND": "tests.caches.SilentCache"},
    "forgetful": {"BACKEND": "tests.caches.ForgetfulCache", "LOCATION": "forgetful"},
    "empty": {"BACKEND": "tests.caches.ForgetfulCache", "LOCATION": "empty", "OPTIONS": {"forgets": 1_000}},
    "counted": {"BACKEND": "tests.caches.CountedCache", "LOCATION": "counted"},
}
asked: list[str] = []
"""What CountedCache was asked."""
threads: list[int] = []
"""In which threads."""


class DownCache(BaseCache):
    """Nothing listens at the cache's address."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        asked.append("refused")
        raise ConnectionError("nothing listens at hunter2-canary:6379")

    add = get = set = delete = touch = clear = incr = _refuse


class SilentCache(DownCache):
    """A server that is down behind a client which ignores it, as django-redis does on request."""

    def _ignore(self, *args: Any, **kwargs: Any) -> None:
        asked.append("ignored")

    add = get = set = delete = touch = clear = incr = _ignore


class ForgetfulCache(LocMemCache):
    """Loses a counter between two commands: it expired, or was evicted. `forgets` says how often."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(name, params)
        self.forgets: int = params.get("OPTIONS", {}).get("forgets", 1)

    def add(self, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        if self.forgets > 0:
            self.forgets -= 1
            return False
        return super().add(key, value, *args, **kwargs)


class CountedCache(LocMemCache):
    """Tells what it was asked."""

    def __getattribute__(self, name: str) -> Any:
        if name in ("add", "get", "set", "incr", "decr", "delete", "touch", "get_or_set"):
            asked.append(name)
            threads.append(threading.get_ident())
        return super().__getattribute__(name)
