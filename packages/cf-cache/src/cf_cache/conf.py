"""The settings of cf-cache: `CF_CACHE = {...}` in the project's settings, each key with its default here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project may say in `CF_CACHE`."""

    ALIAS: str = "default"
    """Alias of the cache that keeps mounted state."""
    DEFAULT_TTL: int = 300
    """Seconds for which a state is kept where neither class, view nor tag says it."""
    STALE_SECONDS: int = 0
    """Seconds after that in which an old state is still shown, while one request makes a new one. 0: none."""
    LOCK_SECONDS: int = 10
    """Seconds for which a request that mounts is waited for; after that it counts as dead, and another one mounts."""


class _Cached:
    settings: Settings | None = None


def conf() -> Settings:
    """Return the settings as they are now; unknown keys are left to the system checks."""
    if _Cached.settings is None:
        _Cached.settings = Settings(**{key: value for key, value in given().items() if key in KEYS})
    return _Cached.settings


def given() -> dict[str, Any]:
    """Return the project's CF_CACHE as it stands."""
    return dict(getattr(django_settings, "CF_CACHE", None) or {})


KEYS = frozenset(field.name for field in fields(Settings))


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "CF_CACHE":
        _Cached.settings = None


setting_changed.connect(_forget, dispatch_uid="cf_cache.conf")
