"""The Django app."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """`INSTALLED_APPS` entry of cf-forms."""

    name = "cf_forms"
    verbose_name = "Component forms"

    def ready(self) -> None:
        """Register the checks, the script of forms, and Django's forms as schemas."""
        from cf_core.engine.extensions import extensions

        from . import checks  # noqa: F401 - registers them
        from .bindings import bindings
        from .django_forms import DjangoFormBinding

        extensions.scripts.append("cf_forms/forms.js")
        bindings.append(DjangoFormBinding())
