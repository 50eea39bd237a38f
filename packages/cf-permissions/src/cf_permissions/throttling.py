"""How often events may come: what components and views declare, counted by one guard for every transport.

All limits that hold for an event are counted together: those of its component, of the event itself, and of the views
that its token came through. Docs: docs/reference/rate-limits.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.views import View

from cf_core.engine.calls import LAZY, Call
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
    """Whether mounts count too, not only events."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a view whose own class would be asked first, so that the limit would not hold."""
        super().__init_subclass__(**kwargs)
        order: list[type] = list(cls.__mro__)
        if any(view in order and order.index(view) < order.index(RateLimitMixin) for view in (ComponentView, View)):
            raise ImproperlyConfigured(f"{cls.__qualname__}: name RateLimitMixin before the view's class.")

    def get_throttle_key(self, request: Any, **kwargs: Any) -> str:
        """Return who is counted: by default the user, for visitors the client's address.

        `kwargs` are the URL's; where the event came another way than through the view's own URL, and on a component,
        they are the component's params.
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
            kwargs = _url_kwargs(component, cls)
            if kwargs is None:
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


def count_mount(component: Component, call: Call) -> bool:
    """Count a mount that a limit wants counted, and leave mounting to others: a loader that fills nothing.

    A mount that an event brings with it costs no more than the event.
    """
    if call.event is None or call.event == LAZY:
        _count(component, _buckets(component, call, is_mount=True))
    return False


def declared_rates(cls: type) -> dict[str, object]:
    """Return the limits of all events of a component class: {attribute: its text}."""
    found = {name: getattr(cls, name, None) for name in ("rate_limit", "throttle_rate")}
    return {name: text for name, text in found.items() if text is not None}


def declared_event_rates(cls: type) -> Mapping[str, object]:
    """Return the limits of single events. Raises RateError if they are no mapping."""
    declared: Any = getattr(cls, "rate_limits", None)
    if declared is None:
        return {}
    if not isinstance(declared, Mapping):
        raise RateError(f"expected a mapping such as {{'submit': '3/hour'}}, got {type(declared).__name__}.")
    return declared


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
    text = declared.get(call.event or "")
    if text is None:
        return []
    who = _who_of(component, call)
    return [Bucket(f"component:{_name(cls)}:{call.event}", who, rate) for rate in parse_rates(text)]


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


def _url_kwargs(component: Component, view: type) -> dict[str, Any] | None:
    """Return the URL's kwargs, if this request came through a URL of the view."""
    match = getattr(component.request, "resolver_match", None)
    if match is None or getattr(match.func, "view_class", None) is not view:
        return None
    kwargs: dict[str, Any] = match.kwargs
    return kwargs


def _params(component: Component) -> dict[str, Any]:
    """Return the component's params without the user that the lifecycle filled in."""
    return {name: value for name, value in component.params.items() if name not in component._injected}


def _name(cls: type[Component]) -> str:
    """Return what a class's counters are named by, the same in every process."""
    return cls.component_name or _path(cls)


def _path(thing: Any) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"
