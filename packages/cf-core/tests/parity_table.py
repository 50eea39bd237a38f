"""The rows of cf-core in the parity matrix: the table of errors of the design, from top to bottom."""

from __future__ import annotations

import json
import types
from dataclasses import replace
from typing import Any

from django.core.cache import cache

from cf_core import Component, registry
from cf_core.host import DjangoHost
from cf_testing.parity import CALLS, WITHOUT_TOKEN, Ask, Table, World, issue, new_rid, send_call
from tests.components import ran, witness
from tests.permissions import Anyone
from tests.renderers import Inline

TABLE = Table(good=("counter", "increment"), witness=witness)
refusal = TABLE.refusal
LOGIN = {"login_url": "/log-in/"}


# -- 401, 403


@refusal("nobody asks a component for users", 401, "auth_required", body=LOGIN)
def _(world: World) -> Ask:
    return world.ask("members", "touch", world.nobody)


@refusal("nobody asks a component for staff", 401, "auth_required", body=LOGIN)
def _(world: World) -> Ask:
    return world.ask("staff", "touch", world.nobody)


@refusal("a user's token, asked by nobody", 401, "auth_required", by=CALLS, body=LOGIN)
def _(world: World) -> Ask:
    return replace(world.ask("counter", "increment", world.ann), client=world.nobody)


@refusal("a user asks a component for staff", 403, "forbidden", body={"error": "Staff access required"})
def _(world: World) -> Ask:
    return world.ask("staff", "touch")


@refusal("another's object", 403, "forbidden", body={"error": "This belongs to somebody else"})
def _(world: World) -> Ask:
    return world.ask("owned", "touch", params={"owner": world.users["bob"].pk})


@refusal("the handler itself refuses", 403, "forbidden", may_run=True)
def _(world: World) -> Ask:
    return failing("PermissionDenied")(world)


# -- 404


@refusal("no such event", 404, "not_found", body={"error": "Not found"})
def _(world: World) -> Ask:
    return world.ask("counter", "explode")


@refusal("a method that is no event", 404, "not_found")
def _(world: World) -> Ask:
    return world.ask("counter", "mount")


@refusal("a name with two underscores", 404, "not_found")
def _(world: World) -> Ask:
    return world.ask("counter", "__init__")


@refusal("an event that is a line feed", 404, "not_found")
def _(world: World) -> Ask:
    return world.ask("counter", "increment\r\n2026-01-01 forged log line")


@refusal("an event of 100,000 characters", 404, "not_found")
def _(world: World) -> Ask:
    return world.ask("counter", "x" * 100_000)


@refusal("no such component", 404, "not_found", by=CALLS)
def _(world: World) -> Ask:
    ask = world.ask("counter", "increment")
    return replace(ask, component="no-such-component")


@refusal("an object that is gone", 404, "not_found", may_run=True)
def _(world: World) -> Ask:
    return failing("ObjectDoesNotExist")(world)


@refusal("Http404 of a handler", 404, "not_found", may_run=True)
def _(world: World) -> Ask:
    return failing("Http404")(world)


@refusal("a mount that the generic endpoint does not open", 404, "not_found", by=CALLS)
def _(world: World) -> Ask:
    return replace(world.ask("placed", None), event=None, token=None, component_id=None, rid=None)


# -- 400


@refusal("no token", 400, "state_invalid", by=CALLS)
def _(world: World) -> Ask:
    return replace(world.ask("counter", "increment"), token=None)


@refusal("an altered token", 400, "state_invalid", by=CALLS)
def _(world: World) -> Ask:
    ask = world.ask("counter", "increment")
    assert ask.token is not None
    return replace(ask, token=ask.token[:-1] + ("A" if ask.token[-1] != "A" else "B"))


@refusal("another component's token", 400, "state_invalid", by=CALLS)
def _(world: World) -> Ask:
    ask = world.ask("counter", "increment")
    return replace(ask, token=issue(world.ann, "placed").token, component_id=None)


