"""The settings of cf-cache: `CF_CACHE = {...}` in the project's settings, each key with its default here."""

from __future__ import annotations

from dataclasses import dataclass

from cf_core.app_settings import AppSettings


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


conf = AppSettings("CF_CACHE", Settings)
"""Returns the settings as they are now."""
