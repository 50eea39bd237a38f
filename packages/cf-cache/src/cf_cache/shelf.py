"""The project's cache, seen from here: text in and out, and one kind of failure for everything that may go wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from django.core.cache import BaseCache, caches
from django.db import Error as DatabaseError

from cf_core.failures import CACHE_ERRORS
from cf_core.outages import Outages

from .conf import conf

logger = logging.getLogger("cf_cache")

T = TypeVar("T")

UNREADABLE: Final = object()
"""What `get` returns for a value that the cache has, but cannot give: broken bytes, or objects of code that is gone."""
_OUTAGES: tuple[type[Exception], ...] = (DatabaseError, *CACHE_ERRORS)
_NETWORK_ERRORS = frozenset(("ConnectionError", "TimeoutError", "MemcacheUnexpectedCloseError"))
"""How clients call those of their errors that are no answer: Redis's, Valkey's and Memcached's."""


class CacheDown(Exception):
    """The cache cannot be asked. Components are mounted then, as if there were none."""


class Refused(CacheDown):
    """The cache does not take this value: it is too large for it, for example. Everything else goes on."""


class Shelf:
    """The cache that CF_CACHE["ALIAS"] names. All methods but `discard` raise CacheDown."""

    def __init__(self) -> None:
        self._alias = conf().ALIAS
        self._cache: BaseCache = caches[self._alias]

    def get(self, key: str) -> object:
        """Return the value, None where there is none, or UNREADABLE."""

        def get() -> object:
            try:
                return self._cache.get(key)
            except _OUTAGES:
                raise
            except Exception:  # noqa: BLE001 - Django unpickles what is there, and that may raise anything
                return UNREADABLE

        return self._ask(get)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return {key: value} of those that there are; what the cache cannot give is taken away."""
        names = list(keys)

        def get_many() -> dict[str, Any]:
            try:
                return self._cache.get_many(names)
            except _OUTAGES:
                raise
            except Exception:  # noqa: BLE001 - as in get()
                return {name: value for name in names if (value := self._get_or_drop(name)) is not None}

        return self._ask(get_many)

    def add(self, key: str, value: str, seconds: float) -> bool:
        """Put it there unless something is; returns whether it did."""
        return self._ask(lambda: self._cache.add(key, value, seconds))

    def set(self, key: str, value: str, seconds: float) -> None:
        """Put it there. Raises Refused too."""

        def put() -> Exception | None:
            try:
                self._cache.set(key, value, seconds)
            except (OSError, DatabaseError):
                raise
            except Exception as error:
                if any(base.__name__ in _NETWORK_ERRORS for base in type(error).__mro__):
                    raise
                return error
            return None

        refusal = self._ask(put)
        if refusal is not None:
            raise Refused(type(refusal).__name__)

    def delete(self, key: str) -> None:
        """Take it away."""
        self._ask(lambda: self._cache.delete(key))

    def discard(self, keys: Iterable[str]) -> None:
        """Take them away, even if the cache failed a moment ago. Where that fails it is logged: others rely on it."""
        try:
            self._cache.delete_many(list(keys))
        except Exception:
            logger.exception(
                "The cache %r did not drop what was invalidated: it is shown until it expires", self._alias
            )

    def _get_or_drop(self, key: str) -> Any:
        value = self.get(key)
        if value is UNREADABLE:
            self._cache.delete(key)
            return None
        return value

    def _ask(self, operation: Callable[[], T]) -> T:
        if _outages.is_out(self._alias):
            raise CacheDown("it failed a moment ago")
        try:
            result = operation()
        except Exception as error:
            # Whatever a client library raises, pages go on without it.
            _outages.begin(self._alias, type(error).__name__, "components are mounted without it")
            raise CacheDown(type(error).__name__) from error
        _outages.end(self._alias)
        return result


_outages = Outages(logger)
