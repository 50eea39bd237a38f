"""How often events may come: what components and views declare, counted by one guard for every transport.

All limits that hold for an event are counted together: those of its component, of the event itself, and of the views
that its token came through. Docs: docs/reference/rate-limits.md.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.views import View

from cf_core.engine.calls import Call
from cf_core.engine.component import Component
from cf_core.engine.errors import ComponentDefinitionError
from cf_core.engine.extensions import Guard, extensions
from cf_core.policies import under_policy
from cf_core.views import ComponentView

from .addresses import client_address
from .errors import RateLimitExceeded
from .limits import Bucket, check
from .rates import RateError, parse_rates

__all__ = ["RateLimitMixin", "rate_limit_component"]

DECORATED = "_cf_rate_limit"
"""A view function that `rate_limit_component` made has its rate under this attribute."""


class RateLimitMixin:
    """Limits the events of a view's components, or of a component class, to `throttle_rate`.

    `class CartView(RateLimitMixin, ComponentView)`: on a view, name it before the view's class. On any other page view
    it holds for the components that the template places.
    """

    throttle_rate: str | None = None
    """Such as `"30/minute"`, or `"3/second, 60/minute"`."""
    rate_limit_mounts: bool = False
    """Whether renders without an event count too, such as mounts."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a view whose own class would be asked first, so that the limit would not hold."""
        super().__init_subclass__(**kwargs)
        order: list[type] = list(cls.__mro__)
        if any(view in order and order.index(view) < order.index(RateLimitMixin) for view in (ComponentView, View)):
            raise ImproperlyConfigured(f"{cls.__qualname__}: name RateLimitMixin before the view's class.")

    def get_throttle_key(self, request: Any, **kwargs: Any) -> str:
        """Return who is counted: by default the user, for visitors the client's address.

        `kwargs` are the component's params, on a view too: by default they come from the URL when it is mounted, and
        then from its token, whatever URL an event is sent to.
        """
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            return f"u:{user.pk}"
        return f"ip:{client_address(request)}"

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., Any]:
        """Return the view function. A ComponentView asks for `policy_guards` itself."""
        inherited: Any = super()
        if issubclass(cls, ComponentView):
            view: Callable[..., Any] = inherited.as_view(**initkwargs)
            return view
        name = initkwargs.pop("policy_name", getattr(cls, "policy_name", None))
        limit = cls._limit(initkwargs)
        # PermissionMixin registers what the class demands besides under the name itself.
        return under_policy(inherited.as_view(**initkwargs), guards=[limit], name=name and f"{name}-limit")

    @classmethod
    def policy_guards(cls, initkwargs: Mapping[str, Any]) -> tuple[Guard, ...]:
        """Return the view's limit: it travels with the tokens of the view."""
        inherited: Any = super()
        return (*inherited.policy_guards(initkwargs), cls._limit(initkwargs))

    @classmethod
    def _limit(cls, initkwargs: Mapping[str, Any]) -> ViewLimit:
        rate = initkwargs.get("throttle_rate", cls.throttle_rate)
        if rate is None:
            raise ImproperlyConfigured(
                f"{cls.__qualname__}: RateLimitMixin needs a throttle_rate, such as '30/minute'."
            )
        mounts = initkwargs.get("rate_limit_mounts", cls.rate_limit_mounts)

        def ask(component: Component, call: Call) -> Any:
            view: Any = cls(**initkwargs)
            kwargs = _params(component)
            view.setup(component.request, **kwargs)
            return view.get_throttle_key(component.request, **kwargs)

        is_default = cls.get_throttle_key is RateLimitMixin.get_throttle_key
        given = [f"{name}={initkwargs[name]}" for name in ("throttle_rate", "rate_limit_mounts") if name in initkwargs]
        return ViewLimit(rate, _path(cls), mounts, _who if is_default else ask, " ".join(given))


def rate_limit_component(rate: str, *, mounts: bool = False, policy_name: str | None = None) -> Callable[..., Any]:
    """Return a decorator that limits the events of every component that the view serves or places, each by itself.

    For function views and for what `as_view()` returns, sync or async. `mounts` counts first renders too;
    `policy_name` is the view's name in tokens, should it be renamed. Raises RateError.
    """
    parse_rates(rate)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        if isinstance(view, type):
            raise TypeError(
                f"rate_limit_component decorates a view function, not the class {view.__qualname__}: "
                "set rate_limit on a component, use RateLimitMixin on a view, or decorate its as_view()."
            )
        limit = ViewLimit(rate, _path(getattr(view, "view_class", view)), mounts, _who, f"{rate} {mounts}")
        decorated = under_policy(view, guards=[limit], name=policy_name)
        setattr(decorated, DECORATED, rate)
        return decorated

    return decorate


@dataclass(frozen=True, slots=True)
class ViewLimit:
    """A view's limit in its policy. It is data: `count_event` reads it with the other limits of the call."""

    rate: str
    view: str
    """Where the view is defined, a part of the counters' names."""
    mounts: bool
    ask: Callable[[Component, Call], Any]
    """Returns who is counted."""
    policy_key: str
    """What tells two limits of one view apart, and so a part of the view's name in tokens. What the class itself says
    is none: another rate in the next release leaves open pages as they are."""

    def __call__(self, component: Component, call: Call) -> None:
        """Raise ComponentDefinitionError where nobody would count; else everything is counted already."""
        if count_event not in extensions.guards:
            raise ComponentDefinitionError(
                f"The rate limit of {self.view} needs 'cf_permissions' in INSTALLED_APPS; without it nothing counts."
            )


