"""The settings of cf-testing: `CF_TESTING = {...}` in the project's settings, each key with its default here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cf_core.app_settings import AppSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project may say in `CF_TESTING`."""

    ACTING_USER: str | Callable[[], Any] | None = None
    """A function, or its dotted path, that makes the user who acts where a test names none; called once a test.
    None: a user of the project's user model with an unusable password."""


conf = AppSettings("CF_TESTING", Settings)
"""Returns the settings as they are now."""
