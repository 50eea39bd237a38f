"""Call a handler directly, without permissions, transaction and render around it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from cf_core.engine.component import Component
from cf_core.engine.drivers import run_sync

_OF_THE_LIFECYCLE = frozenset({"mount", "hydrate", "before_render"})


def call_handler(component: Component, event: str, /, *args: Any, **kwargs: Any) -> Any:
    """Run `on_<event>` with these arguments, as they are, and return what it returns.

    An `async def` handler is run to its end, with the ORM at hand as in a real event. `mount`, `hydrate` and
    `before_render` can be named too. For the whole pipeline there is `dispatch_event`.
    Raises LookupError for an unknown event.
    """
    return run_sync(_steps(_method(component, event), args, kwargs))


def _method(component: Component, event: str) -> Callable[..., Any]:
    events = type(component).events()
    if event in events:
        found: Callable[..., Any] = getattr(component, f"on_{event}")
        return found
    if event in _OF_THE_LIFECYCLE:
        of_the_lifecycle: Callable[..., Any] = getattr(component, event)
        return of_the_lifecycle
    known = ", ".join(sorted(events)) or "none"
    raise LookupError(f"{type(component).__name__} has no event {event!r}. Its events: {known}.")


def _steps(method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Generator[Any, Any, Any]:
    return (yield method(*args, **kwargs))
