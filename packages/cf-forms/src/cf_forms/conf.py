"""The settings of cf-forms: `CF_FORMS = {...}` in the project's settings, each key with its default here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cf_core.app_settings import AppSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project may say in `CF_FORMS`."""

    FIELD_TEMPLATES: Mapping[str, str] = field(default_factory=dict)
    """{kind of field: template that renders such a field, label and errors included}, for every form."""
    UPLOAD_MAX_BYTES: int = 10_485_760
    """Bytes of one uploaded file where its field sets no limit of its own."""
    UPLOAD_STORAGE: str = "default"
    """Alias in STORAGES of the storage that keeps uploaded files until their form is submitted."""


conf = AppSettings("CF_FORMS", Settings)
"""Returns the settings as they are now."""
