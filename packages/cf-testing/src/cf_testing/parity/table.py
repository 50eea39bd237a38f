"""The rows of a matrix, and the world in which they are asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from .asking import Shown, issue, new_rid, show
from .refusals import Witness, assert_refused
from .transports import EVERY, HTTP, TRANSPORTS, WITHOUT_TOKEN, Ask

Arrange = Callable[["World"], Ask]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row: how it is asked, what is answered, and by which transports it can be asked at all."""

    name: str
    status: int
    code: str
    arrange: Arrange
    by: Sequence[str] = field(default_factory=lambda: EVERY)
    but: Mapping[str, tuple[int, str | None]] = field(default_factory=dict)
    """Transports that answer otherwise by design: {name: (status, code)}."""
    may_run: bool = False
    """Whether the handler itself may begin: it, or something after it, is what fails."""
    may_alarm: int = 0
    """Records at WARNING and above that are right over HTTP; 5xx have one."""
    counts_in: str = ""
    """Part of the cache keys that count what is refused, and so may change."""
    body: Mapping[str, Any] = field(default_factory=dict)
    """What the body says besides text and code."""


@dataclass(slots=True)
class Table:
    """The rows of one package; its tests parametrise over `cases()` and `check` each.

    `good` names a component and an event that anybody may send: it is asked after every refusal.
    """

    good: tuple[str, str]
    witness: Witness
    rows: list[Refusal] = field(default_factory=list)

    def refusal(self, name: str, status: int, code: str, **more: Any) -> Callable[[Arrange], None]:
        """Add a row; the decorated function brings the situation about and returns what is asked."""
        if any(row.name == name for row in self.rows):
            raise ValueError(f"There are two rows {name!r}; each needs a name of its own.")

        def add(arrange: Arrange) -> None:
            self.rows.append(Refusal(name, status, code, arrange, **more))

        return add

    def cases(self) -> dict[str, tuple[Refusal, str]]:
        """Return {test id: (row, transport)}, each row with every transport that can express it."""
        unknown = Counter(transport for row in self.rows for transport in row.by if transport not in TRANSPORTS)
        if unknown:
            raise ValueError(f"Rows name transports that there are none of: {', '.join(unknown)}")
        return {f"{name}: {row.name}": (row, name) for row in self.rows for name in row.by}

    def check(self, row: Refusal, world: World) -> None:
        """Bring the row's situation about, ask by the world's transport, and check the answer in every respect."""
        transport = world.transport
        ask = row.arrange(world)
        send = TRANSPORTS[transport]
        status, code = row.but.get(transport, (row.status, row.code))
        if code is None:
            answered = send(ask).status
            if answered != status:
                raise AssertionError(f"answered {answered}, expected {status}")
            return
        outcome = assert_refused(
            lambda: send(ask),
            status,
            code,
            witness=self.witness,
            good=lambda: send(world.ask(*self.good)),
            may_run=row.may_run,
            may_mount=transport in WITHOUT_TOKEN,
            may_alarm=row.may_alarm if transport in HTTP or row.status < 500 else 0,
            counts_in=row.counts_in,
        )
        differing = {
            name: outcome.body.get(name) for name, value in row.body.items() if outcome.body.get(name) != value
        }
        if differing:
            raise AssertionError(f"The body says {differing}, expected {dict(row.body)}")


@dataclass(slots=True)
class World:
    """Who there is, and the means to get into situations. `transport` is the one that will ask."""

    transport: str
    settings: Any
    monkeypatch: Any
    register: Callable[..., Any] | None
    """What registers a class for one test, where the package has such a fixture."""
    users: Mapping[str, Any]
    nobody: Client
    ann: Client
    bob: Client
    boss: Client
    """A member of staff."""

    @classmethod
    def populated(
        cls, transport: str, *, settings: Any, monkeypatch: Any, register: Callable[..., Any] | None = None
    ) -> World:
        """Return a world with the users ann and bob, and boss of the staff, each with a client that is logged in."""
        make = get_user_model()._default_manager.create_user
        users = {name: make(name, password="pw", is_staff=name == "boss") for name in ("ann", "bob", "boss")}  # noqa: S106
        clients = {name: Client() for name in users}
        for name, client in clients.items():
            client.force_login(users[name])
        return cls(transport, settings, monkeypatch, register, users, Client(), **clients)

    def ask(self, component: str, event: str | None, client: Client | None = None, /, **more: Any) -> Ask:
        """Return an event of a component that the client was shown, whether its permissions allow that or not."""
        client = client or self.ann
        params = more.get("params", {})
        answer = issue(client, component, **params)
        made = Ask(client, component, event, token=answer.token, component_id=answer.component_id, rid=new_rid())
        # Elsewhere the token brings them.
        return replace(made, **{**more, "params": params if self.transport in WITHOUT_TOKEN else {}})

    def show(self, name: str, client: Client | None = None, **params: Any) -> Shown:
        """Return a component on a page of the client."""
        return show(client or self.ann, name, **params)
