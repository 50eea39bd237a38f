"""The one place that counts: django-ratelimit's fixed windows in a cache. Nothing else imports django_ratelimit.

Whoever is let in has been counted before, so that however many ask at once, no more than the rate's number get
through. What is promised: docs/reference/rate-limits.md.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.core.cache.backends.dummy import DummyCache
from django.db import Error as DatabaseError
from django_ratelimit.core import get_usage

from cf_core.engine.errors import Unavailable
from cf_core.failures import CACHE_ERRORS
from cf_core.outages import PAUSE_SECONDS, Outages

from .conf import conf, rate_cache
from .rates import Rate

_outages = Outages(logging.getLogger("cf_permissions.limits"))

_lock = threading.Lock()
"""Makes caches exact within a process that do not add in one step."""
_TRIES = 2
"""How often a counter is asked for that is thrown away between the two commands of get_usage."""


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
    """Count an event in every bucket, if there is room in all of them; else in none.

    Of events that come at the same moment, one that finds a bucket full may have taken places in those named before
    it: name the bucket first that fewest others share.
    Raises Unavailable while the cache cannot count, unless RATE_FAIL is `"open"`.
    """
    if not getattr(settings, "RATELIMIT_ENABLE", True):
        return Verdict(True)
    alias = rate_cache()
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


def problem_of(cache: BaseCache, rate: Rate) -> str | None:
    """Return why a cache cannot count for a rate."""
    if isinstance(cache, DummyCache):
        return "it keeps nothing"
    seconds: float | None = cache.default_timeout
    if not adds_in_one_step(cache) and seconds is not None and seconds < rate.seconds:
        # Django's own `incr`, which such a cache has, writes the sum back with the cache's usual time to live.
        return f"it forgets what it adds to after {seconds} seconds, its TIMEOUT; a limit per {rate.period} is longer"
    return None


def adds_in_one_step(cache: BaseCache) -> bool:
    """Whether two who add to one number at once are both counted: not so in files and databases."""
    return type(cache).incr is not BaseCache.incr


def _check(buckets: list[Bucket], cache: BaseCache) -> Verdict:
    # One bucket is asked by counting; of several all are looked at first, so that a refusal takes no place in any.
    full = _full(buckets, cache) if len(buckets) > 1 else []
    if not full:
        for bucket in buckets:
            verdict = _ask(bucket, cache, is_counted=True)
            if not verdict.is_allowed:
                full = [verdict, *_full([other for other in buckets if other is not bucket], cache)]
                break
    return max(full, key=lambda verdict: verdict.retry_after, default=Verdict(True))


def _full(buckets: list[Bucket], cache: BaseCache) -> list[Verdict]:
    """Return the refusals of those that have no room, without counting."""
    verdicts = [_ask(bucket, cache, is_counted=False) for bucket in buckets]
    return [verdict for verdict in verdicts if not verdict.is_allowed]


def _ask(bucket: Bucket, cache: BaseCache, *, is_counted: bool) -> Verdict:
    """Return whether an event that is counted now has found room, or whether one would."""
    rate = bucket.rate
    problem = problem_of(cache, rate)
    if problem is not None:
        raise CannotCount(problem)
    for _ in range(_TRIES):
        with nullcontext() if adds_in_one_step(cache) else _lock:
            usage = get_usage(
                None,
                # get_usage joins its parts without a separator: cart at 13/minute would be cart1 at 3/minute.
                group=f"{bucket.scope}|",
                key=lambda group, request: f"{bucket.who}|",
                rate=(rate.count, rate.seconds),
                increment=is_counted,
            )
        if usage is not None and usage["limit"] == rate.count:
            before = usage["count"] - 1 if is_counted else usage["count"]
            if before < rate.count:
                return Verdict(True)
            # The window's last second still belongs to it.
            return Verdict(False, rate, max(1, usage["time_left"] + 1))
    raise CannotCount("it keeps no counter")


def _uncounted() -> Verdict:
    if conf().RATE_FAIL == "open":
        return Verdict(True)
    refused = Unavailable("The cache that counts for rate limits is down", retry_after=PAUSE_SECONDS)
    refused.is_logged = True
    raise refused
