"""The settings of cf-permissions: `CF_PERMISSIONS = {...}` in the project's settings, and the default of each key."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

from django.conf import settings as django_settings
from django.core.signals import setting_changed


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project may say in `CF_PERMISSIONS`."""

    TRUSTED_PROXIES: int = 0
    """How many proxies of the project's own stand in front of Django, each adding to X-Forwarded-For. 0: the address
    that connected is the client's, and no header is read."""
    RATE_CACHE: str = "default"
    """Alias of the cache that counts for rate limits."""
    RATE_FAIL: Literal["closed", "open"] = "closed"
    """What happens to an event with a limit while that cache cannot be asked: `"closed"` answers 503, `"open"` serves
    it uncounted."""


class _Cached:
    settings: Settings | None = None


def conf() -> Settings:
    """Return the settings as they are now; unknown keys are left to the system checks."""
    if _Cached.settings is None:
        _Cached.settings = Settings(**{key: value for key, value in given().items() if key in KEYS})
    return _Cached.settings


def given() -> dict[str, Any]:
    """Return the project's CF_PERMISSIONS as it stands."""
    return dict(getattr(django_settings, "CF_PERMISSIONS", None) or {})


KEYS = frozenset(field.name for field in fields(Settings))


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "CF_PERMISSIONS":
        _Cached.settings = None


setting_changed.connect(_forget, dispatch_uid="cf_permissions.conf")
