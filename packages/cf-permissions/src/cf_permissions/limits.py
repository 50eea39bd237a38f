"""The one place that counts: django-ratelimit's fixed windows in a cache. Nothing else imports django_ratelimit.

A window's counter is only ever added to before somebody is let in, so that however many ask at once, no more than
the rate's number get through. What is promised: docs/reference/rate-limits.md.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from types import FunctionType
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.core.cache.backends.dummy import DummyCache
from django.db import Error as DatabaseError
from django_ratelimit.core import get_usage

from cf_core.engine.errors import Unavailable
from cf_core.failures import CACHE_ERRORS
from cf_core.outages import PAUSE_SECONDS, Outages

from .conf import conf
from .rates import Rate

_outages = Outages(logging.getLogger("cf_permissions.limits"))

_TRIES = 3
"""How often a counter is made anew that is gone before it can be added to."""


class CannotCount(Exception):
    """The cache answers, but keeps no counter."""


_ERRORS: tuple[type[Exception], ...] = (CannotCount, DatabaseError, *CACHE_ERRORS)


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is counted together: somebody's events of one kind, against one rate."""

    scope: str
    """What is limited, e.g. `component:quiz`. Holds no `|`."""
    who: str
    """Who is limited, e.g. `u:7`."""
    rate: Rate


class Verdict(NamedTuple):
    """Whether an event may go on."""

    is_allowed: bool
    rate: Rate | None = None
    """The full rate that has to be waited for; None if the event is allowed."""
    retry_after: int = 0
    """Whole seconds after which there is room in every bucket."""


def check(buckets: Iterable[Bucket]) -> Verdict:
    """Count an event in every bucket, if there is room in all of them; a refused one is counted in none that had room.

    Name the bucket first that fewest kinds of events share, and shorter periods before longer ones: then an event
    that is about to be refused cannot take the last place of one that would not have been.
    Raises Unavailable while the cache cannot count, unless RATE_FAIL is `"open"`.
    """
    if not getattr(settings, "RATELIMIT_ENABLE", True):
        return Verdict(True)
    alias = conf().RATE_CACHE
    if _outages.is_out(alias):
        return _uncounted()
    try:
        verdict = _check(list(buckets), caches[alias])
    except _ERRORS as error:
        reason = str(error) if isinstance(error, CannotCount) else type(error).__name__
        is_open = conf().RATE_FAIL == "open"
        _outages.begin(alias, reason, "events are served uncounted" if is_open else "events with a limit are refused")
        return _uncounted()
    _outages.end(alias)
    return verdict


def _check(buckets: list[Bucket], cache: BaseCache) -> Verdict:
    if isinstance(cache, DummyCache):
        raise CannotCount("a dummy cache keeps nothing")
    taken: list[_Window] = []
    for position, bucket in enumerate(buckets):
        window = _Window(cache)
        count, seconds_left = window.usage(bucket, increment=True)
        if count > bucket.rate.count:
            for earlier in taken:
                earlier.give_back()
            return _refused(bucket, seconds_left, buckets[position + 1 :], cache)
        taken.append(window)
    return Verdict(True)


def _refused(full: Bucket, seconds_left: int, others: list[Bucket], cache: BaseCache) -> Verdict:
    """Return the refusal, with the longest wait of all buckets that are full."""
    rate = full.rate
    for bucket in others:
        count, left = _Window(cache).usage(bucket, increment=False)
        if count >= bucket.rate.count and left > seconds_left:
            rate, seconds_left = bucket.rate, left
    return Verdict(False, rate, seconds_left)


def _uncounted() -> Verdict:
    if conf().RATE_FAIL == "open":
        return Verdict(True)
    refused = Unavailable("The cache that counts for rate limits is down", retry_after=PAUSE_SECONDS)
    refused.is_logged = True
    raise refused


class _Window:
    """One bucket's counter in its present window: stands where get_usage expects a cache.

    Asks for the sum before it makes a counter, since all but the first event of a window find one; with get_usage's
    own order most events would ask Redis three times.
    """

    def __init__(self, cache: BaseCache) -> None:
        self._cache = cache
        self._is_atomic = type(cache).incr is not BaseCache.incr
        self._key = ""
        self._seconds = 0
        self._sum: int | None = None
        self._is_counted = False

    def usage(self, bucket: Bucket, *, increment: bool) -> tuple[int, int]:
        """Return the count, with this event if it is to be counted, and the seconds until the window is over."""
        self._is_counted = increment
        _asking.window = self
        found = _get_usage(
            None,
            # get_usage joins its parts without a separator: cart at 13/minute would be cart1 at 3/minute.
            group=f"{bucket.scope}|",
            key=lambda group, request: f"{bucket.who}|",
            rate=(bucket.rate.count, bucket.rate.seconds),
            increment=increment,
        )
        if found is None or found["limit"] != bucket.rate.count:
            raise CannotCount("it keeps no counter")
        # The window's last second still belongs to it.
        return found["count"], max(1, found["time_left"] + 1)

    def give_back(self) -> None:
        """Take the event out of the count again."""
        self._add(self._key, -1)

    def add(self, key: str, value: int, timeout: int) -> bool:
        """Make the counter and return True; or, if there is one, add to it and return False."""
        self._key, self._seconds = key, timeout
        if not self._is_counted:
            return False
        with nullcontext() if self._is_atomic else _lock:
            for _ in range(_TRIES):
                self._sum = self._add(key, 1)
                if self._sum is not None:
                    return False
                if self._cache.add(key, value, timeout):
                    return True
        return False

    def incr(self, key: str) -> int | None:
        """Return the count, if there was a counter to add to."""
        return self._sum

    def get(self, key: str, default: int) -> int:
        """Return the count without adding to it."""
        count: int = self._cache.get(key, default)
        return count

    def _add(self, key: str, number: int) -> int | None:
        try:
            if self._is_atomic:
                return self._cache.incr(key, number)
            with _lock:
                return self._replace(key, number)
        except ValueError:
            return None

    def _replace(self, key: str, number: int) -> int | None:
        """Read and write back, as Django's own `incr` does where the backend has none, but keep the counter's age."""
        count: int | None = self._cache.get(key)
        if count is None:
            return None
        self._cache.set(key, count + number, self._seconds)
        return count + number


_lock = threading.RLock()
"""Makes caches exact within a process that cannot count in one step: files and databases."""

_asking = threading.local()
"""`window`: the one that this thread has asked get_usage about."""


class _Windows:
    """Stands where get_usage finds `caches`."""

    def __getitem__(self, alias: str) -> _Window:
        window: _Window = _asking.window
        return window


# get_usage would count in the cache of the project's RATELIMIT_USE_CACHE, which is for the project's own limits. The
# same code reads our name for `caches`; the library itself is left as it is.
_get_usage: Any = FunctionType(
    get_usage.__code__, {**get_usage.__globals__, "caches": _Windows()}, "get_usage", get_usage.__defaults__
)
