"""Components with limits."""

from __future__ import annotations

from typing import Any

from cf_core import Component
from cf_permissions import AllowAny, IsAuthenticated
from cf_testing.parity import Witness

ran: list[str] = []
witness = Witness(ran)


class Text:
    """Renders one element, with the component's state."""

    def render(self, component: Component, context: dict[str, Any]) -> str:
        return f"<p>{component.state.get('tries', 0)} of {type(component).component_name}</p>"


class Limited(Component, exposes_events=False):
    """What the components here have in common."""

    permission_classes: Any = [AllowAny]
    renderer = Text()
    public_params = ["course", "size"]

    def mount(self) -> None:
        ran.append(f"{self.component_name}.mount")
        self.state["tries"] = 0

    def _run(self) -> None:
        ran.append(f"{self.component_name}.{self.event}")
        self.state["tries"] += 1


class Quiz(Limited):
    """A limit for the whole component."""

    rate_limit = "3/hour"

    def on_submit(self, answer: int = 0) -> None:
        self._run()
        if answer > 9:
            self.errors["answer"] = ["One digit"]

    async def on_later(self) -> None:
        self._run()


class Poll(Limited):
    """Limits for some of its events."""

    rate_limits = {"submit": "2/hour", "draft": "4/hour"}

    def on_submit(self) -> None:
        self._run()

    def on_draft(self) -> None:
        self._run()

    def on_look(self) -> None:
        self._run()


class Exam(Quiz):
    """Limits for the component and for an event."""

    permission_classes = [IsAuthenticated]
    rate_limit = "4/hour"
    rate_limits = {"submit": "2/minute"}


class Free(Limited):
    """No limits."""

    def on_submit(self) -> None:
        self._run()


EVERYTHING: dict[str, type[Component]] = {"quiz": Quiz, "poll": Poll, "exam": Exam, "free": Free}
