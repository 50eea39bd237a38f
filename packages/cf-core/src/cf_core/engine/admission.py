"""Who may: the permission classes of the component, of its event, and of the views that its token came through."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .calls import Policy, distinct
from .errors import AuthRequired, ComponentDefinitionError, Forbidden
from .extensions import APP_ATTRIBUTES, extensions
from .ports import Host, Steps, current_host

if TYPE_CHECKING:
    from .component import Component
    from .identity import Identity


def checks_of(component: Component, policy: Policy | None, event: str | None, host: Host) -> list[Any]:
    """Return instances of all permission classes that hold, each class once."""
    return [instance_of(permission) for permission in entries_of(component, policy, event, host)]


def entries_of(component: Component, policy: Policy | None, event: str | None, host: Host) -> list[Any]:
    """Return the permission classes that hold, as they are listed, each once.

    Those of the views, then the component's own or the default ones, then those of the event.
    """
    declared = component.permission_classes
    if declared is None:
        declared = host.default_permissions()
    elif not isinstance(declared, (list, tuple)):
        # A generator would be empty the second time that it is read.
        raise ComponentDefinitionError(
            f"{type(component).__name__}.permission_classes is {declared!r}, no list: write [IsStaff], with brackets."
        )
    found = list(declared)
    if policy is not None:
        found[:0] = policy.permission_classes
    if event is not None and extensions.event_policies and event[:1] != "_":
        for ask in extensions.event_policies:
            found.extend(ask(type(component), event))
    return distinct(found) if len(found) > 1 else found


def instance_of(permission: Any) -> Any:
    """Return the object that answers for an entry of `permission_classes`: a class, an instance, or a stand-in."""
    for adapt in extensions.permission_adapters:
        adapted = adapt(permission)
        if adapted is not None:
            return adapted
    return permission() if callable(permission) else permission


def admit(checks: list[Any], component: Component, host: Host, who: Identity) -> Steps:
    """Ask `has_permission` of each. Raises AuthRequired, Forbidden, and what a permission that raises means."""
    for check in checks:
        try:
            allowed = check.has_permission(component.request, component)
            if allowed is not True:
                allowed = yield allowed
        except Exception as error:
            _refuse_by(error, host)
            raise
        if allowed is not True and not decided(allowed, check):
            raise refusal(check, component, host, who)


def admit_object(checks: list[Any], component: Component, host: Host, who: Identity, obj: Any = None) -> Steps:
    """Ask `has_object_permission` of each that has it: about `obj`, else what the component is bound to, else itself.

    Raises as `admit` does.
    """
    if obj is None:
        obj = getattr(component, "instance", None)
    if obj is None:
        obj = component
    for check in checks:
        ask = getattr(check, "has_object_permission", None)
        try:
            allowed = ask is None or ask(component.request, component, obj)
            if allowed is not True:
                allowed = yield allowed
        except Exception as error:
            _refuse_by(error, host)
            raise
        if allowed is not True and not decided(allowed, check):
            raise refusal(check, component, host, who)


def admit_to_view(permission_classes: Sequence[Any], component: Component) -> Steps:
    """Ask `has_permission` on behalf of a view before it runs; `component` is its own, or stands in for one.

    Raises as `admit` does.
    """
    host = current_host()
    who = host.identify(component.request, component.params)
    component.params["user"] = who.user
    component.params.setdefault("user_id", who.pk)
    component._view_method = component.request.method
    yield from admit([instance_of(permission) for permission in permission_classes], component, host, who)


def decided(answer: Any, check: Any) -> bool:
    """Return a permission's answer as yes or no. Raises ComponentDefinitionError if it is still to be awaited.

    A coroutine is true, so that taking it for an answer would let everybody in.
    """
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()
        raise ComponentDefinitionError(
            f"{type(check).__name__} answered with {answer!r}, which nobody has awaited: write `return await ...`."
        )
    return bool(answer)


def refusal(check: Any, component: Component, host: Host, who: Identity) -> AuthRequired | Forbidden:
    """Return what a refused caller is told: to log in, or the permission class's own message."""
    why = f"{type(check).__name__} refused {type(component).__name__}"
    if not who.is_authenticated:
        return AuthRequired(why, login_url=host.login_url())
    message = getattr(check, "message", None)
    return Forbidden(why, message=str(message) if message else None, code=getattr(check, "code", None))


def _refuse_by(error: Exception, host: Host) -> None:
    """Raise the refusal that an exception of a permission class amounts to, if it is one."""
    known = host.classify(error)
    if known is None or known.status >= 500:
        return
    known.is_notice = True
    if known is not error:
        raise known from error


def check_apps(component: Component) -> None:
    """Refuse a component that asks for what no installed app does. Raises ComponentDefinitionError."""
    for name in component._app_attributes:
        if name not in extensions.served_attributes:
            app = APP_ATTRIBUTES[name]
            raise ComponentDefinitionError(
                f"{type(component).__name__}.{name} needs {app!r} in INSTALLED_APPS; without it nothing would keep it."
            )
