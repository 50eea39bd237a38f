"""What the engine needs from around it: protocols of few methods, and the host that provides them.

Django's implementation is `cf_core.host`; another framework would write its own and `install` it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .errors import ComponentDefinitionError, ComponentError

if TYPE_CHECKING:
    from .calls import Answer, Call, Policy
    from .component import Component
    from .identity import Identity
    from .outbox import Outbox
    from .state import StateToken

Steps = Generator[Any, Any, Any]
"""A part of the lifecycle: yields what may be awaitable, is sent what came of it."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Yielded by a step that wants to wait; each driver waits in its own way."""

    seconds: float


class Renderer(Protocol):
    """Turns a component and its context into HTML."""

    def render(self, component: Component, context: dict[str, Any]) -> str:
        """Return the HTML of the component's own template, not yet stamped."""


class UnitOfWork(Protocol):
    """The database side of one event: all or nothing."""

    wrote: bool
    """Whether a statement other than a read was run."""
    touched: bool
    """Whether any statement was run."""
    queries: int
    """How many statements were run."""

    def undo(self) -> None:
        """Take back what the event left outside the database; done already where the event itself failed."""


class Host(Protocol):
    """The framework around the engine."""

    def identify(self, request: Any, params: Mapping[str, Any]) -> Identity:
        """Return who is asking: the request's user, without a request `params["user"]`, else nobody."""

    def default_permissions(self) -> tuple[Any, ...]:
        """Return the permission classes of components that declare none."""

    def view_policy(self, view: str) -> Policy:
        """Return the policy of a view by its name in tokens. Raises StateExpired if it is gone."""

    def request_policy(self, request: Any) -> Policy | None:
        """Return the policy that was put on the request by what surrounds the view, and take note that it holds."""

    def hold_policy(self, request: Any, policy: Policy) -> AbstractContextManager[object]:
        """Have the policy of a running component hold for those that its code calls with the same request."""

    def login_url(self) -> str | None:
        """Return where a visitor logs in."""

    def default_renderer(self) -> Renderer:
        """Return the renderer of classes that set none."""

    def render_lazy(self, component: Component) -> str:
        """Return the placeholder element of a lazy component, one root, not yet stamped."""

    def seal(self, component: Component, token: StateToken, rid: str | None, *, is_current: bool) -> str:
        """Return the signed text of a token; `is_current` when it only repeats what is sealed already.

        Raises StateConflict if the server keeps the state and another call was first.
        """

    def unseal(
        self, cls: type[Component], text: str, identity: Identity, rid: str | None, *, expected_id: str | None
    ) -> StateToken:
        """Return the token of a signed text; `expected_id` is the instance that the request names, if it names one.

        Raises StateInvalid, StateExpired or AuthRequired.
        """

    def render_denied(self, call: Call, error: ComponentError) -> str:
        """Return what stands where a component was refused: a notice without data."""

    def take_messages(self, component: Component) -> tuple[dict[str, Any], ...]:
        """Return, and so use up, the messages that the event left for the user."""

    def unit(self, component: Component) -> AbstractContextManager[UnitOfWork]:
        """Open the unit of work of an event."""

    def commit(self, component: Component, outbox: Outbox) -> None:
        """Have the outbox delivered once what the call wrote is durable."""

    def claim(self, call: Call, component: Component) -> Steps:
        """Claim a request id; returns a Claim, or the Answer that it was given before."""

    def record(self, claim: Claim, call: Call, component: Component, unit: UnitOfWork, answer: Answer) -> None:
        """Write the event record into the unit's transaction, last. Raises Replayed if another got there first."""

    def recorded(self, claim: Claim, component: Component) -> Answer | None:
        """Return the durable answer of the request id, if there is one."""

    def remember(self, claim: Claim, answer: Answer, component: Component) -> None:
        """Keep the answer for repeats of its request id, once the component's effects are durable."""

    def release(self, claim: Claim) -> None:
        """Give the request id free: nothing came of it."""

    def classify(self, error: Exception) -> ComponentError | None:
        """Return what an exception of the framework means to a client, or None for a bug."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A request id in the hands of this call."""

    owner: str
    rid: str
    digest: str
    is_cached: bool = True
    """Whether the claim stands in the cache too (it may be down)."""
    is_durable: bool = True
    """Whether event records stand behind it."""


class Replayed(BaseException):
    """Unwinds an event whose request id turned out to be answered already.

    Not an Exception, so that a handler's own `except Exception` cannot keep it.
    """

    def __init__(self, answer: Answer | None) -> None:
        super().__init__("request id already answered")
        self.answer = answer
        """The answer; None where it can only be read after this transaction is rolled back."""


class _Installed:
    host: Host | None = None
    translate: Callable[[str], str] = staticmethod(str)


def install(host: Host, translate: Callable[[str], str] = str) -> None:
    """Make `host` the framework around the engine; called once, at start-up."""
    _Installed.host = host
    _Installed.translate = staticmethod(translate)


def current_host() -> Host:
    """Return the installed host. Raises ComponentDefinitionError if there is none."""
    if _Installed.host is None:
        raise ComponentDefinitionError(
            "No host is installed: put 'cf_core' into INSTALLED_APPS and call django.setup(), "
            "or in plain Python call cf_core.engine.plain.install_plain_host()."
        )
    return _Installed.host


def translate(text: str) -> str:
    """Return `text` in the reader's language."""
    return _Installed.translate(text)
