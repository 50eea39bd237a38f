"""The Django app."""

from django.apps import AppConfig


class ModelsConfig(AppConfig):
    """`INSTALLED_APPS` entry of cf-models."""

    name = "cf_models"
    verbose_name = "Model components"
