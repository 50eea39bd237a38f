"""Caches that fail."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.locmem import LocMemCache


class FailingCache(LocMemCache):
    """Works until `fails_from` says that an operation raises, as if nothing listened at its address any more."""

    error: type[Exception] = ConnectionError
    fails_at: frozenset[str] = frozenset()
    asked: list[str] = []

    def _ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        type(self).asked.append(name)
        if name in self.fails_at:
            raise self.error("nothing listens at hunter2-canary:6379")
        return getattr(LocMemCache, name)(self, *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        if "get_many" in self.fails_at:
            raise self.error("nothing listens")
        return super().get_many(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("add", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete", *args, **kwargs)


ALL = frozenset(("get", "get_many", "add", "set", "delete"))
