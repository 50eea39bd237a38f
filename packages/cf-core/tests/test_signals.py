"""Those who measure: signals and observers around the stages, and the line that every event leaves in the log."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client

from cf_core import Component, Forbidden, extensions
from cf_core.signals import component_event, component_mounted, component_rendered
from cf_testing.parity import new_rid, show
from tests.components import Counter, Ledger
from tests.models import Item
from tests.permissions import Staff
from tests.renderers import Inline

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Any:
    """What the signals say, in order."""
    said: list[dict[str, Any]] = []

    def listen(signal: Any, sender: Any, **told: Any) -> None:
        said.append({"sender": sender, **told})

    for signal in (component_mounted, component_event, component_rendered):
        signal.connect(listen)
    yield said
    for signal in (component_mounted, component_event, component_rendered):
        signal.disconnect(listen)


def test_signals_tell_of_mount_event_and_render(client: Client, heard: list[dict[str, Any]]) -> None:
    shown = show(client, "counter")
    shown.post("increment", amount="2")
    assert [(told["sender"], told["stage"], told["event"]) for told in heard] == [
        (Counter, "mount", None),
        (Counter, "render", None),
        (Counter, "hydrate", "increment"),
        (Counter, "event", "increment"),
        (Counter, "render", "increment"),
    ]
    for told in heard:
        assert told["component"].id == shown.id
        assert 0 <= told["seconds"] < 60
        assert told["queries"] == 0
        assert told["error"] is None


def test_signals_count_the_queries_of_each_stage(client: Client, register: Any, heard: list[dict[str, Any]]) -> None:
    class Reads(Component):
        permission_classes: Any = []
        renderer = Inline("<p>{{ component.rows }}</p>")

        def on_read(self) -> None:
            list(Item.objects.all())
            Item.objects.count()

        def rows(self) -> int:
            return Item.objects.count()

    register(Reads, "reads")
    shown = show(client, "reads")
    heard.clear()
    shown.post("read")
    assert [(told["stage"], told["queries"]) for told in heard] == [("hydrate", 0), ("event", 2), ("render", 1)]


def test_signals_tell_of_what_failed(client: Client, heard: list[dict[str, Any]]) -> None:
    shown = show(client, "ledger")
    heard.clear()
    assert shown.post("fail", name="x").status_code == 500
    assert [(told["sender"], told["stage"]) for told in heard] == [(Ledger, "hydrate"), (Ledger, "event")]
    assert isinstance(heard[1]["error"], RuntimeError)
    heard.clear()
    assert shown.post("break_template", name="x").status_code == 500
    assert [(told["stage"], type(told["error"])) for told in heard][-1] == ("render", RuntimeError)


def test_a_receiver_that_fails_changes_nothing(client: Client) -> None:
    def fails(**told: Any) -> None:
        raise LookupError("receiver")

    component_event.connect(fails)
    try:
        assert show(client, "counter").post("increment").status_code == 200
    finally:
        component_event.disconnect(fails)


def test_a_receiver_may_listen_to_one_class(client: Client) -> None:
    told: list[Any] = []

    def listen(sender: Any, **more: Any) -> None:
        told.append(sender)

    component_event.connect(listen, sender=Counter)
    try:
        show(client, "counter").post("increment")
        show(client, "ledger").post("write", name="x")
    finally:
        component_event.disconnect(listen)
    assert told == [Counter]


def test_observers_hear_before_and_after_each_stage(client: Client) -> None:
    class Observer:
        def __init__(self) -> None:
            self.heard: list[Any] = []

        def began(self, stage: str, component: Component, event: str | None) -> None:
            self.heard.append(f"begin {stage}")

        def ended(self, span: Any) -> None:
            self.heard.append(f"end {span.stage}")

    observer = Observer()
    extensions.observers.append(observer)
    try:
        show(client, "counter").post("increment")
    finally:
        extensions.observers.remove(observer)
    stages = ["mount", "render", "hydrate", "event", "render"]
    assert observer.heard == [f"{when} {stage}" for stage in stages for when in ("begin", "end")]


def test_guards_stand_before_every_event_and_may_refuse(client: Client) -> None:
    asked: list[Any] = []

    async def guard(component: Component, call: Any) -> None:
        asked.append(call.event)
        if len(asked) > 1:
            raise Forbidden("not again", message="Not again", code="closed")

    extensions.guards.append(guard)
    try:
        shown = show(client, "counter")
        assert shown.post("increment").status_code == 200
        response = shown.post("increment")
    finally:
        extensions.guards.remove(guard)
    assert asked == ["increment"] * 2
    assert (response.status_code, response.json()) == (403, {"error": "Not again", "code": "closed"})


def test_a_guard_is_not_asked_for_a_repeated_request_nor_by_the_framework_itself(client: Client) -> None:
    asked: list[Any] = []
    guard = lambda component, call: asked.append(call.event)  # noqa: E731
    extensions.guards.append(guard)
    try:
        shown = show(client, "counter", lazy=True)
        shown.post("_lazy")
        token, rid = shown.token, new_rid()
        for _ in range(2):
            shown.post("increment", _state=token, _rid=rid)
    finally:
        extensions.guards.remove(guard)
    assert asked == ["increment"]


def test_render_guards_stand_before_whatever_is_shown_without_an_event(client: Client) -> None:
    asked: list[Any] = []

    async def guard(component: Component, call: Any) -> None:
        asked.append((call.event, bool(call.token)))
        if len(asked) > 4:
            raise Forbidden("not again", message="Not again", code="closed")

    extensions.render_guards.append(guard)
    try:
        shown = show(client, "counter", lazy=True)
        assert asked == [], "the placeholder of a lazy component shows nothing"
        shown.post("_lazy")
        shown.post("increment")
        shown.post("_lazy")
        show(client, "counter")
        assert shown.post().status_code == 200
        response = shown.post()
    finally:
        extensions.render_guards.remove(guard)
    assert asked == [("_lazy", True), ("_lazy", True), (None, False), (None, True), (None, True)]
    assert (response.status_code, response.json()) == (403, {"error": "Not again", "code": "closed"})


def test_a_loader_may_stand_in_for_mount(client: Client) -> None:
    async def loader(component: Component, call: Any) -> bool:
        component.state["count"] = 99
        return True

    extensions.loaders.append(loader)
    try:
        assert "<b>99</b>" in show(client, "counter", initial=3).html
    finally:
        extensions.loaders.remove(loader)


# -- the log


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.INFO, "cf_core.events")

    def found() -> list[logging.LogRecord]:
        return [record for record in caplog.records if record.name == "cf_core.events"]

    return found


def test_every_event_leaves_one_line(client: Client, lines: Any, ann: Any) -> None:
    client.force_login(ann)
    shown = show(client, "ledger")
    assert lines() == []
    rid = new_rid()
    shown.post("write", name="row", _rid=rid)
    (record,) = lines()
    told = record.cf_event
    assert told.pop("ms") >= 0
    assert told.pop("queries") >= 1
    assert told == {
        "component": "ledger",
        "event": "write",
        "outcome": 200,
        "user": str(ann.pk),
        "rid": rid,
    }
    assert record.getMessage().startswith("component=ledger event=write outcome=200 ms=")


@pytest.mark.parametrize(
    ("event", "fields", "outcome"),
    [
        ("refuse", {"name": "x"}, 422),
        ("write", {}, "invalid"),
        ("nothing", {}, "not_found"),
        ("fail", {"name": "x"}, "RuntimeError"),
        ("grow", {"name": "x"}, "too_large"),
    ],
)
def test_the_line_says_how_it_ended(
    client: Client, lines: Any, event: str, fields: dict[str, str], outcome: Any
) -> None:
    show(client, "ledger").post(event, **fields)
    (record,) = lines()
    assert record.cf_event["outcome"] == outcome
    assert record.cf_event["user"] is None


def test_the_line_holds_no_state_and_no_payload(client: Client, lines: Any) -> None:
    shown = show(client, "ledger")
    shown.post("write", name="hunter2-canary")
    shown.json("write", {"name": 5, "password": "hunter2-canary"})
    assert len(lines()) == 2
    for record in lines():
        assert "hunter2" not in record.getMessage()
        assert "hunter2" not in repr(record.__dict__)


def test_renders_leave_no_line(client: Client, lines: Any) -> None:
    show(client, "counter")
    client.get("/components/counter/", headers={"HX-Request": "true"})
    assert lines() == []


def test_dispatch_in_python_leaves_a_line_too(lines: Any) -> None:
    Counter().dispatch("increment")
    (record,) = lines()
    assert (record.cf_event["component"], record.cf_event["outcome"]) == ("counter", 200)


def test_a_refused_event_is_logged_at_info(register: Any, client_of: Any, ann: Any, caplog: Any) -> None:
    class Closed(Counter):
        permission_classes = [Staff]

    register(Closed, "closed")
    with caplog.at_level(logging.INFO):
        client_of(ann).get("/components/closed/", headers={"HX-Request": "true"})
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_an_incident_is_logged_once_with_its_traceback_and_id(client: Client, caplog: Any) -> None:
    shown = show(client, "ledger")
    with caplog.at_level(logging.WARNING):
        incident = shown.json("fail", {"name": "x"}).json()["incident"]
    (record,) = caplog.records
    assert incident in record.getMessage()
    assert record.exc_info
    assert "hunter2-canary" in caplog.text
