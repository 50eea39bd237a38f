"""System checks: what is wrong with the settings of the cache, or with what components say about it."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache

from cf_core.engine.component import Component
from cf_core.engine.errors import ComponentDefinitionError
from cf_core.engine.registries import registry

from .conf import conf
from .mixins import CacheMixin
from .rules import seconds

Messages = list[checks.CheckMessage]

_ATTRIBUTES = ("cache_ttl", "cache_timeout", "cache_stale")


@checks.register("cf_cache")
def check_settings(**kwargs: Any) -> Messages:
    """E001 unknown key, E002 wrong value, E003 no such cache."""
    found: Messages = list(conf.unknown_keys("cf_cache.E001"))
    for key, value in conf.known().items():
        problem = _problem(key, value)
        if problem:
            found.append(checks.Error(f"CF_CACHE[{key!r}] is {value!r}: {problem}.", id="cf_cache.E002"))
    alias = conf().ALIAS
    if not found and alias not in settings.CACHES:
        hint = f"CACHES has: {', '.join(settings.CACHES)}."
        found.append(checks.Error(f"CF_CACHE['ALIAS'] names no cache: {alias!r}.", hint=hint, id="cf_cache.E003"))
    return found


@checks.register("cf_cache")
def check_components(**kwargs: Any) -> Messages:
    """E004 a time that is none, E005 a model that there is not, E006 tags that cannot be filled in."""
    return [message for name, cls in registry for message in _check_component(name, cls)]


@checks.register("cf_cache", deploy=True)
def check_deployment(**kwargs: Any) -> Messages:
    """W001 a cache that one process has for itself, W002 a cache that keeps nothing."""
    alias = conf().ALIAS
    if alias not in settings.CACHES or not any(_is_cached(cls) for _, cls in registry):
        return []
    if isinstance(caches[alias], DummyCache):
        text = f"The cache {alias!r}, in which components are cached, keeps nothing."
        hint = "Name another in CF_CACHE['ALIAS']."
        return [checks.Warning(text, hint=hint, id="cf_cache.W002")]
    if isinstance(caches[alias], LocMemCache):
        text = (
            f"Components are cached in {alias!r}, which each process has for itself: one cannot invalidate another's."
        )
        hint = "Use Redis, Memcached or the database for CF_CACHE['ALIAS'] where several processes serve."
        return [checks.Warning(text, hint=hint, id="cf_cache.W001")]
    return []


def _is_cached(cls: type[Component]) -> bool:
    return issubclass(cls, CacheMixin) or bool(getattr(cls, "cache_ttl", None))


def _check_component(name: str, cls: type[Component]) -> Iterator[checks.CheckMessage]:
    path = f"{cls.__module__}.{cls.__qualname__}"
    for attribute in ("cache_ttl", "cache_timeout", "cache_stale"):
        value = getattr(cls, attribute, None)
        try:
            seconds(0 if value is None else value, f"{path}.{attribute}")
        except ComponentDefinitionError as error:
            yield checks.Error(f"{name!r}: {error}", id="cf_cache.E004")
    for label in getattr(cls, "invalidate_on", ()):
        if isinstance(label, str) and not _is_model(label):
            text = f"{name!r}: {path}.invalidate_on names a model that there is not: {label!r}."
            yield checks.Error(text, hint="Expected a model, or a label such as 'shop.Product'.", id="cf_cache.E005")
    tags = getattr(cls, "cache_tags", ())
    is_list = isinstance(tags, list | tuple)
    for tag in tags if is_list else [tags]:
        if not is_list or not isinstance(tag, str) or not _can_be_filled(tag):
            text = f"{name!r}: {path}.cache_tags has {tag!r}."
            hint = "Expected a list of texts such as 'course:{course_id}'."
            yield checks.Error(text, hint=hint, id="cf_cache.E006")


def _can_be_filled(tag: str) -> bool:
    """Return whether it is a text with names of params in braces, all of them named."""
    try:
        fields = [field for _, field, _, _ in Formatter().parse(tag)]
    except ValueError:
        return False
    return all(field is None or field[:1].isidentifier() for field in fields)


def _is_model(label: str) -> bool:
    try:
        apps.get_model(label)
    except (LookupError, ValueError):
        return False
    return True


def _problem(key: str, value: Any) -> str | None:
    """Return what is wrong with a setting's value, or None."""
    if key == "ALIAS":
        return None if isinstance(value, str) else "expected a text"
    least = 0 if key == "STALE_SECONDS" else 1
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        return f"expected a whole number of seconds from {least}"
    return None
