"""Permission classes as a project writes them."""

from __future__ import annotations

from typing import Any


class Anyone:
    """Lets everybody in, and looks at nobody."""

    varies_by_user = False

    def has_permission(self, request: Any, component: Any) -> bool:
        return True


class LoggedIn:
    def has_permission(self, request: Any, component: Any) -> bool:
        user = component.user
        return user is not None and user.is_authenticated


class Staff(LoggedIn):
    message = "Staff access required"

    def has_permission(self, request: Any, component: Any) -> bool:
        return super().has_permission(request, component) and component.user.is_staff
