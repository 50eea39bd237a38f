"""The parity matrix: every refusal of the lifecycle, once, for every transport that can express it.

A row says how to get into the situation and what is answered; it is asked by each transport of TRANSPORTS. A package
that adds a refusal adds rows (`@refusal(...)`), one that adds a transport adds it to TRANSPORTS; that is all it takes.
Where a transport differs by design, the row says so in `but`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import Any

from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from cf_core import registry
from cf_core.engine.calls import Answer, Call
from cf_core.engine.drivers import run_async, run_sync
from cf_core.engine.errors import ComponentError, Internal
from cf_core.engine.lifecycle import perform
from cf_core.failures import classify
from tests.asking import Shown, issue, new_rid, request_of, show
from tests.refusals import Outcome, outcome_of


@dataclass(frozen=True, slots=True)
class Ask:
    """One event, before it is written in the terms of a transport."""

    client: Client
    component: str
    event: str | None
    payload: Mapping[str, Any] = field(default_factory=dict)
    token: str | None = None
    component_id: str | None = None
    rid: str | None = None
    is_retry: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
    raw: bytes | None = None
    """The whole body, for rows about bodies."""
    content_type: str = ""
    url: str = ""

    @property
    def address(self) -> str:
        """Where it is posted."""
        return self.url or f"/components/{self.component}/"


Send = Callable[[Ask], Outcome]


def send_json(ask: Ask) -> Outcome:
    """JSON, as a script would send it."""
    body = {
        "event": ask.event,
        "payload": dict(ask.payload),
        "state": ask.token,
        "rid": ask.rid,
        "retry": True if ask.is_retry else None,
        "params": dict(ask.params) or None,
    }
    raw = ask.raw if ask.raw is not None else json.dumps({k: v for k, v in body.items() if v is not None})
    kind = ask.content_type or "application/json"
    headers = {"Accept": "application/json", **_id_header(ask)}
    return outcome_of(ask.client.post(ask.address, raw, content_type=kind, headers=headers))


def send_form(ask: Ask) -> Outcome:
    """A form, as htmx sends it."""
    headers = {"HX-Request": "true", **_id_header(ask)}
    if ask.raw is not None:
        kind = ask.content_type or "application/x-www-form-urlencoded"
        return outcome_of(ask.client.post(ask.address, ask.raw, content_type=kind, headers=headers))
    return outcome_of(ask.client.post(ask.address, _fields(ask), headers=headers))


def send_asgi(ask: Ask) -> Outcome:
    """The same form, through the ASGI handler."""
    client = AsyncClient()
    client.cookies = ask.client.cookies
    headers = {"HX-Request": "true", **_id_header(ask)}
    return outcome_of(async_to_sync(client.post)(ask.address, _fields(ask), headers=headers))


def send_call(ask: Ask) -> Outcome:
    """The call itself, as sockets and test helpers make it."""
    return _performed(ask, lambda call: run_sync(perform(call)))


def send_async_call(ask: Ask) -> Outcome:
    """The same from async code."""
    return _performed(ask, lambda call: async_to_sync(run_async)(perform(call)))


def send_dispatch(ask: Ask) -> Outcome:
    """`dispatch()` of an instance that a developer made: no token, no request id."""
    component = registry.get(ask.component)(**ask.params)
    component.request = request_of(ask.client)
    return _told(lambda: component.dispatch(ask.event, ask.payload))


def send_by_helpers(ask: Ask) -> Outcome:
    """`dispatch_event()` of cf-testing, as a project's own tests call it."""
    from cf_testing import dispatch_event

    user = request_of(ask.client).user
    return _told(lambda: dispatch_event(ask.component, ask.event, ask.payload, user=user, **ask.params))


TRANSPORTS: dict[str, Send] = {
    "json": send_json,
    "form": send_form,
    "asgi": send_asgi,
    "call": send_call,
    "async call": send_async_call,
    "dispatch": send_dispatch,
}
if find_spec("cf_testing") is not None:
    TRANSPORTS["helpers"] = send_by_helpers
HTTP = ("json", "form", "asgi")
CALLS = ("json", "form", "asgi", "call", "async call")
"""Those that carry tokens and request ids."""
WITHOUT_TOKEN = ("dispatch", "helpers")
"""Those that mount and handle in one call, with params instead of a token."""
EVERY = tuple(TRANSPORTS)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row: how it is asked, what is answered, and by which transports it can be asked at all."""

    name: str
    status: int
    code: str
    arrange: Callable[[World], Ask]
    by: tuple[str, ...] = EVERY
    but: Mapping[str, tuple[int, str | None]] = field(default_factory=dict)
    """Transports that answer otherwise by design: {name: (status, code)}."""
    may_run: bool = False
    """Whether the handler itself may begin: it, or something after it, is what fails."""
    may_alarm: int = 0
    """Records at WARNING and above that are right over HTTP; 5xx have one."""
    body: Mapping[str, Any] = field(default_factory=dict)
    """What the body says besides text and code."""


TABLE: list[Refusal] = []


def refusal(name: str, status: int, code: str, **more: Any) -> Callable[[Callable[[World], Ask]], None]:
    """Add a row; the decorated function brings the situation about and returns what is asked."""

    def add(arrange: Callable[[World], Ask]) -> None:
        TABLE.append(Refusal(name, status, code, arrange, **more))

    return add


@dataclass(slots=True)
class World:
    """Who there is, and the means to get into situations. `transport` is the one that will ask."""

    transport: str
    nobody: Client
    ann: Client
    bob: Client
    boss: Client
    settings: Any
    monkeypatch: Any
    register: Callable[..., Any]
    users: Mapping[str, Any]

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

    def good(self) -> Outcome:
        """Ask what must be served afterwards, by the same transport."""
        return TRANSPORTS[self.transport](self.ask("counter", "increment"))


def _id_header(ask: Ask) -> dict[str, str]:
    return {"X-Component": ask.component_id} if ask.component_id else {}


def _fields(ask: Ask) -> dict[str, Any]:
    """Return the form's fields: the event, the reserved ones, then the payload, JSON where a value is no text."""
    fields: dict[str, Any] = {"event": ask.event, "_state": ask.token, "_rid": ask.rid}
    if ask.is_retry:
        fields["_retry"] = "1"
    for name, value in ask.payload.items():
        fields[name] = value if isinstance(value, str | list) else json.dumps(value)
    return {name: value for name, value in fields.items() if value is not None}


def _performed(ask: Ask, run: Callable[[Call], Answer]) -> Outcome:
    def do() -> Answer:
        call = Call(
            registry.get(ask.component),
            event=ask.event,
            payload=ask.payload,
            token=ask.token,
            request=request_of(ask.client),
            rid=ask.rid,
            is_retry=ask.is_retry,
            expected_id=ask.component_id,
            params=ask.params,
            may_mount=False,
        )
        return run(call)

    return _told(do)


def _told(do: Callable[[], Any]) -> Outcome:
    """Return what a transport would tell of the call: an error is classified as every transport classifies it."""
    try:
        result = do()
    except Exception as error:  # noqa: BLE001 - as at the boundary of every transport
        known = classify(error)
        if known is None or type(known) is ComponentError:
            known = Internal("")
        return Outcome(known.status, known.code, json.dumps(known.body(), default=str), known.body())
    status = result.status if isinstance(result, Answer) else 200
    return Outcome(status, None, "")
