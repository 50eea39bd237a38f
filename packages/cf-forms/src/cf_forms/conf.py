"""The settings of cf-forms: `CF_FORMS = {...}` in the project's settings, each key with its default here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project may say in `CF_FORMS`."""

    FIELD_TEMPLATES: Mapping[str, str] = field(default_factory=dict)
    """{kind of field: template that renders such a field, label and errors included}, for every form."""
    UPLOAD_MAX_BYTES: int = 10_485_760
    """Bytes of one uploaded file where its field sets no limit of its own."""
    UPLOAD_STORAGE: str = "default"
    """Alias in STORAGES of the storage that keeps uploaded files until their form is submitted."""


class _Cached:
    settings: Settings | None = None


def conf() -> Settings:
    """Return the settings as they are now; unknown keys are left to the system checks."""
    if _Cached.settings is None:
        _Cached.settings = Settings(**{key: value for key, value in given().items() if key in KEYS})
    return _Cached.settings


def given() -> dict[str, Any]:
    """Return the project's CF_FORMS as it stands."""
    return dict(getattr(django_settings, "CF_FORMS", None) or {})


KEYS = frozenset(item.name for item in fields(Settings))


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "CF_FORMS":
        _Cached.settings = None


setting_changed.connect(_forget, dispatch_uid="cf_forms.conf")
