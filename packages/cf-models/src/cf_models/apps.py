"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ModelsConfig(AppConfig):
    """`cf_models` in INSTALLED_APPS."""

    name = "cf_models"
    verbose_name = "Model components"

    def ready(self) -> None:
        """Register the checks."""
        from . import checks  # noqa: F401 - registers them
