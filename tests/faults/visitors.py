"""A client that behaves like a browser with the component client in it: cookies, CSRF, tokens, request ids, retries."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import time
from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from .servers import Server

_TOKEN = re.compile(r'data-cf-state="([^"]+)"')
_TOLD = re.compile(r'<p class="told">([^<]*)</p>')


class Lost(Exception):
    """The connection ended before the answer did."""

    def __init__(self, body: bytes) -> None:
        super().__init__(f"the connection ended after {len(body)} bytes of the answer")
        self.body = body


@dataclass(frozen=True, slots=True)
class Piece:
    """A component as the page holds it."""

    name: str
    id: str
    token: str

    def after(self, reply: Reply) -> Piece:
        """Return the component as an answer leaves it."""
        return replace(self, token=reply.token)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of a refusal; empty for an answer."""
        if self.headers.get("content-type", "").startswith("application/json"):
            return str(json.loads(self.body).get("code", ""))
        return ""

    @property
    def told(self) -> str:
        """What the component says happened."""
        found = _TOLD.search(self.body.decode())
        return found[1] if found else ""

    @property
    def token(self) -> str:
        """The token in the answer's root."""
        found = _TOKEN.search(self.body.decode())
        return found[1] if found else self.headers.get("x-component-state", "")

    @property
    def pid(self) -> int:
        """The process that answered."""
        return int(self.headers["x-served-by"])

    def content(self) -> tuple[Any, ...]:
        """Everything that a client uses of it: what two equal answers share."""
        used = ("x-component", "x-component-state", "hx-trigger", "hx-redirect", "hx-push-url")
        return (self.status, self.body, *(self.headers.get(name) for name in used))


@dataclass(slots=True)
class Visitor:
    """One browser: its cookies, and the pieces of its page."""

    timeout: float = 60
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def mount(self, server: Server, name: str, **params: str) -> Piece:
        """Load a component, and so its token."""
        if not self.csrf:
            self.csrf = str(json.loads(self.request(server, "GET", "/components/_csrf/").body)["csrf"])
        query = f"?{urlencode(params)}" if params else ""
        reply = self.request(server, "GET", f"/components/{name}/{query}", {"HX-Request": "true"})
        assert reply.status == 200, (reply.status, reply.body)
        return Piece(name, reply.headers["x-component"], reply.token)

    def log_in(self, server: Server, name: str) -> None:
        """Become a user."""
        assert self.request(server, "GET", f"/log-in/?name={name}").status == 204
        self.csrf = ""

    def send(
        self,
        server: Server,
        piece: Piece,
        event: str,
        rid: str,
        *,
        retry: bool = False,
        fault: str = "",
        pause: float = 0,
        path: str = "",
        **payload: Any,
    ) -> Reply:
        """Send an event once. Raises Lost if no whole answer comes back."""
        body = {"event": event, "_rid": rid, **payload}
        if piece.token:
            body["_state"] = piece.token
        if retry:
            body["_retry"] = "1"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "HX-Request": "true",
            "X-CSRFToken": self.csrf,
        }
        if piece.id:
            headers["X-Component"] = piece.id
        if fault:
            headers["X-Fault"] = fault
        if pause:
            headers["X-Pause"] = str(pause)
        return self.request(server, "POST", path or f"/components/{piece.name}/", headers, urlencode(body))

    def insist(
        self,
        server: Server,
        piece: Piece,
        event: str,
        rid: str,
        *,
        retry: bool = True,
        seconds: float = 25,
        **payload: Any,
    ) -> Reply:
        """Send an event until it is answered, as the client does after a lost answer, a 409 in_progress or a 503."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                reply = self.send(server, piece, event, rid, retry=retry, **payload)
            except Lost:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
                continue
            if reply.code not in ("in_progress", "unavailable") or time.monotonic() > deadline:
                return reply
            assert int(reply.headers["retry-after"]) >= 1
            time.sleep(0.2)

    def request(
        self, server: Server, method: str, path: str, headers: dict[str, str] | None = None, body: str | None = None
    ) -> Reply:
        """Exchange one request; cookies count as soon as their header is there, as in a browser."""
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=self.timeout)
        sent = {"Connection": "close", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            for line in response.headers.get_all("Set-Cookie") or ():
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            content = response.read()
        except http.client.IncompleteRead as error:
            raise Lost(error.partial) from error
        except (OSError, http.client.HTTPException) as error:
            raise Lost(b"") from error
        finally:
            connection.close()
        return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, content)


def new_rid() -> str:
    """Return a request id as the client makes it."""
    return secrets.token_urlsafe(16)


def new_key() -> str:
    """Return a key to find one test's effects by."""
    return f"k{secrets.token_hex(8)}"