@refusal("another instance's token", 400, "state_invalid", by=CALLS)
def _(world: World) -> Ask:
    return replace(world.ask("counter", "increment"), component_id=issue(world.ann, "counter").component_id)


@refusal("another user's token", 400, "state_invalid", by=CALLS)
def _(world: World) -> Ask:
    return replace(world.ask("counter", "increment", world.bob), client=world.ann)


@refusal("a request id that is none", 400, "malformed", by=CALLS)
def _(world: World) -> Ask:
    return world.ask("counter", "increment", rid="short")


@refusal("a request id with a line feed", 400, "malformed", by=CALLS)
def _(world: World) -> Ask:
    return world.ask("counter", "increment", rid="r" * 20 + "\r\nforged log line")


@refusal("params that are not public", 400, "malformed", by=("json",))
def _(world: World) -> Ask:
    return replace(world.ask("counter", "increment"), params={"user_id": 1})


def body_of(**more: Any) -> bytes:
    return json.dumps({"event": "increment", **more}).encode()


for _name, _raw in {
    "not JSON": b"event=increment",
    "half of JSON": b'{"event": "increment"',
    "a JSON list": b"[]",
    "a JSON number": b"5",
    "a JSON null": b"null",
    "an unknown key": body_of(kwargs={}),
    "a component id in the body": body_of(component_id="c1"),
    "a user in the body": body_of(user=1),
    "an event that is a number": json.dumps({"event": 5}).encode(),
    "an event that is a list": json.dumps({"event": ["increment"]}).encode(),
    "a payload that is a list": body_of(payload=[1]),
    "a payload that is a text": body_of(payload="amount=1"),
    "params that are a list": body_of(params=["initial"]),
    "a request id that is a number": body_of(rid=1234567890123456),
    "a key twice": b'{"event": "increment", "event": "increment"}',
    "a nested key twice": b'{"event": "increment", "payload": {"amount": 1, "amount": 2}}',
    "NaN": b'{"event": "increment", "payload": {"amount": NaN}}',
    "Infinity": b'{"event": "increment", "payload": {"amount": -Infinity}}',
    "a number beyond floats": b'{"event": "increment", "payload": {"amount": 1e999}}',
    "an integer beyond browsers": b'{"event": "increment", "payload": {"amount": 9007199254740993}}',
    "an integer of 5,000 digits": b'{"event": "increment", "payload": {"amount": %s}}' % (b"9" * 5_000),
    "a NUL": b'{"event": "increment", "payload": {"amount": "\\u0000"}}',
    "half a character": b'{"event": "increment", "payload": {"amount": "\\ud800"}}',
    "half a character as a key": b'{"event": "increment", "payload": {"\\udfff": 1}}',
    "no UTF-8": b'{"event": "increment", "payload": {"amount": "\xff"}}',
    "21 levels": b'{"event": "increment", "payload": {"a": ' + b"[" * 19 + b"]" * 19 + b"}}",
    "100,000 levels": b"[" * 100_000 + b"]" * 100_000,
    "100,000 open levels": b'{"a":' * 100_000,
    "2,001 values": body_of(payload={"amount": [0] * 2_000}),
    "501 keys": body_of(payload={f"k{i}": 0 for i in range(501)}),
    "nothing but a space": b" ",
}.items():

    @refusal(f"a JSON body: {_name}", 400, "malformed", by=("json",))
    def _(world: World, raw: bytes = _raw) -> Ask:
        return Ask(world.ann, "counter", "increment", raw=raw)


@refusal("a form field with a NUL", 400, "malformed", by=("form", "asgi"))
def _(world: World) -> Ask:
    return world.ask("counter", "increment", payload={"amount": "1\x00"})


@refusal("too many form fields", 400, "malformed", by=("form",), may_alarm=1)
def _(world: World) -> Ask:
    return replace(world.ask("counter", "increment"), raw=b"&".join(b"f%d=1" % i for i in range(1_200)))


@refusal("a payload field of JSON that is none", 400, "malformed", by=("form", "asgi"))
def _(world: World) -> Ask:
    return world.ask("counter", "increment", payload={"payload": "{broken"})


