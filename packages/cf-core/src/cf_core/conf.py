"""The settings of cf-core: `CF_CORE = {...}` in the project's settings, each key with its default here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .app_settings import AppSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project may say in `CF_CORE`."""

    DEFAULT_PERMISSION_CLASSES: Sequence[str] = ()
    """Dotted paths of the permission classes of components that declare none themselves."""
    STATE_STORE: Literal["token", "cache"] = "token"
    """Where state is kept between events: signed in the page, or in the cache STATE_CACHE with a key in the page."""
    STATE_CACHE: str = "default"
    """Alias of the cache for `"cache"` state and for `locked_fields`."""
    STATE_MAX_AGE: int = 86_400
    """Seconds for which a token is good."""
    STATE_WARN_BYTES: int = 65_536
    """Bytes of a component's state and params from which a warning is logged."""
    STATE_MAX_BYTES: int = 524_288
    """Bytes of a component's state and params that are refused."""
    EVENT_RECORDS: Literal["writes", "all", "off"] = "writes"
    """Which events leave a record in the database: those that wrote to it, all (an audit trail), or none."""
    EVENT_RECORD_HOURS: int = 24
    """Hours after which `manage.py cf_prune_events` deletes a record."""
    ANSWER_CACHE: str = "default"
    """Alias of the cache that remembers answers by request id."""
    ANSWER_SECONDS: int = 600
    """Seconds for which an answer is remembered there."""
    ALLOW_REPLACE: bool = False
    """Whether another class may take a registered name without `replace=True`."""
    MAX_BODY_BYTES: int = 1_048_576
    """Bytes of a request's body, files not counted."""


conf = AppSettings("CF_CORE", Settings)
"""Returns the settings as they are now."""
