"""The transports: each writes one event in its own terms, and tells what came of it in the same terms as the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from cf_core.engine.calls import Answer, Call
from cf_core.engine.drivers import run_async, run_sync
from cf_core.engine.errors import ComponentError, Internal
from cf_core.engine.lifecycle import perform
from cf_core.engine.registries import registry
from cf_core.failures import classify

from ..dispatching import dispatch_event
from .asking import ENDPOINT, request_of
from .refusals import Outcome, outcome_of


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
        return self.url or ENDPOINT.format(self.component)


Send = Callable[[Ask], Outcome]
TRANSPORTS: dict[str, Send] = {}
EVERY: list[str] = []
HTTP: list[str] = []
CALLS: list[str] = []
"""Those that carry tokens and request ids."""
WITHOUT_TOKEN: list[str] = []
"""Those that mount and handle in one call, with params instead of a token."""


def transport(name: str, *groups: list[str]) -> Callable[[Send], Send]:
    """Add a transport to TRANSPORTS and to the groups that rows name; do so before the tables are read."""

    def add(send: Send) -> Send:
        TRANSPORTS[name] = send
        for group in (EVERY, *groups):
            group.append(name)
        return send

    return add


@transport("json", HTTP, CALLS)
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


@transport("form", HTTP, CALLS)
def send_form(ask: Ask) -> Outcome:
    """A form, as htmx sends it."""
    headers = {"HX-Request": "true", **_id_header(ask)}
    if ask.raw is not None:
        kind = ask.content_type or "application/x-www-form-urlencoded"
        return outcome_of(ask.client.post(ask.address, ask.raw, content_type=kind, headers=headers))
    return outcome_of(ask.client.post(ask.address, _fields(ask), headers=headers))


@transport("asgi", HTTP, CALLS)
def send_asgi(ask: Ask) -> Outcome:
    """The same form, through the ASGI handler."""
    client = AsyncClient()
    client.cookies = ask.client.cookies
    headers = {"HX-Request": "true", **_id_header(ask)}
    return outcome_of(async_to_sync(client.post)(ask.address, _fields(ask), headers=headers))


@transport("call", CALLS)
def send_call(ask: Ask) -> Outcome:
    """The call itself, as sockets and test helpers make it."""
    return _performed(ask, lambda call: run_sync(perform(call)))


@transport("async call", CALLS)
def send_async_call(ask: Ask) -> Outcome:
    """The same from async code."""
    return _performed(ask, lambda call: async_to_sync(run_async)(perform(call)))


@transport("dispatch", WITHOUT_TOKEN)
def send_dispatch(ask: Ask) -> Outcome:
    """`dispatch()` of an instance that a developer made: no token, no request id."""
    component = registry.get(ask.component)(**ask.params)
    component.request = request_of(ask.client)
    return _told(lambda: component.dispatch(ask.event, ask.payload))


@transport("helpers", WITHOUT_TOKEN)
def send_by_helpers(ask: Ask) -> Outcome:
    """`dispatch_event()`, as a project's own tests call it."""
    user = request_of(ask.client).user
    return _told(lambda: dispatch_event(ask.component, ask.event, ask.payload, user=user, **ask.params))


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
