"""The rows of permissions in the parity matrix, and the components that refuse."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from rest_framework.permissions import IsAdminUser

from cf_core import Component
from cf_permissions import (
    AllowAny,
    BasePermission,
    DjangoModelPermission,
    IsAuthenticated,
    IsStaff,
    IsSuperuser,
    requires,
)
from cf_testing.parity import Ask, Table, Witness, World
from tests.limited import Text

witness = Witness()
TABLE = Table(good=("desk", "open"), witness=witness)
refusal = TABLE.refusal


class OnTuesdays(BasePermission):
    """Answers later, with a text and a code of its own."""

    message = "Only on Tuesdays"
    code = "closed"

    async def has_permission(self, request: Any, component: Any) -> bool:
        return False


class IsEmpty(BasePermission):
    """Asks about the object, which has to be there for that."""

    message = "There is something in it"

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        return bool(obj.state["papers"] == 0)


class Desk(Component):
    """Open to all, but for some of its events."""

    permission_classes = [AllowAny]
    renderer = Text()
    model = Group
    event_permissions: Any = {
        "burn": [IsStaff, IsSuperuser],
        "sign": [OnTuesdays],
        "lock": [IsEmpty],
        "copy": [IsSuperuser | IsStaff],
        "lend": [~IsAuthenticated],
        "delete": [DjangoModelPermission],
        "print": [IsAdminUser],
    }

    def mount(self) -> None:
        witness.ran.append("desk.mount")
        self.state["papers"] = 3

    def on_open(self) -> None:
        self._run()

    @requires(IsStaff)
    def on_shred(self) -> None:
        self._run()

    @requires(IsStaff)
    async def on_shred_later(self) -> None:
        self._run()

    def _run(self) -> None:
        witness.ran.append(f"desk.{self.event}")

    on_burn = on_sign = on_lock = on_copy = on_lend = on_delete = on_print = on_open


class Archive(Desk):
    """For staff as a whole."""

    permission_classes = [IsStaff]

    @requires(IsSuperuser)
    def on_open(self) -> None:
        self._run()


EVERYTHING: dict[str, type[Component]] = {"desk": Desk, "archive": Archive}
STAFF = {"error": "Staff access required"}
LOGIN = {"error": "Authentication required"}


@refusal("nobody sends an event for staff", 401, "auth_required", body=LOGIN)
def _(world: World) -> Ask:
    return world.ask("desk", "shred", world.nobody)


@refusal("a user sends an event for staff", 403, "forbidden", body=STAFF)
def _(world: World) -> Ask:
    return world.ask("desk", "shred")


@refusal("a user sends an async event for staff", 403, "forbidden", body=STAFF)
def _(world: World) -> Ask:
    return world.ask("desk", "shred_later")


@refusal("staff sends an event for staff that are superusers", 403, "forbidden")
def _(world: World) -> Ask:
    return world.ask("desk", "burn", world.boss)


@refusal("an event whose permission has a code of its own", 403, "closed", body={"error": "Only on Tuesdays"})
def _(world: World) -> Ask:
    return world.ask("desk", "sign", world.boss)


@refusal("an event that the object does not allow", 403, "forbidden", body={"error": "There is something in it"})
def _(world: World) -> Ask:
    return world.ask("desk", "lock", world.boss)


@refusal("a user whom both sides of an | refuse", 403, "forbidden", body=STAFF)
def _(world: World) -> Ask:
    return world.ask("desk", "copy")


@refusal("a user whom ~ refuses", 403, "forbidden", body={"error": "This is not available to you"})
def _(world: World) -> Ask:
    return world.ask("desk", "lend")


@refusal("staff without the model permission", 403, "forbidden")
def _(world: World) -> Ask:
    return world.ask("desk", "delete", world.boss)


@refusal("a user whom a class of REST framework refuses", 403, "forbidden")
def _(world: World) -> Ask:
    return world.ask("desk", "print")


@refusal("an event for superusers of a component for staff, sent by staff", 403, "forbidden")
def _(world: World) -> Ask:
    return world.ask("archive", "open", world.boss)


@refusal("an event for superusers of a component for staff, sent by a user", 403, "forbidden", body=STAFF)
def _(world: World) -> Ask:
    return world.ask("archive", "open")


@refusal("an event that is none, of a component whose events have permissions", 404, "not_found")
def _(world: World) -> Ask:
    return world.ask("desk", "explode")
