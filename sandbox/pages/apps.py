"""App configuration."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The frame around the demos."""

    name = "pages"
