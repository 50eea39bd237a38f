"""The components that several test modules use; discovered as in any app."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError
from django.http import Http404

from cf_core import Component, registry
from cf_core.engine.outbox import current_outbox
from cf_testing.parity import Witness
from tests.models import Item
from tests.permissions import Anyone, LoggedIn, Mine, Staff

CANARY = "hunter2-canary"
"""Stands in exception texts; no answer may hold it."""
ran: list[str] = []
"""The mounts and handlers that ran, oldest first; emptied before every test."""
sent: list[str] = []
"""What left an outbox; emptied before every test."""
witness = Witness(ran, sent, (CANARY,))


@registry.register("counter")
class Counter(Component):
    """Counts, in its state only."""

    permission_classes = [Anyone]
    public_params = ["initial"]

    def mount(self, initial: int = 0) -> None:
        ran.append("counter.mount")
        self.state["count"] = initial

    def on_increment(self, amount: int = 1) -> None:
        ran.append("counter.increment")
        self.state["count"] += amount


@registry.register("ledger")
class Ledger(Component):
    """Writes rows, and fails in every way that a component can."""

    permission_classes = [Anyone]

    def mount(self) -> None:
        self.state["rows"] = 0
        self.state["broken"] = ""

    def on_write(self, name: str) -> None:
        ran.append("ledger.write")
        self._write(name)

    def on_fail(self, name: str, how: str = "RuntimeError") -> None:
        self._write(name)
        raise FAILURES[how]

    def on_break_template(self, name: str) -> None:
        self._write(name)
        self.state["broken"] = "raise"

    def on_render_two_roots(self, name: str) -> None:
        self._write(name)
        self.state["broken"] = "two roots"

    def on_break_sealing(self, name: str) -> None:
        self._write(name)
        self.state["object"] = object()

    def on_grow(self, name: str) -> None:
        self._write(name)
        self.state["rows"] = "x" * 600_000

    def on_refuse(self, name: str) -> None:
        self.errors["name"] = [f"{name} is taken"]

    def _write(self, name: str) -> None:
        Item.objects.using(self.using).create(name=name)
        self.state["rows"] += 1
        outbox = current_outbox.get()
        assert outbox is not None
        outbox.add(lambda: sent.append(name))

    def get_context(self) -> dict[str, Any]:
        return {"explode": explode}


FAILURES: dict[str, Exception] = {
    "RuntimeError": RuntimeError(CANARY),
    "TypeError": TypeError(CANARY),
    "KeyError": KeyError(CANARY),
    "PermissionDenied": PermissionDenied(CANARY),
    "ObjectDoesNotExist": ObjectDoesNotExist(CANARY),
    "Http404": Http404(CANARY),
    "ValidationError": ValidationError("Choose another name"),
    "IntegrityError": IntegrityError(CANARY),
    "OperationalError": OperationalError(CANARY),
    "ConnectionError": ConnectionError(CANARY),
}


def explode() -> str:
    """Called by the template of a broken ledger."""
    raise RuntimeError(CANARY)


@registry.register("members")
class Members(Component):
    """For users."""

    permission_classes = [LoggedIn]

    def mount(self) -> None:
        ran.append("members.mount")
        self.state["touched"] = 0

    def on_touch(self) -> None:
        ran.append("members.touch")
        self.state["touched"] += 1


@registry.register("staff")
class ForStaff(Members):
    """For staff."""

    permission_classes = [Staff]


@registry.register("owned")
class Owned(Members):
    """For whoever it was mounted for."""

    permission_classes = [Mine]

    def mount(self, owner: int) -> None:
        ran.append("owned.mount")
        self.state["owner"] = owner
        self.state["touched"] = 0


@registry.register("placed")
class Placed(Component):
    """Declares no permission classes: open where a page places it, unknown to a bare request."""

    def mount(self, label: str = "") -> None:
        ran.append("placed.mount")
        self.state["label"] = label

    def on_rename(self, label: str) -> None:
        ran.append("placed.rename")
        self.state["label"] = label