def count_event(component: Component, call: Call) -> None:
    """Count an event against all its limits. Raises RateLimitExceeded or Unavailable."""
    _count(component, [*_event_buckets(component, call), *_buckets(component, call, is_mount=False)])


def count_render(component: Component, call: Call) -> None:
    """Count a render without an event, for limits that want mounts counted. Raises as `count_event` does."""
    _count(component, _buckets(component, call, is_mount=True))


def declared_rates(cls: type) -> dict[str, object]:
    """Return the limits of all events of a component class: {attribute: its text}."""
    found = {name: getattr(cls, name, None) for name in ("rate_limit", "throttle_rate")}
    return {name: text for name, text in found.items() if text is not None}


def declared_event_rates(cls: type) -> Mapping[str, object]:
    """Return the limits of single events; of two for one event the nearest class's holds.

    Raises RateError if a class has no mapping.
    """
    found: dict[str, object] = {}
    if not hasattr(cls, "rate_limits"):
        return found
    for owner in reversed(cls.__mro__):
        declared = vars(owner).get("rate_limits")
        if declared is None:
            continue
        if not isinstance(declared, Mapping):
            raise RateError(f"expected a mapping such as {{'submit': '3/hour'}}, got {type(declared).__name__}.")
        found.update(declared)
    return found


def _count(component: Component, buckets: list[Bucket]) -> None:
    if not buckets:
        return
    # The same limit may be named twice, by a view and a decorator around it.
    verdict = check(dict.fromkeys(buckets))
    if not verdict.is_allowed:
        raise RateLimitExceeded(
            f"{type(component).__name__}: {verdict.rate} is used up", rate=verdict.rate, retry_after=verdict.retry_after
        )


def _event_buckets(component: Component, call: Call) -> list[Bucket]:
    """Return those of the event itself: nothing else is counted there, so they come before all others."""
    cls = type(component)
    declared = declared_event_rates(cls)
    if not declared:
        return []
    unknown = sorted(name for name in declared if name not in cls._events)
    if unknown:
        raise ComponentDefinitionError(
            f"{cls.__qualname__}.rate_limits names no event: {', '.join(unknown)}. "
            f"Its events: {', '.join(sorted(cls._events)) or 'none'}."
        )
    if call.event is None or call.event not in declared:
        return []
    who = _who_of(component, call)
    return [Bucket(f"component:{_name(cls)}:{call.event}", who, rate) for rate in parse_rates(declared[call.event])]


def _buckets(component: Component, call: Call, *, is_mount: bool) -> list[Bucket]:
    """Return those of the views, then those of the component, which it has wherever it is used."""
    cls, found = type(component), []
    for limit in call.policy.guards if call.policy is not None else ():
        if isinstance(limit, ViewLimit) and (limit.mounts or not is_mount):
            who = _checked(limit.ask(component, call), limit.view)
            scope = f"view:{limit.view}:{_name(cls)}"
            found += [Bucket(scope, who, rate) for rate in parse_rates(limit.rate)]
    if is_mount and not getattr(cls, "rate_limit_mounts", False):
        return found
    declared = declared_rates(cls)
    if declared:
        who = _who_of(component, call)
        for text in declared.values():
            found += [Bucket(f"component:{_name(cls)}", who, rate) for rate in parse_rates(text)]
    elif isinstance(component, RateLimitMixin) and not declared_event_rates(cls):
        raise ComponentDefinitionError(f"{cls.__qualname__} has RateLimitMixin, but no throttle_rate.")
    return found


def _who_of(component: Component, call: Call) -> str:
    """Return who is counted for the component's own limits."""
    if not isinstance(component, RateLimitMixin):
        return _who(component, call)
    if type(component).get_throttle_key is RateLimitMixin.get_throttle_key:
        return _who(component, call)
    key = component.get_throttle_key(component.request, **_params(component))
    return _checked(key, type(component).__qualname__)


def _who(component: Component, call: Call) -> str:
    user_id = call.who.user_id
    return f"u:{user_id}" if user_id is not None else f"ip:{client_address(component.request)}"


def _checked(key: object, where: str) -> str:
    """Return the key. Raises ComponentDefinitionError for what is no text: None would count everybody as one."""
    if not isinstance(key, str) or not key:
        raise ComponentDefinitionError(f"{where}.get_throttle_key() returned {key!r}: expected a text.")
    return key


def _params(component: Component) -> dict[str, Any]:
    """Return the component's params without the user that the lifecycle filled in."""
    return {name: value for name, value in component.params.items() if name not in component._injected}


def _name(cls: type[Component]) -> str:
    """Return what a class's counters are named by, the same in every process."""
    return cls.component_name or _path(cls)


def _path(thing: Any) -> str:
    while isinstance(thing, functools.partial):
        thing = thing.func
    named = thing if hasattr(thing, "__qualname__") else type(thing)
    return f"{named.__module__}.{named.__qualname__}"
