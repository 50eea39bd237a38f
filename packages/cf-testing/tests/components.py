"""Components of the tests' own app."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404

from cf_core import Component, registry


class LoggedIn:
    """Whoever is logged in may. The suite's own class is in cf_permissions, which is no dependency here."""

    def has_permission(self, request: Any, component: Any) -> bool:
        return bool(request.user.is_authenticated)


class StaffOnly:
    message = "Staff access required"

    async def has_permission(self, request: Any, component: Any) -> bool:
        return bool(request.user.is_staff)


class Anybody:
    def has_permission(self, request: Any, component: Any) -> bool:
        return True


@registry.register("counter")
class Counter(Component):
    template_name = "tests/counter.html"
    permission_classes = [Anybody]
    public_params = ["initial"]

    def mount(self, initial: int = 0) -> None:
        self.state["count"] = initial

    def on_increment(self, amount: int = 1) -> None:
        self.state["count"] += amount
        self.announce(f"Count is {self.state['count']}")
        self.emit("counted", count=self.state["count"])

    def on_fail(self) -> None:
        raise ZeroDivisionError("by intent")

    def on_missing(self) -> None:
        raise Http404

    def on_leave(self) -> None:
        self.redirect("/plain/")

    def on_tell(self) -> None:
        messages.success(self.request, "Well done")


@registry.register("tally")
class Tally(Component):
    """Listens to the counter."""

    template_name = "tests/tally.html"
    permission_classes = [Anybody]
    listens = {"counted": "hear"}

    def mount(self) -> None:
        self.state["heard"] = []

    def on_hear(self, count: int) -> None:
        self.state["heard"].append(count)


@registry.register("profile")
class Profile(Component):
    template_name = "tests/profile.html"
    permission_classes = [LoggedIn]

    def mount(self) -> None:
        self.state["name"] = self.params["user"].get_username()
        self.state["user_id"] = self.params.get("user_id")

    async def on_rename(self, name: str) -> str:
        user = await get_user_model().objects.aget(pk=self.params["user_id"])
        user.first_name = name
        await user.asave()
        self.state["name"] = name
        return name

    def on_save(self, name: str = "") -> None:
        if len(name) < 3:
            self.errors["name"] = ["Too short"]
            return
        self.state["name"] = name
        get_user_model().objects.filter(pk=self.params["user_id"]).update(first_name=name)


@registry.register("admin_panel")
class AdminPanel(Component):
    template_name = "tests/counter.html"
    permission_classes = [LoggedIn, StaffOnly]

    def mount(self) -> None:
        self.state["count"] = 0

    def on_reset(self) -> None:
        self.state["count"] = -1


@registry.register("stats")
class Stats(Component):
    template_name = "tests/stats.html"
    permission_classes = [Anybody]

    def mount(self, days: int = 7) -> None:
        self.state["days"] = days
