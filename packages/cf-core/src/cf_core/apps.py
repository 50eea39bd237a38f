"""The Django app: installs the host, discovers components, registers checks."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext


class CoreConfig(AppConfig):
    """`cf_core` in INSTALLED_APPS."""

    name = "cf_core"
    verbose_name = "Components"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put Django around the engine and read every app's `components.py`."""
        from . import checks  # noqa: F401 - registers them
        from .conf import conf
        from .engine.codec import register_extension
        from .engine.ports import install
        from .engine.registries import registry
        from .host import DjangoHost
        from .references import ModelExtension

        install(DjangoHost(), translate=gettext)
        register_extension(ModelExtension())
        registry.allow_replace = conf().ALLOW_REPLACE
        autodiscover_modules("components")
