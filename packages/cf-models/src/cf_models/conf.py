"""The settings of cf-models: `CF_MODELS = {...}` in the project's settings, each key with its default here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project may say in `CF_MODELS`."""

    RELATED_LIMIT: int = 100
    """How many rows of a relation a form offers at once; of more, the user searches among them."""


class _Cached:
    settings: Settings | None = None


def conf() -> Settings:
    """Return the settings as they are now; unknown keys are left to the system checks."""
    if _Cached.settings is None:
        _Cached.settings = Settings(**{key: value for key, value in given().items() if key in KEYS})
    return _Cached.settings


def given() -> dict[str, Any]:
    """Return the project's CF_MODELS as it stands."""
    return dict(getattr(django_settings, "CF_MODELS", None) or {})


KEYS = frozenset(field.name for field in fields(Settings))


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "CF_MODELS":
        _Cached.settings = None


setting_changed.connect(_forget, dispatch_uid="cf_models.conf")
