"""The settings of cf-models: `CF_MODELS = {...}` in the project's settings, each key with its default here."""

from __future__ import annotations

from dataclasses import dataclass

from cf_core.app_settings import AppSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project may say in `CF_MODELS`."""

    RELATED_LIMIT: int = 100
    """How many rows of a relation a form offers at once; of more, the user searches among them."""


conf = AppSettings("CF_MODELS", Settings)
"""Returns the settings as they are now."""