# -- 410


@refusal("a visitor's token after the log-in", 410, "state_expired", by=CALLS)
def _(world: World) -> Ask:
    return replace(world.ask("counter", "increment", world.nobody), client=world.ann)


@refusal("a token from before the password changed", 410, "state_expired", by=CALLS)
def _(world: World) -> Ask:
    ask = world.ask("counter", "increment")
    user = world.users["ann"]
    user.set_password("another")
    user.save()
    world.ann.force_login(user)
    return ask


@refusal("a token of a retired key", 410, "state_expired", by=CALLS)
def _(world: World) -> Ask:
    world.settings.SECRET_KEY = "a-new-key-for-this-project"
    ask = world.ask("counter", "increment", world.nobody)
    world.settings.SECRET_KEY = "another-new-key-for-this-project"
    return ask


@refusal("a token that is too old", 410, "state_expired", by=CALLS)
def _(world: World) -> Ask:
    return at_another_time(world, 86_402)


@refusal("a token from the future", 410, "state_expired", by=CALLS, may_alarm=1)
def _(world: World) -> Ask:
    return at_another_time(world, -32)


@refusal("a state of a version past migrating", 410, "state_expired", by=CALLS)
def _(world: World) -> Ask:
    ask = world.ask("counter", "increment")
    world.monkeypatch.setattr(registry.get("counter"), "state_version", 2)
    return ask


@refusal("locked fields that are gone", 410, "state_expired", by=CALLS)
def _(world: World) -> Ask:
    world.register(Locked, "locked")
    ask = world.ask("locked", "touch")
    cache.clear()
    return ask


@refusal("a state that the cache has lost", 410, "state_expired", by=CALLS)
def _(world: World) -> Ask:
    world.register(OnServer, "onserver")
    ask = world.ask("onserver", "touch")
    cache.clear()
    return ask


# -- 409


@refusal("a request that is being processed", 409, "in_progress", by=CALLS, body={"retry_after": 1})
def _(world: World) -> Ask:
    world.monkeypatch.setattr("cf_core.records._WAITS", (0.001,))
    ask = world.ask("counter", "increment")
    claim_first(world, ask)
    return ask


@refusal("a constraint of the database", 409, "state_conflict", may_run=True)
def _(world: World) -> Ask:
    return failing("IntegrityError")(world)


# -- 413, 415


@refusal("a body above the limit", 413, "too_large", by=("json", "form"), body={"limit": 1_048_576})
def _(world: World) -> Ask:
    return replace(world.ask("counter", "increment"), raw=b"x" * 1_048_577)


@refusal("a body of 10 MB", 413, "too_large", by=("json", "form"))
def _(world: World) -> Ask:
    return replace(world.ask("counter", "increment"), raw=b"x" * 10_000_000)


@refusal("a state above the limit", 413, "too_large", may_run=True, body={"limit": 524_288})
def _(world: World) -> Ask:
    return world.ask("ledger", "grow", payload={"name": "half"})


for _kind in ("text/plain", "text/plain; charset=utf-8", "application/xml", "image/png", "application/json-patch+json"):

    @refusal(f"a body of {_kind}", 415, "media_type", by=("json", "form"))
    def _(world: World, kind: str = _kind) -> Ask:
        return Ask(world.ann, "counter", "increment", raw=body_of(), content_type=kind)


# -- 422


@refusal("an argument of another type", 422, "invalid")
def _(world: World) -> Ask:
    return world.ask("counter", "increment", payload={"amount": "many"})


@refusal("a missing argument", 422, "invalid", body={"errors": {"name": ["Field required"]}})
def _(world: World) -> Ask:
    return world.ask("ledger", "write")


@refusal("a bool for a number", 422, "invalid", by=("json", "call", "async call", *WITHOUT_TOKEN))
def _(world: World) -> Ask:
    return world.ask("counter", "increment", payload={"amount": True})


