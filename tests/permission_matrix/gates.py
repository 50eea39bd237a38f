"""The ways to say who may: each guards one component that shows a secret and can be touched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rest_framework.permissions import IsAdminUser

from cf_core import Component, Registry
from cf_core.engine.calls import Policy
from cf_core.models import EventRecord
from cf_core.policies import register_policy
from cf_core.views import ComponentView
from cf_permissions import AllowAny, DjangoModelPermission, IsAuthenticated, IsStaff, IsSuperuser

CANARY = "salary-9000"
"""Stands in an event record, which the components show; no refused answer may hold it."""
ran: list[str] = []
"""The mounts and handlers that ran; emptied before every cell."""
EVENT = "touch"
TEMPLATE = """{% load cf_permissions %}<div>
{% for name in state.names %}<b>{{ name }}</b>{% endfor %}<i>{{ state.touched }}</i>
{% can "touch" %}<button>Touch</button>{% else %}<em>{{ why_not }}</em>{% endcan %}
</div>"""


class Safe(Component):
    """What every gate guards."""

    template_name = "safe.html"

    def mount(self) -> None:
        ran.append("mount")
        self.state["names"] = list(EventRecord.objects.values_list("owner", flat=True))
        self.state["touched"] = 0

    def on_touch(self) -> None:
        ran.append(EVENT)
        self.state["touched"] += 1


@dataclass(frozen=True, slots=True)
class Gate:
    """One way to say who may."""

    component: dict[str, Any]
    """Attributes of the component's class."""
    of_view: tuple[Any, ...] = ()
    """Permission classes of the view and of the page that show it."""
    shows: tuple[Any, ...] = ()
    """The classes of cf_permissions that it is here for."""
    reads: tuple[str, ...] = ()
    """Tables that the check itself may read, besides session and user."""


def by(policy: Any, *shows: Any) -> Gate:
    """Return the gate of a component with this permission class."""
    return Gate({"permission_classes": [policy]}, shows=shows or (policy,))


GATES: dict[str, Gate] = {
    "AllowAny": by(AllowAny),
    "IsAuthenticated": by(IsAuthenticated),
    "IsStaff": by(IsStaff),
    "IsSuperuser": by(IsSuperuser),
    "DjangoModelPermission": Gate(
        {"permission_classes": [DjangoModelPermission], "model": EventRecord},
        shows=(DjangoModelPermission,),
        reads=(
            *("auth_permission", "auth_user_user_permissions", "django_content_type"),
            *("auth_group", "auth_group_permissions", "auth_user_groups"),
        ),
    ),
    "IsStaff & IsSuperuser": by(IsStaff & IsSuperuser, IsStaff, IsSuperuser),
    "IsSuperuser | IsStaff": by(IsSuperuser | IsStaff, IsSuperuser, IsStaff),
    "~IsStaff": by(~IsStaff, IsStaff),
    "REST framework's IsAdminUser": by(IsAdminUser),
    "IsStaff of the view": Gate({}, of_view=(IsStaff,), shows=(IsStaff,)),
    "IsStaff of the event": Gate(
        {"permission_classes": [AllowAny], "event_permissions": {EVENT: [IsStaff]}}, shows=(AllowAny, IsStaff)
    ),
}


class Guarded:
    """A gate with its two components, the second one cached for everybody together, and its view."""

    def __init__(self, title: str, gate: Gate) -> None:
        self.title = title
        self.gate = gate
        self.name = re.sub(r"\W+", "-", title.replace("~", "not ").replace("&", "and").replace("|", "or")).lower()
        self.cached_name = f"{self.name}-cached"
        cached = {"cache_ttl": 300, "get_cache_key": lambda component, name, params, state: f"matrix:{name}"}
        self.components: dict[str, type[Safe]] = {
            self.name: type("Guarded", (Safe,), dict(gate.component)),
            self.cached_name: type("GuardedAndCached", (Safe,), {**gate.component, **cached}),
        }
        self.policy: Policy | None = None
        if gate.of_view:
            self.policy = register_policy(ComponentView, gate.of_view, self.name)

    def register(self, registry: Registry) -> None:
        """Register both components."""
        for name, cls in self.components.items():
            registry.register(name)(cls)

    def view(self, name: str) -> Any:
        """Return the view that serves one of the components."""
        return ComponentView.as_view(
            component_name=name, permission_classes=self.gate.of_view, policy_name=self.name if self.policy else None
        )


GUARDED = {title: Guarded(title, gate) for title, gate in GATES.items()}
