"""A visitor's side of the wire: a component on a page, and the events that it sends."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from cf_core.engine.calls import Answer, Call
from cf_core.engine.component import Component
from cf_core.engine.drivers import run_sync
from cf_core.engine.lifecycle import perform
from cf_core.engine.registries import registry

ENDPOINT = "/components/{}/"
"""Where the urls of cf_core are expected."""


def new_rid() -> str:
    """Return a request id as the client script makes it."""
    return secrets.token_hex(10)


def token_in(html: str) -> str:
    """Return the token of the first root in the HTML."""
    return _attribute(html, "data-cf-state")


def id_in(html: str) -> str:
    """Return the id of the first component in the HTML."""
    return _attribute(html, "data-cf-id")


class Shown:
    """A component that a page shows: sends its newest token, and keeps the one that comes back."""

    def __init__(self, client: Client, name: str, html: str) -> None:
        self.client = client
        self.name = name
        self.html = html
        self.token = token_in(html)
        self.id = id_in(html)

    def post(self, event: str | None = None, /, *, url: str | None = None, **fields: Any) -> Any:
        """Send an event as htmx does: a form. `_state` and the like replace what is sent anyway; None leaves it out."""
        headers = {"HX-Request": "true", "X-Component": self.id} | fields.pop("headers", {})
        data = _given({"event": event, "_state": self.token, "_rid": new_rid(), **fields})
        return self._keep(self.client.post(url or ENDPOINT.format(self.name), data, headers=_given(headers)))

    def json(self, event: str | None = None, payload: Any = None, /, *, url: str | None = None, **body: Any) -> Any:
        """Send an event as JSON."""
        headers = {"X-Component": self.id} | body.pop("headers", {})
        data = _given({"event": event, "payload": payload, "state": self.token, "rid": new_rid(), **body})
        address = url or ENDPOINT.format(self.name)
        return self._keep(
            self.client.post(address, json.dumps(data), content_type="application/json", headers=_given(headers))
        )

    def _keep(self, response: Any) -> Any:
        if response.status_code in (200, 204, 422) and response.headers.get("X-Component"):
            if response["Content-Type"] == "application/json":
                body = response.json()
                self.token, self.html = body["state"], body["html"] or self.html
            elif response.content:
                self.html = response.content.decode()
                self.token = token_in(self.html)
            else:
                self.token = response["X-Component-State"]
        return response


def show(client: Client, name: str, /, *, lazy: bool = False, component_id: str | None = None, **params: Any) -> Shown:
    """Open the page of `cf_testing.parity.urls` that places the component, as the client's user."""
    query = {"params": json.dumps(params)}
    if lazy:
        query["lazy"] = "1"
    if component_id is not None:
        query["id"] = component_id
    response = client.get(f"/place/{name}/", query)
    if response.status_code != 200:
        raise AssertionError(f"/place/{name}/ answered {response.status_code}: {response.content!r}")
    return Shown(client, name, response.content.decode())


def request_of(client: Client, method: str = "POST") -> HttpRequest:
    """Return a request as the client's browser would send it, with its session and user."""
    request = RequestFactory().generic(method, "/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    # `client.session` would begin a session for a visitor who has none.
    SessionMiddleware(lambda request: HttpResponse()).process_request(request)
    request.user = get_user(request)
    return request


def issue(client: Client, component: type[Component] | str, **params: Any) -> Answer:
    """Return a first render for the client's user that asks no permission class: as of before there was one."""
    cls = registry.get(component) if isinstance(component, str) else component
    return run_sync(perform(Call(cls, request=request_of(client), params=params, enforce_permissions=False)))


def _attribute(html: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]+)"', html)
    if found is None:
        raise AssertionError(f"no {name} in {html!r}")
    return found[1]


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
