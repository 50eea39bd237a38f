"""Permission classes: who may use a component. Plain Python, no Django."""

from __future__ import annotations

from typing import Any

from .composition import Operators, PermissionType, asks_nothing


class BasePermission(Operators, metaclass=PermissionType):
    """A rule about who may. Subclasses override one or both questions; each may be a plain or an async method.

    Classes and instances combine with `&`, `|` and `~`.
    """

    message: Any = ""
    """What a refused user is told, a text or a lazy translation; empty for the general text."""
    code: str = "forbidden"
    """The refusal's stable word."""
    varies_by_user: bool = True
    """Whether it may look at who asks. cf-cache then keeps a state for each user; False: one for all."""

    def has_permission(self, request: Any, component: Any) -> Any:
        """Return whether the request may use the component, which has params and event but no state yet."""
        return True

    @asks_nothing
    def has_object_permission(self, request: Any, component: Any, obj: Any) -> Any:
        """Return whether the request may use the object that the component is bound to, else the component itself."""
        return True


class AllowAny(BasePermission):
    """Everybody may, logged in or not."""

    varies_by_user = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Take a subclass for one that asks, unless it says otherwise."""
        super().__init_subclass__(**kwargs)
        cls.varies_by_user = cls.__dict__.get("varies_by_user", True)


class IsAuthenticated(BasePermission):
    """Whoever is logged in may: by the request, outside one by `params["user"]`."""

    def has_permission(self, request: Any, component: Any) -> bool:
        """Return whether somebody is logged in."""
        user = component.user
        return bool(user is not None and user.is_authenticated)


class IsStaff(BasePermission):
    """Active members of staff may."""

    message = "Staff access required"

    def has_permission(self, request: Any, component: Any) -> bool:
        """Return whether the user is active and staff, which is what Django's admin asks."""
        return _is_active_and(component.user, "is_staff")


class IsSuperuser(BasePermission):
    """Active superusers may."""

    message = "Superuser access required"

    def has_permission(self, request: Any, component: Any) -> bool:
        """Return whether the user is active and a superuser."""
        return _is_active_and(component.user, "is_superuser")


def _is_active_and(user: Any, flag: str) -> bool:
    """Whether the user is somebody, active and has the flag; user models need not have either."""
    if user is None or not user.is_authenticated:
        return False
    return bool(getattr(user, "is_active", True) and getattr(user, flag, False))
