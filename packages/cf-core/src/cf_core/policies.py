"""What views demand: of those who come through them, and of whoever uses the components that they have shown.

`ComponentView` registers what its class says; `under_policy` does the same for any view function.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.module_loading import import_string
from django.views import View

from .conf import conf
from .engine.admission import admit_to_view
from .engine.calls import Policy
from .engine.component import Component
from .engine.drivers import run_async, run_sync
from .engine.errors import ComponentError, Unavailable
from .engine.extensions import Guard
from .policy_names import listed, register_policy, view_policy
from .pushed_policies import Pushed, drop_pushed, keep_pushed, push_policy, request_policy
from .wire import refuse

__all__ = [
    "default_permissions",
    "governed",
    "listed",
    "policies_of",
    "push_policy",
    "register_policy",
    "request_policy",
    "stand_in_for",
    "under_policy",
    "view_policy",
]

logger = logging.getLogger("cf_core.policies")

StandIn = Callable[[Any, dict[str, Any]], Component]
"""Returns the component that permission classes are asked about before a view runs, of a request and its kwargs."""


class Page(Component, exposes_events=False):
    """Stands for a view that is no component: its params are the URL's, and it has the view's model or queryset."""

    permission_classes = ()


def under_policy(
    view: Callable[..., Any],
    *,
    permission_classes: Sequence[Any] = (),
    guards: Sequence[Guard] = (),
    name: str | None = None,
) -> Callable[..., Any]:
    """Return the view with a policy around it: it holds for the view, and for every component that it serves or places.

    Whom the permission classes refuse is answered as JSON before the view runs, and so is what a component refuses
    with and the view does not catch. Guards are about the events of components.
    """
    _refuse_methods(view)
    cls = getattr(view, "view_class", None)
    policy = register_policy(cls or view, permission_classes, name, guards)
    stand_in = stand_in_for(cls) if permission_classes and not getattr(cls, "asks_permissions", False) else None
    run: Any = functools.wraps(view)(governed(view, policy, stand_in, is_async=iscoroutinefunction(view)))
    run.policy = policy
    return run  # type: ignore[no-any-return]


def policies_of(view: Callable[..., Any]) -> list[Policy]:
    """Return the policies that a view function stands under: those of the decorators around it, then its class's."""
    found: list[Policy] = []
    layer: Any = view
    while layer is not None:
        for policy in (getattr(layer, "policy", None), getattr(layer, "view_initkwargs", {}).get("_policy")):
            if isinstance(policy, Policy) and policy not in found:
                found.append(policy)
        layer = getattr(layer, "__wrapped__", None)
    return found


def governed(
    view: Callable[..., Any], policy: Policy | None, stand_in: StandIn | None, *, is_async: bool
) -> Callable[..., Any]:
    """Return a function that runs the view under a policy, once the permission classes have let the request in.

    Without a stand-in they are left to the view, which asks them of its component.
    """
    if is_async:

        async def asynchronous(request: Any, *args: Any, **kwargs: Any) -> Any:
            with push_policy(request, policy) as pushed:
                try:
                    if stand_in is not None:
                        await run_async(admit_to_view(pushed.ask(), stand_in(request, kwargs)))
                    response = await view(request, *args, **kwargs)
                except ComponentError as error:
                    response = _refused(request, error)
            return _answered(request, pushed, response)

        return asynchronous

    def synchronous(request: Any, *args: Any, **kwargs: Any) -> Any:
        with push_policy(request, policy) as pushed:
            try:
                if stand_in is not None:
                    run_sync(admit_to_view(pushed.ask(), stand_in(request, kwargs)))
                response = view(request, *args, **kwargs)
            except ComponentError as error:
                response = _refused(request, error)
        return _answered(request, pushed, response)

    return synchronous


def stand_in_for(view_class: type | None) -> StandIn:
    """Return what makes the stand-in of a view without a component."""

    def make(request: Any, kwargs: dict[str, Any]) -> Component:
        page: Any = Page()
        page.request = request
        page.params.update(kwargs)
        for name in ("model", "queryset"):
            setattr(page, name, getattr(view_class, name, None))
        return page  # type: ignore[no-any-return]

    return make


def default_permissions() -> tuple[Any, ...]:
    """Return the classes that DEFAULT_PERMISSION_CLASSES names."""
    return tuple(import_string(path) for path in conf().DEFAULT_PERMISSION_CLASSES)


def _refuse_methods(view: Callable[..., Any]) -> None:
    """Raise ImproperlyConfigured for what `method_decorator` gives: a method of one request's view."""
    function: Any = view
    while isinstance(function, functools.partial):
        function = function.func
    owner = getattr(function, "__self__", None)
    if isinstance(owner, View) or view.__module__ == "django.utils.decorators":
        raise ImproperlyConfigured(
            "A method of a view class cannot be put under permissions or limits: its policy would be made at every "
            "request, and no other process would know it. Instead of method_decorator use PermissionMixin or "
            "RateLimitMixin, or decorate what as_view() returns."
        )


def _refused(request: Any, error: ComponentError) -> HttpResponseBase:
    """Return the answer to a refusal that the view let through; a bug goes on to Django."""
    if error.status >= 500 and not isinstance(error, Unavailable):
        raise error
    return refuse(request, error)


def _answered(request: Any, pushed: Pushed, response: Any) -> Any:
    """Return a view's response; what is rendered later stays under the policy."""
    is_template = isinstance(response, SimpleTemplateResponse) and not response.is_rendered
    is_streaming = getattr(response, "streaming", False)
    if is_template or is_streaming:
        keep_pushed(request, response, pushed)
    if is_template:

        def end(rendered: Any) -> None:
            drop_pushed(request, pushed)
            _check_use(request, pushed, response)

        response.add_post_render_callback(end)
    elif not is_streaming:
        _check_use(request, pushed, response)
    return response


def _check_use(request: Any, pushed: Pushed, response: Any) -> None:
    """Look whether a policy that nobody was asked by would have had anything to protect."""
    policy = pushed.own
    if policy is None or pushed.is_used or request.method == "OPTIONS" or not 200 <= response.status_code < 300:
        return
    if policy.permission_classes and not pushed.is_asked:
        raise ImproperlyConfigured(
            f"{policy.view} answered without asking its permission classes: what stands between it and the view class, "
            "a cache perhaps, must stand around it instead."
        )
    if policy.guards:
        _tell_of_nothing_to_guard(policy.view)


@functools.cache
def _tell_of_nothing_to_guard(view: str) -> None:
    """Say it once for each view: a page may well be without components now and then."""
    logger.warning(
        "%s has limits, but it answered without calling or placing a component: limits count events of components, "
        "and nothing that the view does itself.",
        view,
    )
