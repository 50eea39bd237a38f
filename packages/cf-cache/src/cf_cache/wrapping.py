"""What is done to component classes: a mount that is cached wherever it is called, and models to listen to."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import Any

from cf_core.engine.calls import LAZY
from cf_core.engine.component import Component
from cf_core.engine.drivers import run_async, run_sync

from .changes import listen
from .keys import bound_arguments
from .loading import MOUNTING, fill
from .mixins import CacheMixin
from .rules import CacheRule, rule_of

_WRAPPED = "_cf_cache_wrapped"


def prepare_class(cls: type[Component]) -> None:
    """Wrap the mount of a class with a cache, and listen to the models that it names; given to `hook_classes`."""
    if getattr(cls, "invalidate_on", ()):
        listen(cls)
    is_cached = issubclass(cls, CacheMixin) or getattr(cls, "cache_ttl", None)
    if is_cached and not hasattr(cls.mount, _WRAPPED):
        cls.mount = _cached(cls)


def _cached(cls: type[Component]) -> Any:
    """Return a mount that asks the cache first, so that a bare `component.mount()` does what the lifecycle does."""
    written: Any = cls.mount
    is_own = "mount" in vars(cls)

    def original(self: Component) -> Any:
        parent: Any = super(cls, self)
        return written.__get__(self) if is_own else parent.mount

    if inspect.iscoroutinefunction(written):

        @wraps(written)
        async def mount(self: Component, *args: Any, **kwargs: Any) -> None:
            rule = _rule(self)
            if rule is None:
                await original(self)(*args, **kwargs)
            else:
                arguments = bound_arguments(self, args, kwargs)
                await run_async(fill(self, rule, arguments, lambda: original(self)(**arguments)))
    else:

        @wraps(written)
        def mount(self: Component, *args: Any, **kwargs: Any) -> Any:
            rule = _rule(self)
            if rule is None:
                return original(self)(*args, **kwargs)
            arguments = bound_arguments(self, args, kwargs)
            return run_sync(fill(self, rule, arguments, lambda: original(self)(**arguments)))

    vars(mount)[_WRAPPED] = True
    return mount


def _rule(component: Component) -> CacheRule | None:
    """Return how this call of mount is cached: not at all by a handler, nor where the cache itself makes it."""
    if MOUNTING in vars(component) or component.event not in (None, LAZY):
        return None
    return rule_of(component)
