"""The examples of the reference and the how-to guides, one module of `components` for each page."""

from django.apps import AppConfig


class HandbookConfig(AppConfig):
    name = "handbook"
    default_auto_field = "django.db.models.BigAutoField"
