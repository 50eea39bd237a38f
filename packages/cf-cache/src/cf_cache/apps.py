"""The Django app: puts the loader into the lifecycle."""

from __future__ import annotations

from django.apps import AppConfig


class CacheConfig(AppConfig):
    """`cf_cache` in INSTALLED_APPS."""

    name = "cf_cache"
    verbose_name = "Component cache"

    def ready(self) -> None:
        """Register the loader, what classes and tags need for it, and the checks."""
        from cf_core.engine.classhooks import hook_classes
        from cf_core.engine.extensions import extensions

        from . import checks  # noqa: F401 - registers them
        from .loading import load
        from .placing import take_cache_argument
        from .wrapping import prepare_class

        extensions.served_attributes |= {"cache_ttl", "cache_key_prefix"}
        extensions.loaders.append(load)
        extensions.tag_arguments["cache"] = take_cache_argument
        hook_classes(prepare_class)
