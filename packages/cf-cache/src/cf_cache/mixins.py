"""`CacheMixin`, for components and for views."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from cf_core.engine.component import Component

from .invalidation import invalidate_component, invalidate_instance, invalidate_view
from .keys import get_cache_key

Invalidated = Mapping[str, Any] | str | Iterable[Mapping[str, Any] | str] | None
"""What a changed row makes wrong: params of entries, a tag, several of these, or nothing."""


class InvalidateCache:
    """`invalidate_cache`: on an instance it drops the entry with the instance's params, on the class that of the params
    given, or all. Once the transaction is committed."""

    def __get__(self, instance: Any, owner: type[Any]) -> Callable[..., None]:
        def invalidate_cache(**params: Any) -> None:
            if not issubclass(owner, Component):
                invalidate_view(owner, **params)
            elif isinstance(instance, Component) and not params:
                invalidate_instance(instance)
            else:
                invalidate_component(owner, **params)

        return invalidate_cache


class CacheMixin:
    """Caches a component's mounted state: `class Metrics(CacheMixin, Component)`, or that of the components which a
    view serves: `class ProductPageView(CacheMixin, ComponentView)`.

    Where the cache has the state, `mount` is not run. Permissions are checked first, events are never cached, and each
    page has its own id and token. See docs/reference/caching.md for each name.
    """

    cache_ttl: ClassVar[float | None] = None
    """Seconds for which the state is fresh; None: DEFAULT_TTL; 0: not cached."""
    cache_timeout: ClassVar[float | None] = None
    """The same, as views call it."""
    cache_stale: ClassVar[float | None] = None
    """Seconds after that for which it is still shown, while one request makes a new one; None: STALE_SECONDS."""
    cache_key_prefix: ClassVar[str] = ""
    """Goes into the key: change it to leave all former entries behind."""
    cache_tags: ClassVar[Sequence[str]] = ()
    """Tags of the entries, filled from the params: `["course:{course_id}"]`. See `invalidate_tag`."""
    invalidate_on: ClassVar[Sequence[Any]] = ()
    """Models, or their labels, whose changes drop entries; which ones, says `invalidated_by`."""

    cached_at: datetime | None = None
    """When the state that is shown was made; None after an event, and where it is not known."""
    cached_component: Any = None
    """For views: the component whose key is asked for."""

    get_cache_key = get_cache_key
    invalidate_cache: ClassVar[InvalidateCache] = InvalidateCache()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse what would have no effect."""
        super().__init_subclass__(**kwargs)
        if apps.apps_ready and not apps.is_installed("cf_cache"):
            raise ImproperlyConfigured(f"{cls.__name__} is to be cached: add 'cf_cache' to INSTALLED_APPS.")
        if cls.invalidate_on and not issubclass(cls, Component):
            raise ImproperlyConfigured(f"{cls.__name__}.invalidate_on: set it on the component that the view serves.")

    @classmethod
    def invalidated_by(cls, instance: Any) -> Invalidated:
        """Return what a changed row of `invalidate_on` makes wrong: `{"product_id": instance.pk}`, a tag, a list of
        such, or None for nothing. `{}` is all entries of the class."""
        return {}
