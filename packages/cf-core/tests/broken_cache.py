"""A cache server that cannot be reached."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import BaseCache


class DownCache(BaseCache):
    """Every operation fails, as it does when nothing listens at the cache's address."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("nothing listens at hunter2-canary:6379")

    add = get = set = delete = touch = clear = incr = _refuse
