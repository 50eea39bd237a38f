"""Permission classes as a project writes them: plain and async, with and without a message of their own."""

from __future__ import annotations

from typing import Any


class Anyone:
    """Lets everybody in; says so, which is what opens the generic endpoint."""

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


class StaffAsync:
    message = "Staff access required"

    async def has_permission(self, request: Any, component: Any) -> bool:
        user = component.user
        return user is not None and user.is_authenticated and user.is_staff


class Mine(LoggedIn):
    """The state's `owner` is whoever asks."""

    message = "This belongs to somebody else"

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        return component.state.get("owner") == component.user.pk


class MineAsync(LoggedIn):
    message = "This belongs to somebody else"

    async def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        return component.state.get("owner") == component.user.pk
