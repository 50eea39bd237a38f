"""System checks of the settings and of rate limits: one that would not hold is said at start-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.cache import BaseCache, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.urls import URLPattern, URLResolver, get_resolver

from cf_core.engine.registries import registry

from .conf import KEYS, conf, given
from .rates import RateError, parse_rates
from .throttling import DECORATED, RateLimitMixin, declared_event_rates, declared_rates

Messages = list[checks.CheckMessage]

_MOST_PROXIES = 10
_SHARED = "Give limits a cache of their own in Redis or Memcached, and name it in CF_PERMISSIONS['RATE_CACHE']."


@checks.register("cf_permissions")
def check_settings(**kwargs: Any) -> Messages:
    """E011 unknown key, E012 wrong value, E013 no such cache."""
    found: Messages = []
    for key, value in given().items():
        if key not in KEYS:
            near = get_close_matches(key, KEYS, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(KEYS))}."
            found.append(checks.Error(f"CF_PERMISSIONS has no key {key!r}.", hint=hint, id="cf_permissions.E011"))
            continue
        problem = _PROBLEMS[key](value)
        if problem:
            text = f"CF_PERMISSIONS[{key!r}] is {value!r}: {problem}."
            found.append(checks.Error(text, id="cf_permissions.E012"))
    if not found and conf().RATE_CACHE not in settings.CACHES:
        text = f"CF_PERMISSIONS['RATE_CACHE'] names no cache: {conf().RATE_CACHE!r}."
        hint = f"CACHES has: {', '.join(settings.CACHES)}."
        found.append(checks.Error(text, hint=hint, id="cf_permissions.E013"))
    return found


@checks.register("cf_permissions")
def check_rates(**kwargs: Any) -> Messages:
    """E014 a rate that cannot be read, E015 a limit for no event or without a rate."""
    found: Messages = []
    for name, cls in registry:
        where = f"{name!r} ({cls.__module__}.{cls.__qualname__})"
        every = declared_rates(cls)
        found += _check_texts((f"{where}.{attribute}", text) for attribute, text in every.items())
        try:
            single = declared_event_rates(cls)
        except RateError as error:
            found.append(checks.Error(f"{where}.rate_limits: {error}", id="cf_permissions.E014"))
            continue
        found += _check_texts((f"{where}.rate_limits[{event!r}]", text) for event, text in single.items())
        for event in single:
            if event not in cls._events:
                near = get_close_matches(str(event).removeprefix("on_"), cls._events, 1)
                known = ", ".join(sorted(cls._events)) or "none"
                hint = f"Did you mean {near[0]!r}?" if near else f"Its events: {known}."
                text = f"{where}.rate_limits limits {event!r}, which is no event."
                found.append(checks.Error(text, hint=hint, id="cf_permissions.E015"))
        if issubclass(cls, RateLimitMixin) and not (every or single):
            text = f"{where} has RateLimitMixin, but no throttle_rate."
            found.append(checks.Error(text, hint='throttle_rate = "30/minute"', id="cf_permissions.E015"))
    found += _check_texts(_view_rates())
    return found


@checks.register("cf_permissions")
def check_rate_cache(**kwargs: Any) -> Messages:
    """E016 a cache that keeps nothing, W011 one that cannot add in one step, W013 limits that are switched off."""
    cache = _cache_in_use()
    if cache is None:
        return []
    found: Messages = []
    alias = conf().RATE_CACHE
    if isinstance(cache, DummyCache):
        text = f"The cache {alias!r} keeps nothing, so that rate limits cannot be counted there."
        hint = "In development, local memory will do: django.core.cache.backends.locmem.LocMemCache."
        found.append(checks.Error(text, hint=hint, id="cf_permissions.E016"))
    elif type(cache).incr is BaseCache.incr:
        text = f"The cache {alias!r} cannot add in one step: parallel events of several processes may pass a limit."
        found.append(checks.Warning(text, hint=_SHARED, id="cf_permissions.W011"))
    if not getattr(settings, "RATELIMIT_ENABLE", True):
        text = "RATELIMIT_ENABLE is False: no rate limit holds."
        found.append(checks.Warning(text, hint="Remove the setting in production.", id="cf_permissions.W013"))
    return found


@checks.register("cf_permissions", deploy=True)
def check_deployment(**kwargs: Any) -> Messages:
    """W012 a cache of one process, W014 a proxy that is not counted, W015 a Redis that may hold events up."""
    cache = _cache_in_use()
    if cache is None:
        return []
    found: Messages = []
    alias = conf().RATE_CACHE
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
    return found


def _check_texts(declared: Iterable[tuple[str, object]]) -> Iterator[checks.CheckMessage]:
    for where, text in declared:
        try:
            parse_rates(text)
        except RateError as error:
            yield checks.Error(f"{where}: {error}", hint='"3/hour", or "3/second, 60/minute"', id="cf_permissions.E014")


def _cache_in_use() -> BaseCache | None:
    """Return the cache that counts, if the settings name one and any limit is declared."""
    if check_settings() or not _has_limits():
        return None
    return caches[conf().RATE_CACHE]


def _has_limits() -> bool:
    components = any(declared_rates(cls) or getattr(cls, "rate_limits", None) for _, cls in registry)
    return components or any(True for _ in _view_rates())


def _view_rates() -> Iterator[tuple[str, object]]:
    """Yield (where, rate) for the views that the project's addresses lead to."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return
    for view in _views(get_resolver().url_patterns):
        cls = getattr(view, "view_class", None)
        if cls is not None and issubclass(cls, RateLimitMixin):
            rate = getattr(view, "view_initkwargs", {}).get("throttle_rate", cls.throttle_rate)
            yield f"{cls.__module__}.{cls.__qualname__}.throttle_rate", rate
        elif hasattr(view, DECORATED):
            yield f"rate_limit_component on {view.__module__}.{view.__qualname__}", getattr(view, DECORATED)


def _views(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[Callable[..., Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        else:
            yield pattern.callback


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
    "RATE_CACHE": lambda value: None if isinstance(value, str) else "expected the alias of a cache",
    "RATE_FAIL": lambda value: None if value in ("closed", "open") else "expected 'closed' or 'open'",
}
"""What is wrong with a setting's value, or None."""
