"""A host of nothing but Python: no tokens, no database, nobody logged in but `params["user"]`. For plain tests."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import ComponentDefinitionError, ComponentError, StateInvalid
from .identity import Identity, identity_of
from .ports import Claim, Renderer, Steps, UnitOfWork, install

if TYPE_CHECKING:
    from .calls import Answer, Call, Policy
    from .component import Component
    from .outbox import Outbox
    from .state import StateToken


def install_plain_host() -> None:
    """Run components without a framework: what they do to their state can be tested, nothing can be sent."""
    install(PlainHost())


@dataclass(slots=True)
class _NoUnit:
    wrote: bool = False
    touched: bool = False
    queries: int = 0

    def __enter__(self) -> _NoUnit:
        return self

    def __exit__(self, *exc_info: object) -> None:
        return None

    def undo(self) -> None:
        """Do nothing: there is no database to be out of step with."""


@dataclass(slots=True)
class PlainHost:
    """The engine with nothing around it; see `cf_core.engine.ports.Host` for what each method is for."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)

    def identify(self, request: Any, params: Mapping[str, Any]) -> Identity:
        """Return the identity of the request's user, or of `params["user"]`."""
        return identity_of(getattr(request, "user", None) or params.get("user"))

    def default_permissions(self) -> tuple[Any, ...]:
        """Return none: there are no settings."""
        return ()

    def view_policy(self, view: str) -> Policy:
        """Refuse: there are no views."""
        raise StateInvalid(f"No view {view!r}: there is no framework")

    def request_policy(self, request: Any) -> Policy | None:
        """Return none: nothing surrounds a view."""
        return None

    def hold_policy(self, request: Any, policy: Policy) -> AbstractContextManager[object]:
        """Do nothing: there are no views."""
        return nullcontext()

    def login_url(self) -> str | None:
        """Return None: there are no pages."""
        return None

    def default_renderer(self) -> Renderer:
        """Refuse: there is no template engine."""
        raise ComponentDefinitionError("No renderer: set `renderer` on the component class.")

    def render_lazy(self, component: Component) -> str:
        """Return an empty element."""
        return "<div></div>"

    def render_denied(self, call: Call, error: ComponentError) -> str:
        """Return nothing."""
        return ""

    def take_messages(self, component: Component) -> tuple[dict[str, Any], ...]:
        """Return none."""
        return ()

    def seal(self, component: Component, token: StateToken, rid: str | None, *, is_current: bool) -> str:
        """Return nothing: there is no key to sign with."""
        return ""

    def unseal(
        self, cls: type[Component], text: str, identity: Identity, rid: str | None, *, expected_id: str | None
    ) -> StateToken:
        """Refuse: without a key nothing can be verified."""
        raise StateInvalid("Tokens need a framework that signs them")

    def unit(self, component: Component) -> AbstractContextManager[UnitOfWork]:
        """Return a unit that spans nothing."""
        return _NoUnit()

    def commit(self, component: Component, outbox: Outbox) -> None:
        """Deliver at once: there is nothing to wait for."""
        outbox.deliver()

    def claim(self, call: Call, component: Component) -> Steps:
        """Give the remembered answer, if any."""
        yield None
        owner, rid = component.id, call.rid or ""
        return self.answers.get((owner, rid)) or Claim(owner, rid, "", is_cached=True, is_durable=False)

    def record(self, claim: Claim, call: Call, component: Component, unit: UnitOfWork, answer: Answer) -> None:
        """Keep nothing: there is no database."""

    def recorded(self, claim: Claim, component: Component) -> Answer | None:
        """Return None: there is no database."""
        return None

    def remember(self, claim: Claim, answer: Answer, component: Component) -> None:
        """Keep the answer in memory."""
        self.answers[claim.owner, claim.rid] = answer

    def release(self, claim: Claim) -> None:
        """Do nothing: nothing was claimed."""

    def classify(self, error: Exception) -> ComponentError | None:
        """Return only what is ours."""
        return error if isinstance(error, ComponentError) else None