@refusal(
    "an argument that the handler does not have",
    422,
    "invalid",
    # A form is sent with its neighbours: what is not declared is dropped there (design, section 3).
    but={"form": (200, None), "asgi": (200, None)},
)
def _(world: World) -> Ask:
    return world.ask("counter", "increment", payload={"colour": "red"})


@refusal("an argument named self", 422, "invalid", but={"form": (200, None), "asgi": (200, None)})
def _(world: World) -> Ask:
    return world.ask("counter", "increment", payload={"self": "x"})


@refusal("a request id that was used for another payload", 422, "invalid", by=CALLS)
def _(world: World) -> Ask:
    shown = world.show("counter")
    rid, token = new_rid(), shown.token
    assert shown.json("increment", {"amount": 1}, rid=rid).status_code == 200
    return Ask(world.ann, "counter", "increment", {"amount": "2"}, token, shown.id, rid)


@refusal(
    "a validation error of Django", 422, "invalid", may_run=True, body={"errors": {"__all__": ["Choose another name"]}}
)
def _(world: World) -> Ask:
    return failing("ValidationError")(world)


# -- 500, 503


def failing(how: str) -> Any:
    """Return what asks the ledger to write a row and then to fail."""

    def arrange(world: World) -> Ask:
        return world.ask("ledger", "fail", payload={"name": "half", "how": how})

    return arrange


for _how in ("RuntimeError", "TypeError", "KeyError"):
    refusal(f"a handler that raises {_how}", 500, "internal", may_run=True, may_alarm=1)(failing(_how))


for _event in ("break_template", "render_two_roots", "break_sealing"):

    @refusal(f"a failure after the handler: {_event}", 500, "internal", may_run=True, may_alarm=1)
    def _(world: World, event: str = _event) -> Ask:
        return world.ask("ledger", event, payload={"name": "half"})


for _how in ("OperationalError", "ConnectionError"):
    refusal(f"a handler that meets a {_how}", 503, "unavailable", may_run=True, may_alarm=1)(failing(_how))


@refusal("no cache for the answers of a component without transactions", 503, "unavailable", by=CALLS)
def _(world: World) -> Ask:
    world.register(NotAtomic, "notatomic")
    ask = world.ask("notatomic", "touch")
    world.settings.CF_CORE = {"ANSWER_CACHE": "down"}
    # The outage is told once, and that is now.
    send_call(ask)
    return ask


@refusal("no cache for the state", 503, "unavailable", by=CALLS, may_alarm=1)
def _(world: World) -> Ask:
    world.register(OnServer, "onserver")
    ask = world.ask("onserver", "touch")
    world.settings.CF_CORE = {"STATE_CACHE": "down"}
    return ask


class Locked(Component):
    permission_classes = [Anyone]
    locked_fields = ["price"]
    renderer = Inline("<p></p>")

    def mount(self) -> None:
        self.state["price"] = 100

    def on_touch(self) -> None:
        ran.append("locked.touch")


class OnServer(Component):
    permission_classes = [Anyone]
    state_store = "cache"
    renderer = Inline("<p>{{ state.n }}</p>")

    def mount(self) -> None:
        self.state["n"] = 0

    def on_touch(self) -> None:
        ran.append("onserver.touch")
        self.state["n"] += 1


class NotAtomic(Component):
    permission_classes = [Anyone]
    atomic = False
    renderer = Inline("<p></p>")

    def on_touch(self) -> None:
        ran.append("notatomic.touch")


def at_another_time(world: World, seconds: float) -> Ask:
    """Return an event whose token was made `seconds` ago."""
    import time

    then = time.time() - seconds
    with world.monkeypatch.context() as patched:
        patched.setattr("cf_core.tokens.time", types.SimpleNamespace(time=lambda: then))
        return world.ask("counter", "increment")


def claim_first(world: World, ask: Ask) -> None:
    """Leave the request id as a server does that is still at it."""
    with world.monkeypatch.context() as patched:
        patched.setattr(DjangoHost, "remember", staticmethod(lambda *given: None))
        assert send_call(ask).status == 200
