"""The settings of cf-permissions: `CF_PERMISSIONS = {...}` in the project's settings, and the default of each key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from cf_core.app_settings import AppSettings

_THEIRS = "RATELIMIT_USE_CACHE"
"""Where django-ratelimit reads which cache counts; it can be told in no other way."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project may say in `CF_PERMISSIONS`."""

    TRUSTED_PROXIES: int = 0
    """How many proxies of the project's own stand in front of Django, each adding to X-Forwarded-For. 0: the address
    that connected is the client's, and no header is read."""
    RATE_CACHE: str | None = None
    """Alias of the cache that counts for rate limits. None: django-ratelimit's own setting RATELIMIT_USE_CACHE says it,
    else it is `"default"`."""
    RATE_FAIL: Literal["closed", "open"] = "closed"
    """What happens to an event with a limit while that cache cannot be asked: `"closed"` answers 503, `"open"` serves
    it uncounted."""


conf = AppSettings("CF_PERMISSIONS", Settings)
"""Returns the settings as they are now."""


def rate_cache() -> str:
    """Return the alias of the cache that counts. Raises ImproperlyConfigured where two settings name two."""
    ours, theirs = conf().RATE_CACHE, getattr(django_settings, _THEIRS, "default")
    if ours is not None and ours != theirs:
        raise ImproperlyConfigured(
            f"CF_PERMISSIONS['RATE_CACHE'] is {ours!r} and {_THEIRS} is {theirs!r}: django-ratelimit counts for both, "
            "in one cache. Name the same in both, or only in one."
        )
    return str(theirs)


class _Led(str):
    """An alias that django-ratelimit was told by us, and not by the project."""

    __slots__ = ()


def lead_django_ratelimit() -> None:
    """Have django-ratelimit count where RATE_CACHE says, unless the project tells it something itself."""
    theirs = getattr(django_settings, _THEIRS, None)
    if theirs is None or isinstance(theirs, _Led):
        setattr(django_settings, _THEIRS, _Led(conf().RATE_CACHE or "default"))


def _follow(*, setting: str, enter: bool, **kwargs: Any) -> None:
    """Take over what a test changes."""
    if setting == "CF_PERMISSIONS" and enter:
        lead_django_ratelimit()


setting_changed.connect(_follow, dispatch_uid="cf_permissions.conf")
