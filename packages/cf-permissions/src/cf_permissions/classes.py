"""Permission classes: who may use a component. Plain Python, no Django."""

from __future__ import annotations

from typing import Any


class BasePermission:
    """A rule about who may. Subclasses override one or both questions; each may be a plain or an async method."""

    message: str = ""
    """What a refused user is told; empty for the general text."""
    code: str = "forbidden"
    """The refusal's stable word."""

    def has_permission(self, request: Any, component: Any) -> Any:
        """Return whether the request may use the component, which has params and event but no state yet."""
        return True

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> Any:
        """Return whether the request may use the object that the component is bound to, else the component itself."""
        return True


class AllowAny(BasePermission):
    """Everybody may, logged in or not."""


class IsAuthenticated(BasePermission):
    """Whoever is logged in may."""

    def has_permission(self, request: Any, component: Any) -> bool:
        """Return whether somebody is logged in: by the request, outside one by `params["user"]`."""
        user = component.user
        return bool(user is not None and user.is_authenticated)
