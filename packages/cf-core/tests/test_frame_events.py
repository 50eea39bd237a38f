"""Events and payloads that a class of the framework takes itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from django.test import RequestFactory

from cf_core import AuthRequired, Component, NotFound
from cf_core.engine.calls import Answer, Call
from cf_core.engine.drivers import run_sync
from cf_core.engine.events import EventHandler
from cf_core.engine.extensions import extensions
from cf_core.engine.lifecycle import perform
from cf_core.engine.ports import Steps
from cf_core.wire import read


class Nobody:
    def has_permission(self, request: Any, component: Component) -> bool:
        return False


class Form(Component, exposes_events=False):
    """What an app would base its components on."""

    _lent_events: ClassVar[Mapping[str, str]] = {"submit": "on_submit"}
    _frame_events: ClassVar[Mapping[str, str]] = {"_check": "_on_check"}
    _takes_payload: ClassVar[bool] = True

    def on_submit(self) -> None:
        self.state["by"] = "base"

    def on_hidden(self) -> None: ...

    def _on_check(self, _field: str = "") -> None:
        self.state["checked"] = _field
        self.errors["name"] = ["Too short."]

    def _take_payload(self, call: Call, handler: EventHandler) -> Steps:
        yield None
        if call.payload.get("bad"):
            self.errors["bad"] = ["Bad."]
            return None
        return {name: call.payload[name] for name in handler.arguments.names if name in call.payload}


class Plain(Form):
    class Renders:
        def render(self, component: Component, context: dict[str, Any]) -> str:
            return "<p></p>"

    renderer = Renders()


class Own(Plain):
    def on_submit(self, name: str = "") -> None:
        self.state["by"] = name


def send(component: type[Component] | Component, event: str, **payload: Any) -> Answer:
    return run_sync(perform(Call(component, event=event, payload=payload, may_mount_for_event=True)))


def test_a_class_of_the_framework_lends_the_events_that_it_names() -> None:
    assert set(Plain.events()) == {"submit"}
    assert send(Plain, "submit").state == {"by": "base"}
    assert send(Own, "submit", name="own").state == {"by": "own"}


def test_a_framework_event_is_found_under_its_own_name_only() -> None:
    assert send(Plain, "_check", _field="name").state == {"checked": "name"}
    for name in ("check", "_on_check", "on_check", "_submit", "__check", "hidden"):
        with pytest.raises(NotFound):
            send(Plain, name)


def test_an_author_s_class_defines_no_framework_event() -> None:
    class Sly(Plain):
        def on__check(self) -> None:
            self.state["sly"] = True

    assert "sly" not in send(Sly, "_check").state


def test_errors_that_a_framework_event_shows_refuse_nothing() -> None:
    answer = send(Plain, "_check")

    assert answer.status == 200
    assert answer.errors == {"name": ["Too short."]}


def test_a_payload_that_is_taken_can_end_the_event() -> None:
    answer = send(Own, "submit", bad=True)

    assert answer.status == 422
    assert answer.state == {}


def test_a_framework_event_asks_permissions_and_no_guard() -> None:
    class Closed(Plain):
        permission_classes = [Nobody]

    asked: list[str | None] = []
    extensions.guards.append(lambda component, call: asked.append(call.event))
    try:
        with pytest.raises(AuthRequired):
            send(Closed, "_check")
        send(Plain, "_check")
        send(Plain, "submit")
    finally:
        extensions.guards.pop()
    assert asked == ["submit"]


def test_a_form_that_is_to_be_taken_once_has_a_request_id() -> None:
    def rid(**fields: str) -> str | None:
        return read(RequestFactory().post("/", {"event": "submit", "_state": "token", **fields})).rid

    assert rid(name="Ada") is None
    assert rid(name="Ada", _once="1") == rid(name="Ada", _once="1") is not None
    assert rid(name="Bo", _once="1") != rid(name="Ada", _once="1") != rid(name="Ada", _once="1", _state="other")
    assert rid(name="Ada", _once="1", _rid="r" * 16) == "r" * 16


def test_only_framework_events_take_fields_that_begin_with_an_underscore() -> None:
    sent = {"name": "Ada", "_field": "name", "_rid": "r" * 16, "csrfmiddlewaretoken": "x"}

    framed = read(RequestFactory().post("/", {**sent, "event": "_check"}))
    other = read(RequestFactory().post("/", {**sent, "event": "submit"}))

    assert framed.payload == {"name": ["Ada"], "_field": ["name"]}
    assert other.payload == {"name": ["Ada"]}
