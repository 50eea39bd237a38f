"""The question that every transport asks and the answer it gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from .extensions import Guard
from .stamp import Rendered

if TYPE_CHECKING:
    from .component import Component
    from .identity import Identity
    from .ports import UnitOfWork

LAZY = "_lazy"
"""The framework's own event that mounts a lazy component."""


JOINT = "+"
"""Stands between the names of a policy that is made of several."""


class Policy(NamedTuple):
    """What the view that a call came through demands, by the view's registered name."""

    view: str
    permission_classes: tuple[Any, ...]
    guards: tuple[Guard, ...] = ()
    """Run before an event is handled, after those of the apps; a repeated request does not meet them again."""


def join_policies(outer: Policy | None, inner: Policy | None) -> Policy | None:
    """Return the policy that holds where both do: all of each, and nothing twice. Names only name it."""
    if outer is None or inner is None or outer is inner:
        return outer or inner
    return _merged(outer, inner)


def join_issued(issued: Policy, around: Policy | None) -> Policy:
    """Return the policy that holds for a token of `issued` in a request under `around`.

    Of what a token refers to, the names tell all: whoever looked them up knows that nothing else bears them.
    """
    if around is None or around is issued:
        return issued
    before, now = set(issued.view.split(JOINT)), set(around.view.split(JOINT))
    if before <= now:
        return around
    return issued if now <= before else _merged(issued, around)


def _merged(outer: Policy, inner: Policy) -> Policy:
    names = distinct((*outer.view.split(JOINT), *inner.view.split(JOINT)))
    classes = distinct((*outer.permission_classes, *inner.permission_classes))
    return Policy(JOINT.join(names), tuple(classes), tuple(distinct((*outer.guards, *inner.guards))))


def distinct(things: Iterable[Any]) -> list[Any]:
    """Return each thing once, in order; permission instances need not be hashable."""
    found: list[Any] = []
    for thing in things:
        if thing not in found:
            found.append(thing)
    return found


@dataclass(slots=True)
class Call:
    """One request to a component, whatever brought it: a first render, or an event."""

    component: type[Component] | Component
    """The class; or an instance that the caller made and wants to keep."""
    event: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    is_form: bool = False
    """Whether the payload is form-encoded: names map to lists of texts and undeclared ones are dropped."""
    unchecked: frozenset[str] = frozenset()
    """Names of the checkboxes that the submitted form shows unchecked."""
    token: str | None = None
    request: Any = None
    params: Mapping[str, Any] = field(default_factory=dict)
    """What the view, tag or consumer supplies: it decides on mount, and fills what is missing on an event."""
    policy: Policy | None = None
    """That of the view; once the call is open also those of the request and of the token."""
    view: Any = None
    """The view that serves the component, where one does; those inside it have none."""
    rid: str | None = None
    is_retry: bool = False
    """Whether the client says that it sent this request id before."""
    may_mount: bool = True
    """Whether the component may be mounted without a token."""
    may_mount_for_event: bool = False
    """Whether an event without a token may mount first."""
    lazy: bool = False
    """Answer a placeholder that asks for the component when it comes into view."""
    enforce_permissions: bool = True
    """Test helpers may say that they do not ask."""
    component_id: str | None = None
    """The id of a new instance, where the page chooses it."""
    expected_id: str | None = None
    """The id that the client believes its token to have."""
    wants_optimistic: bool = False
    """Whether the answer should carry `get_optimistic_patch`."""
    keeps_messages: bool = False
    """Whether Django messages stay for the next page, because the answer is a redirect."""
    identity: Identity | None = None
    """Who asks; found out when the call is opened."""
    unit: UnitOfWork | None = None
    """The event's unit of work, once it has one."""
    optimistic: Mapping[str, Any] | None = None
    """The patch, where one was wanted."""

    @property
    def who(self) -> Identity:
        """The identity of an opened call."""
        if self.identity is None:
            raise RuntimeError("The call is not open yet")
        return self.identity


class Effects(NamedTuple):
    """What a handler asked for besides HTML."""

    redirect: str | None = None
    push_url: str | None = None
    emits: tuple[tuple[str, dict[str, Any]], ...] = ()
    announce: str | None = None
    focus: str | None = None
    messages: tuple[dict[str, Any], ...] = ()


NO_EFFECTS = Effects()


@dataclass(slots=True)
class Answer:
    """What a call came to, the same for every transport."""

    status: int
    """200; 422 when the component holds errors; 204 when it asked not to be rendered."""
    component: str
    component_id: str
    token: str
    rendered: Rendered | None
    errors: Mapping[str, Any] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)
    optimistic: Mapping[str, Any] | None = None
    effects: Effects = NO_EFFECTS
    state: Mapping[str, Any] = field(default_factory=dict)
    """The state itself, for callers in Python; a remembered answer has none."""

    @property
    def html(self) -> str:
        """The component's HTML with its token in the root; empty without a render."""
        return self.rendered.with_token(self.token) if self.rendered else ""


class StateSnapshot(dict[str, Any]):
    """A component's state as templates and `dispatch()` show it: a dict that knows the token it is sealed in."""

    __slots__ = ("component_name", "token")

    def __init__(self, state: Mapping[str, Any], token: str, component_name: str) -> None:
        super().__init__(state)
        self.token = token
        self.component_name = component_name
