"""A server without Django that speaks the wire format, forgets nothing and can be told to misbehave.

It keeps no state of components: all of it travels in the token, so that every lost, repeated or overtaken
event shows in what the page says in the end. What it does keep is a memory of request ids, as the real
server does, and a record of everything that arrived and of every effect.
"""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import cf_core

from .components import COMPONENTS, Reply, render_page, root

STATIC = Path(cf_core.__file__).parent / "static"
TYPES = {".js": "text/javascript", ".css": "text/css"}


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next requests of an event, in the order in which the faults were added."""

    event: str | None = None
    times: int = 1
    delay: float = 0.0
    drop: str = ""
    """`before` or `after` the event is applied, or `during` the answer."""
    status: int = 0
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    spares_repeats: bool = False
    """Whether what the script marks as a repeat goes through; how often the browser itself sends again is its own."""


@dataclass(slots=True)
class Arrival:
    """One POST as it came in."""

    event: str
    rid: str
    is_retry: bool
    fields: dict[str, list[str]]
    headers: dict[str, str]
    path: str
    at: float


class Stub:
    """The server and what the tests ask of it."""

    def __init__(self) -> None:
        self.script = "component-client.min.js"
        self.htmx_first = False
        self.csrf = "csrf-1"
        self.page_csrf: str | None = None
        self.is_logged_out = False
        self.faults: list[Fault] = []
        self.arrivals: list[Arrival] = []
        self.effects: list[tuple[str, str]] = []
        """(request id, event) of everything that was applied."""
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.running: set[str] = set()
        self.expired: set[str] = set()
        """Ids whose tokens the server no longer takes."""
        self.expiry: tuple[int, str] = (410, "state_expired")
        self.page_gets = 0
        self.pages: dict[str, Callable[[], str]] = {}
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def page(self, path: str, body: str) -> str:
        """Serve a page and return its address; `body` may hold `{name}` for a fresh component of that name."""
        self.pages[path] = lambda: render_page(
            body, script=self.script, csrf=self.page_csrf or self.csrf, htmx_first=self.htmx_first
        )
        return self.url + path

    def fault(self, event: str | None = None, **what: Any) -> None:
        """Let something go wrong."""
        self.faults.append(Fault(event, **what))

    def events(self) -> list[str]:
        """Return the names of the events that were applied, in order."""
        return [event for _, event in self.effects]

    def take_fault(self, event: str, *, is_repeat: bool = False) -> Fault | None:
        """Return what goes wrong with this request, if anything."""
        for fault in self.faults:
            if fault.event in (None, event) and not (is_repeat and fault.spares_repeats):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None


def read_token(token: str) -> dict[str, Any]:
    """Return what a token says."""
    return json.loads(base64.urlsafe_b64decode(token.removeprefix("cf1.").replace(".", "=")))


def _handler(stub: Stub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: Any) -> None:
            pass

        def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            # In one write: two would wait for each other's acknowledgement.
            headers = {"Content-Length": str(len(body)), **headers}
            lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers.items())]
            self.wfile.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

        def hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path.startswith("/static/"):
                file = STATIC / path.removeprefix("/static/")
                return self.reply(200, file.read_bytes(), {"Content-Type": TYPES[file.suffix]})
            if path == "/components/_csrf/":
                return self.json(200, {"csrf": stub.csrf}, {"Cache-Control": "no-store"})
            if path == "/favicon.ico":
                return self.reply(204, b"", {})
            if path in stub.pages:
                fault = stub.take_fault("GET")
                if fault and fault.drop:
                    return self.hang_up()
                stub.page_gets += 1
                text, headers = stub.pages[path]()
                return self.reply(fault.status if fault else 200, text.encode(), headers)
            return self.reply(404, b"", {})

        def json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
            self.reply(status, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fields = self.fields(body)
            event = (fields.get("_event") or fields.get("event") or [""])[-1]
            rid = fields.get("_rid", [""])[-1]
            arrival = Arrival(
                event, rid, fields.get("_retry") == ["1"], fields, dict(self.headers), self.path, time.monotonic()
            )
            with stub.lock:
                stub.arrivals.append(arrival)
                fault = stub.take_fault(event, is_repeat=arrival.is_retry) or Fault()
            time.sleep(fault.delay)
            if fault.drop == "before":
                return self.hang_up()
            if fault.status:
                if fault.body is None:
                    return self.reply(fault.status, fault.text.encode(), {"Content-Type": "text/html", **fault.headers})
                return self.json(fault.status, fault.body, fault.headers)
            if self.headers.get("X-CSRFToken") != stub.csrf:
                return self.json(403, {"error": "CSRF refused", "code": "csrf_failed"})
            with stub.lock:
                if rid in stub.running:
                    return self.json(409, {"error": "Busy", "code": "in_progress"}, {"Retry-After": "1"})
                stub.running.add(rid)
            try:
                answer = stub.answers.get(rid) or self.apply(event, rid, fields)
            finally:
                stub.running.discard(rid)
            if answer[0] < 500 and answer[0] not in (400, 410):
                stub.answers[rid] = answer
            if fault.drop == "after":
                return self.hang_up()
            status, headers, content = answer
            if fault.drop == "during":
                self.reply(status, content, headers | {"Content-Length": "999999"})
                return self.hang_up()
            return self.reply(status, content, headers)

        def fields(self, body: bytes) -> dict[str, list[str]]:
            kind = self.headers["Content-Type"]
            if not kind.startswith("multipart/"):
                return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=1000)
            found: dict[str, list[str]] = {}
            for part in body.split(b"--" + kind.partition("boundary=")[2].encode())[1:-1]:
                head, _, value = part.partition(b"\r\n\r\n")
                name = head.split(b'name="')[1].split(b'"')[0].decode()
                found.setdefault(name, []).append(value.removesuffix(b"\r\n").decode())
            return found

        def apply(self, event: str, rid: str, fields: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
            token = read_token(fields["_state"][-1])
            refused = {"Content-Type": "application/json"}
            if self.headers["X-Component"] != token["id"]:
                return 400, refused, b'{"error": "Wrong component", "code": "state_invalid"}'
            if token["id"] in stub.expired:
                status, code = stub.expiry
                return status, refused, json.dumps({"error": "Too old", "code": code}).encode()
            component = COMPONENTS[token["name"]]
            payload = {name: values for name, values in fields.items() if name[0] != "_" and name != "event"}
            if "payload" in payload:
                payload |= {name: [value] for name, value in json.loads(payload.pop("payload")[-1]).items()}
            reply = component.handle(token["state"], event, payload) or Reply()
            stub.effects.append((rid, event))
            html, sealed = root(token["name"], token["id"], token["state"], token["children"], reply)
            headers = {"X-Component": token["id"], "Cache-Control": "no-store", **reply.headers}
            if reply.trigger:
                headers["HX-Trigger"] = json.dumps(reply.trigger)
            if reply.status == 204:
                return 204, headers | {"X-Component-State": sealed}, b""
            return reply.status, headers | {"Content-Type": "text/html; charset=utf-8"}, f"<!-- -->\n{html}\n".encode()

    return Handler
