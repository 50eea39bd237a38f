"""The points where the other apps join the lifecycle; each registers itself in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .calls import Call
    from .component import Component

APP_ATTRIBUTES = MappingProxyType(
    {
        "rate_limit": "cf_permissions",
        "rate_limits": "cf_permissions",
        "throttle_rate": "cf_permissions",
        "event_permissions": "cf_permissions",
        "cache_ttl": "cf_cache",
        "cache_key_prefix": "cf_cache",
        "ws_groups": "cf_realtime",
    }
)
"""Class attributes that promise what only another app can keep: {attribute: app}. Without the app the component
refuses to run."""

PROMISES = "_cf_promises"
"""A handler may carry a tuple of names of APP_ATTRIBUTES under this attribute: its class then counts as having them."""

Guard = Callable[["Component", "Call"], Any]
"""Called before an event is handled, after permissions and request id; may return an awaitable; raises to refuse.
The framework's own events, whose names begin with `_`, do not pass it."""

EventPolicy = Callable[[type["Component"], str], Sequence[Any]]
"""Called for every event of a client; returns the permission classes that this event demands besides the others."""

PermissionAdapter = Callable[[Any], Any]
"""Given an entry of `permission_classes`, returns a permission instance that stands for it, or None if it is not its
business."""

Loader = Callable[["Component", "Call"], Any]
"""Called instead of mount; True when it filled the state itself. It may return an awaitable of that, or be a generator
of steps (`ports.Steps`), which may wait and may run mount itself."""

ClassHook = Callable[[type["Component"]], object]
"""Given each subclass of Component once it is made; see `classhooks`."""

TagArgument = Callable[["Component", Any], None]
"""Takes the value of one reserved argument of `{% live_component %}`."""


@dataclass(frozen=True, slots=True)
class Span:
    """One stage of a call that ended."""

    stage: str
    """`mount`, `hydrate`, `event` or `render`."""
    component: Component
    event: str | None
    seconds: float
    queries: int
    error: BaseException | None = None


class Observer(Protocol):
    """Hears of every stage: before it begins and after it ended, well or not."""

    def began(self, stage: str, component: Component, event: str | None) -> None:
        """Called before the stage."""

    def ended(self, span: Span) -> None:
        """Called after the stage."""


@dataclass(slots=True)
class Extensions:
    """What the installed apps have registered."""

    guards: list[Guard] = field(default_factory=list)
    render_guards: list[Guard] = field(default_factory=list)
    """Called before a component is shown without an event of the client's: a first render, one that was lazy, one
    that is asked for again. After permissions; they raise to refuse."""
    event_policies: list[EventPolicy] = field(default_factory=list)
    permission_adapters: list[PermissionAdapter] = field(default_factory=list)
    loaders: list[Loader] = field(default_factory=list)
    class_hooks: list[ClassHook] = field(default_factory=list)
    observers: list[Observer] = field(default_factory=list)
    tag_arguments: dict[str, TagArgument] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    """Static paths of the scripts that `{% component_scripts %}` prints after its own."""
    live_script: str | None = None
    """Static path of the script that opens the page's socket; None without an app that has one."""
    served_attributes: set[str] = field(default_factory=set)
    """Those of APP_ATTRIBUTES whose app is installed; the app adds its own."""


extensions = Extensions()
