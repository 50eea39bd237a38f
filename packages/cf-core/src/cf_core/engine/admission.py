"""Who may: the permission classes of the component, of its event, and of the views that its token came through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .calls import Policy, distinct
from .errors import AuthRequired, ComponentDefinitionError, ComponentError, Forbidden
from .extensions import APP_ATTRIBUTES, extensions
from .ports import Host, Steps, current_host

if TYPE_CHECKING:
    from .component import Component
    from .identity import Identity


def checks_of(component: Component, policy: Policy | None, event: str | None, host: Host) -> list[Any]:
    """Return instances of all permission classes that hold, each class once.

    Those of the views, then the component's own or the default ones, then those of the event.
    """
    declared = component.permission_classes
    found = list(host.default_permissions() if declared is None else declared)
    if policy is not None:
        found[:0] = policy.permission_classes
    if event is not None and extensions.event_policies and event[:1] != "_":
        for ask in extensions.event_policies:
            found.extend(ask(type(component), event))
    if len(found) > 1:
        found = distinct(found)
    return [instance_of(permission) for permission in found]


def instance_of(permission: Any) -> Any:
    """Return the object that answers for an entry of `permission_classes`: a class, an instance, or a stand-in."""
    for adapt in extensions.permission_adapters:
        adapted = adapt(permission)
        if adapted is not None:
            return adapted
    return permission() if callable(permission) else permission


def admit(checks: list[Any], component: Component, host: Host, who: Identity) -> Steps:
    """Ask `has_permission` of each. Raises AuthRequired or Forbidden."""
    for check in checks:
        allowed = check.has_permission(component.request, component)
        if allowed is not True and not (yield allowed):
            raise refusal(check, component, host, who)


def admit_object(checks: list[Any], component: Component, host: Host, who: Identity) -> Steps:
    """Ask `has_object_permission` of each that has it. Raises AuthRequired or Forbidden."""
    obj = getattr(component, "instance", None) or component
    for check in checks:
        ask = getattr(check, "has_object_permission", None)
        allowed = ask is None or ask(component.request, component, obj)
        if allowed is not True and not (yield allowed):
            raise refusal(check, component, host, who)


def would_refuse(component: Component, event: str) -> Steps:
    """Return the error that an event would meet now if the user sent it, or None.

    The object is asked about once there is one, that is: once the component is mounted.
    """
    cls, host = type(component), current_host()
    if event not in cls._events:
        known = ", ".join(sorted(cls._events)) or "none"
        raise ComponentDefinitionError(f"{cls.__name__} has no event {event!r} to ask about. Its events: {known}.")
    before, component.event = component.event, event
    try:
        who = host.identify(component.request, component.params)
        checks = checks_of(component, component._policy, event, host)
        yield from admit(checks, component, host, who)
        if component.is_mounted:
            yield from admit_object(checks, component, host, who)
    except Exception as error:
        known_error: ComponentError | None = host.classify(error)
        if known_error is None or known_error.status >= 500:
            raise
        return known_error
    finally:
        component.event = before
    return None


def refusal(check: Any, component: Component, host: Host, who: Identity) -> AuthRequired | Forbidden:
    """Return what a refused caller is told: to log in, or the permission class's own message."""
    why = f"{type(check).__name__} refused {type(component).__name__}"
    if not who.is_authenticated:
        return AuthRequired(why, login_url=host.login_url())
    message = getattr(check, "message", None)
    return Forbidden(why, message=str(message) if message else None, code=getattr(check, "code", None))


def check_apps(component: Component) -> None:
    """Refuse a component that asks for what no installed app does. Raises ComponentDefinitionError."""
    for name in component._app_attributes:
        if name not in extensions.served_attributes:
            app = APP_ATTRIBUTES[name]
            raise ComponentDefinitionError(
                f"{type(component).__name__}.{name} needs {app!r} in INSTALLED_APPS; without it nothing would keep it."
            )
