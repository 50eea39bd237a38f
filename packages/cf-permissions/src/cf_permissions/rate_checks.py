"""System checks of the settings and of rate limits: one that would not hold is said at start-up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.cache import BaseCache, caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.core.exceptions import ImproperlyConfigured

from cf_core.conf import conf as core_conf
from cf_core.engine.component import Component
from cf_core.engine.registries import registry

from .conf import conf, rate_cache
from .limits import adds_in_one_step, problem_of
from .project_views import project_views
from .rates import Rate, RateError, parse_rates
from .throttling import DECORATED, RateLimitMixin, declared_event_rates, declared_rates

Messages = list[checks.CheckMessage]

_MOST_PROXIES = 10
_CULLING = (LocMemCache, FileBasedCache, DatabaseCache)
"""They throw some entries away, whichever, when they have MAX_ENTRIES."""
_MANY_ENTRIES = 10_000
"""Sixteen events a second leave as many answers behind in the ten minutes for which these are remembered."""
_SHARED = "Give limits a cache of their own in Redis or Memcached, and name it in CF_PERMISSIONS['RATE_CACHE']."


@checks.register("cf_permissions")
def check_settings(**kwargs: Any) -> Messages:
    """E011 unknown key, E012 wrong value, E013 no such cache, E017 two caches."""
    found: Messages = list(conf.unknown_keys("cf_permissions.E011"))
    for key, value in conf.known().items():
        problem = _PROBLEMS[key](value)
        if problem:
            text = f"CF_PERMISSIONS[{key!r}] is {value!r}: {problem}."
            found.append(checks.Error(text, id="cf_permissions.E012"))
    if found:
        return found
    try:
        alias = rate_cache()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="cf_permissions.E017")]
    if alias not in settings.CACHES:
        where = "RATELIMIT_USE_CACHE" if conf().RATE_CACHE is None else "CF_PERMISSIONS['RATE_CACHE']"
        hint = f"CACHES has: {', '.join(settings.CACHES)}."
        found.append(checks.Error(f"{where} names no cache: {alias!r}.", hint=hint, id="cf_permissions.E013"))
    return found


@checks.register("cf_permissions")
def check_rates(**kwargs: Any) -> Messages:
    """E014 a rate that cannot be read, E015 a limit for no event or without a rate."""
    found: Messages = []
    for where, text in _declared():
        try:
            parse_rates(text)
        except RateError as error:
            hint = '"3/hour", or "3/second, 60/minute"'
            found.append(checks.Error(f"{where}: {error}", hint=hint, id="cf_permissions.E014"))
    for name, cls in registry:
        found += _check_events(_where(name, cls), cls)
    return found


@checks.register("cf_permissions")
def check_rate_cache(**kwargs: Any) -> Messages:
    """E016 a cache that cannot count, W011 one that cannot add in one step, W013 limits that are switched off."""
    rates = _rates()
    cache = _cache_in_use(rates)
    if cache is None:
        return []
    found: Messages = []
    alias = rate_cache()
    problem = problem_of(cache, max(rates, key=lambda rate: rate.seconds))
    if problem is not None:
        text = f"Rate limits cannot be counted in the cache {alias!r}: {problem}."
        hint = f"{_SHARED} In development, local memory will do: django.core.cache.backends.locmem.LocMemCache."
        found.append(checks.Error(text, hint=hint, id="cf_permissions.E016"))
    elif not adds_in_one_step(cache):
        text = f"The cache {alias!r} cannot add in one step: parallel events of several processes may pass a limit."
        found.append(checks.Warning(text, hint=_SHARED, id="cf_permissions.W011"))
    if not getattr(settings, "RATELIMIT_ENABLE", True):
        text = "RATELIMIT_ENABLE is False: no rate limit holds."
        found.append(checks.Warning(text, hint="Remove the setting in production.", id="cf_permissions.W013"))
    return found


@checks.register("cf_permissions", deploy=True)
def check_deployment(**kwargs: Any) -> Messages:
    """W012 a cache of one process, W014 no proxy counted, W015 a Redis that may hang, W016 a cache that runs full."""
    cache = _cache_in_use(_rates())
    if cache is None:
        return []
    found: Messages = []
    alias = rate_cache()
    if isinstance(cache, LocMemCache):
        text = f"Rate limits are counted in the cache {alias!r}, which only one process sees: each would have its own."
        found.append(checks.Warning(text, hint=_SHARED, id="cf_permissions.W012"))
    if conf().TRUSTED_PROXIES == 0 and (settings.SECURE_PROXY_SSL_HEADER or settings.USE_X_FORWARDED_HOST):
        text = "The settings speak of a proxy, but TRUSTED_PROXIES is 0: all visitors share the proxy's address."
        hint = "CF_PERMISSIONS['TRUSTED_PROXIES'] = 1, or however many of your own stand in front."
        found.append(checks.Warning(text, hint=hint, id="cf_permissions.W014"))
    options: Any = settings.CACHES[alias].get("OPTIONS") or {}
    if isinstance(cache, RedisCache) and not _is_quick(options):
        text = f"A Redis that hangs holds every event with a rate limit up: the cache {alias!r} has no short time-out."
        hint = "OPTIONS: {'socket_timeout': 0.25, 'socket_connect_timeout': 0.25}"
        found.append(checks.Warning(text, hint=hint, id="cf_permissions.W015"))
    others = " and ".join(_filled_by_clients(alias))
    if others and isinstance(cache, _CULLING) and cache._max_entries < _MANY_ENTRIES:
        text = (
            f"Rate limits share the cache {alias!r} with {others}, and it throws entries away when it has "
            f"{cache._max_entries}: whoever sends many events gets rid of their count."
        )
        found.append(checks.Warning(text, hint=_SHARED, id="cf_permissions.W016"))
    return found


def _check_events(where: str, cls: type[Component]) -> Iterator[checks.CheckMessage]:
    try:
        single = declared_event_rates(cls)
    except RateError as error:
        yield checks.Error(f"{where}.rate_limits: {error}", id="cf_permissions.E014")
        return
    for event in single:
        if event not in cls._events:
            near = get_close_matches(str(event).removeprefix("on_"), cls._events, 1)
            known = ", ".join(sorted(cls._events)) or "none"
            hint = f"Did you mean {near[0]!r}?" if near else f"Its events: {known}."
            text = f"{where}.rate_limits limits {event!r}, which is no event."
            yield checks.Error(text, hint=hint, id="cf_permissions.E015")
    if issubclass(cls, RateLimitMixin) and not (declared_rates(cls) or single):
        text = f"{where} has RateLimitMixin, but no throttle_rate."
        yield checks.Error(text, hint='throttle_rate = "30/minute"', id="cf_permissions.E015")


def _cache_in_use(rates: list[Rate]) -> BaseCache | None:
    """Return the cache that counts, if the settings name one and any limit is declared."""
    return caches[rate_cache()] if rates and not check_settings() else None


def _filled_by_clients(alias: str) -> list[str]:
    """Return the settings of cf_core whose cache is the same, and has an entry for every request or page."""
    core = core_conf()
    named = {"ANSWER_CACHE": core.ANSWER_CACHE}
    if any(cls.locked_fields or (cls.state_store or core.STATE_STORE) == "cache" for _, cls in registry):
        named["STATE_CACHE"] = core.STATE_CACHE
    return [key for key, other in named.items() if other in settings.CACHES and _place(other) == _place(alias)]


def _place(alias: str) -> tuple[object, object]:
    """Return where a cache keeps its entries: two aliases may name one place."""
    entry = settings.CACHES[alias]
    return entry["BACKEND"], entry.get("LOCATION", "")


def _rates() -> list[Rate]:
    """Return every rate that is declared and can be read."""
    found: list[Rate] = []
    for _, text in _declared():
        with suppress(RateError):
            found += parse_rates(text)
    return found


def _declared() -> Iterator[tuple[str, object]]:
    """Yield (where, rate) of every limit of a component or view."""
    for name, cls in registry:
        where = _where(name, cls)
        for attribute, text in declared_rates(cls).items():
            yield f"{where}.{attribute}", text
        with suppress(RateError):
            for event, text in declared_event_rates(cls).items():
                yield f"{where}.rate_limits[{event!r}]", text
    yield from _view_rates()


def _where(name: str, cls: type[Component]) -> str:
    return f"{name!r} ({cls.__module__}.{cls.__qualname__})"


def _view_rates() -> Iterator[tuple[str, object]]:
    """Yield (where, rate) for the views that the project's addresses lead to."""
    for view in project_views():
        cls = getattr(view, "view_class", None)
        if cls is not None and issubclass(cls, RateLimitMixin):
            rate = getattr(view, "view_initkwargs", {}).get("throttle_rate", cls.throttle_rate)
            yield f"{cls.__module__}.{cls.__qualname__}.throttle_rate", rate
        elif hasattr(view, DECORATED):
            yield f"rate_limit_component on {view.__module__}.{view.__qualname__}", getattr(view, DECORATED)


def _is_quick(options: dict[str, Any]) -> bool:
    return all(0 < (options.get(name) or 0) <= 1 for name in ("socket_timeout", "socket_connect_timeout"))


def _problem_of_proxies(value: object) -> str | None:
    if isinstance(value, list | tuple | set | str):
        return "expected how many proxies there are, not which"
    if type(value) is not int or not 0 <= value <= _MOST_PROXIES:
        return f"expected a whole number from 0 to {_MOST_PROXIES}"
    return None


_PROBLEMS: dict[str, Callable[[Any], str | None]] = {
    "TRUSTED_PROXIES": _problem_of_proxies,
    "RATE_CACHE": lambda value: None if value is None or isinstance(value, str) else "expected the alias of a cache",
    "RATE_FAIL": lambda value: None if value in ("closed", "open") else "expected 'closed' or 'open'",
}
"""What is wrong with a setting's value, or None."""
