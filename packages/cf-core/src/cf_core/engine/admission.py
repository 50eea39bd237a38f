"""Who may: the permission classes of the component and of the views that its token came through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .calls import Policy
from .errors import AuthRequired, ComponentDefinitionError, Forbidden
from .extensions import APP_ATTRIBUTES, extensions
from .ports import Host

if TYPE_CHECKING:
    from .calls import Call
    from .component import Component
    from .identity import Identity
    from .state import StateToken


def policies(call: Call, component: Component, token: StateToken | None, host: Host) -> list[Any]:
    """Return instances of all permission classes that hold for this call, each class once.

    The view that takes the call, the view that issued the token, then the component's own or the default ones.
    """
    declared = component.permission_classes
    found = list(host.default_permissions() if declared is None else declared)
    if call.policy is not None:
        found[:0] = call.policy.permission_classes
    if token is not None and token.view is not None and (call.policy is None or call.policy.view != token.view):
        found[:0] = host.view_permissions(token.view)
    if len(found) > 1:
        found = list(dict.fromkeys(found))
    return [_instance(policy) for policy in found]


def policy_inside(parent: Component, host: Host) -> Policy | None:
    """Return the policy that holds for what `parent` shows inside: that of the view which issued its token."""
    token = parent._token
    if token is not None and token.view is not None:
        return Policy(token.view, host.view_permissions(token.view))
    return parent._policy


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


def _instance(policy: Any) -> Any:
    return policy() if callable(policy) else policy
