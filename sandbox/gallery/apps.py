"""App configuration."""

from django.apps import AppConfig


class GalleryConfig(AppConfig):
    """The gallery."""

    name = "gallery"
