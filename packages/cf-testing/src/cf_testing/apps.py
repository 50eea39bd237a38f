"""The Django app of the testing helpers."""

from __future__ import annotations

from django.apps import AppConfig


class TestingConfig(AppConfig):
    """`cf_testing` in INSTALLED_APPS: brings `{% test_id %}` and checks the settings."""

    name = "cf_testing"
    verbose_name = "Component testing"

    def ready(self) -> None:
        """Register the system checks."""
        from . import checks  # noqa: F401 - registers them
