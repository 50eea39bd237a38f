from django.contrib.auth import get_user_model

from cf_core import Component, registry
from cf_permissions import BasePermission, IsAuthenticated


class IsOwner(BasePermission):
    message = "This is somebody else's."

    def has_object_permission(self, request, component, obj):
        return component.params["owner_id"] == component.user.pk


class InOfficeHours(BasePermission):
    message = "Come back between nine and five."

    async def has_permission(self, request, component):
        return 9 <= component.params["hour"] < 17


@registry.register("diary")
class Diary(Component):
    permission_classes = [IsAuthenticated, IsOwner]

    def mount(self, owner_id: int):
        self.state["entries"] = []

    def on_write(self, text: str):
        self.state["entries"].append(text)


@registry.register("counter_desk")
class CounterDesk(Component):
    permission_classes = [InOfficeHours]

    async def mount(self, hour: int):
        self.state["served"] = 0

    async def on_serve(self):
        self.state["served"] += 1


@registry.register("user_count")
class UserCount(Component):
    permission_classes = [IsAuthenticated]

    async def mount(self):
        self.state["count"] = await get_user_model().objects.acount()
