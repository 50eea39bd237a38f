"""A visitor's side of the wire: a component on a page, and the events that it sends."""

from __future__ import annotations

import json
import re
import secrets
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client, RequestFactory

from cf_core import Component, registry
from cf_core.engine.calls import Answer, Call
from cf_core.engine.drivers import run_sync
from cf_core.engine.lifecycle import perform

ENDPOINT = "/components/{}/"


def new_rid() -> str:
    """Return a request id as the client script makes it."""
    return secrets.token_hex(10)


def token_in(html: str) -> str:
    """Return the token of the first root in the HTML."""
    found = re.search(r'data-cf-state="([^"]+)"', html)
    assert found, f"no token in {html!r}"
    return found[1]


def id_in(html: str) -> str:
    """Return the id of the first component in the HTML."""
    found = re.search(r'data-cf-id="([^"]+)"', html)
    assert found, f"no component in {html!r}"
    return found[1]


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
        data = {"event": event, "_state": self.token, "_rid": new_rid(), **fields}
        data = {name: value for name, value in data.items() if value is not None}
        return self._keep(self.client.post(url or ENDPOINT.format(self.name), data, headers=_given(headers)))

    def json(self, event: str | None = None, payload: Any = None, /, *, url: str | None = None, **body: Any) -> Any:
        """Send an event as JSON."""
        headers = {"X-Component": self.id} | body.pop("headers", {})
        data = {"event": event, "payload": payload, "state": self.token, "rid": new_rid(), **body}
        data = {name: value for name, value in data.items() if value is not None}
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
    """Open a page that places the component, as the client's user."""
    query = {"params": json.dumps(params)}
    if lazy:
        query["lazy"] = "1"
    if component_id is not None:
        query["id"] = component_id
    response = client.get(f"/place/{name}/", query)
    assert response.status_code == 200, response.content
    return Shown(client, name, response.content.decode())


def request_of(client: Client, method: str = "POST") -> HttpRequest:
    """Return a request as the client's browser would send it, with its session and user."""
    request = RequestFactory().generic(method, "/")
    # `client.session` would begin a session for a visitor who has none.
    store = import_module(settings.SESSION_ENGINE).SessionStore
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    request.session = store(cookie.value if cookie else None)
    request.user = get_user(request)
    return request


def issue(client: Client, component: type[Component] | str, **params: Any) -> Answer:
    """Return a first render for the client's user that asks no permission class: as of before there was one."""
    cls = registry.get(component) if isinstance(component, str) else component
    return run_sync(perform(Call(cls, request=request_of(client), params=params, enforce_permissions=False)))


def _given(headers: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in headers.items() if value is not None}
