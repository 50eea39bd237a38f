"""The Django app."""

from django.apps import AppConfig


class CacheConfig(AppConfig):
    """`INSTALLED_APPS` entry of cf-cache."""

    name = "cf_cache"
    verbose_name = "Component cache"
