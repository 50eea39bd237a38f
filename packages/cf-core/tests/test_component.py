"""The class that authors derive from: what it promises, in Python."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pydantic import BaseModel, Field

from cf_core import Component, StateExpired, UnserialisableState, registry
from cf_testing.parity import Shown, show
from tests.components import ran
from tests.permissions import Anyone
from tests.renderers import Inline, Written

EMPTY = Written(lambda component: "<p></p>")


class Counter(Component):
    renderer = Inline("<p>{{ state.count }}</p>")

    def mount(self, initial: int = 0) -> None:
        self.state["count"] = initial

    def on_increment(self, amount: int = 1) -> None:
        self.state["count"] += amount


def test_a_new_instance_has_params_and_is_not_mounted() -> None:
    component = Counter(initial=3, course="x")
    assert component.params == {"initial": 3, "course": "x"}
    assert (component.state, component.errors, component.request) == ({}, {}, None)
    assert component.is_mounted is False


def test_dispatch_mounts_handles_and_renders() -> None:
    result = Counter(initial=3).dispatch("increment", {"amount": "4"})
    assert set(result) == {"html", "state", "component_id", "slots"}
    assert result["state"] == {"count": 7}
    assert result["html"].endswith(">7</p>")
    assert result["slots"] == {}


def test_dispatch_without_an_event_only_renders() -> None:
    component = Counter(initial=3)
    assert component.dispatch()["state"] == component.dispatch()["state"] == {"count": 3}


def test_the_result_is_a_copy_of_the_state() -> None:
    component = Counter()
    before = component.dispatch()["state"]
    component.dispatch("increment")
    assert before == {"count": 0}


def test_the_id_is_the_same_for_life_and_another_for_every_instance() -> None:
    component = Counter()
    assert component.id == component.dispatch()["component_id"] == component.dispatch("increment")["component_id"]
    assert len({Counter().id for _ in range(50)}) == 50


def test_instances_share_nothing() -> None:
    one, other = Counter(), Counter()
    one.state["count"] = 1
    one.errors["a"] = ["x"]
    one.params["p"] = 1
    one.fill_slot if one.slots else None  # noqa: B018
    assert (other.state, other.errors, other.params) == ({}, {}, {})


def test_many_threads_render_their_own_values() -> None:
    wrong: list[str] = []

    def work(number: int) -> None:
        for turn in range(60):
            mine = number * 1_000 + turn
            html = Counter(initial=mine).dispatch("increment")["html"]
            if f">{mine + 1}<" not in html:
                wrong.append(html)

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_user_is_the_requests_else_the_params() -> None:
    request = RequestFactory().get("/")
    component = Counter(user="from params")
    assert component.user == "from params"
    component.request = request
    request.user = "from the request"
    assert component.user == "from the request"
    del request.user
    assert component.user is None


def test_events_tells_what_a_client_may_name() -> None:
    assert dict(Counter.events()) == {"increment": Counter.on_increment}


# -- state


class Grade(BaseModel):
    points: int
    when: dt.date


@dataclass
class Line:
    sku: str
    qty: int


class Everything(Component):
    permission_classes = [Anyone]
    renderer = Inline("<p>{{ state.seen }}</p>")

    def mount(self) -> None:
        self.state.update(
            aware=dt.datetime(2026, 2, 28, 10, tzinfo=dt.UTC),
            naive=dt.datetime(2026, 2, 28, 10),
            price=Decimal("9.90"),
            key=UUID(int=5),
            tags={"b", "a"},
            frozen=frozenset({1}),
            pair=(1, "a"),
            raw=b"\x00\xff",
            answers={1: "B", 2: None},
            line=Line("A", 2),
            grade=Grade(points=3, when=dt.date(2026, 1, 1)),
            nothing=None,
            text="\u00fc \U0001f600 \u2028 </script>",
        )

    def on_look(self) -> None:
        self.state["seen"] = "|".join(f"{name}={value!r}" for name, value in self.state.items() if name != "seen")


@pytest.mark.django_db
def test_state_comes_back_in_type_and_value(register: Any, client: Client) -> None:
    from html import unescape

    register(Everything, "everything")
    shown = show(client, "everything")
    for _ in range(2):
        assert shown.post("look").status_code == 200
    seen = unescape(shown.html.partition(">")[2].removesuffix("</p>"))
    fresh = Everything()
    fresh.mount()
    for part in seen.split("|"):
        name, _, text = part.partition("=")
        assert text in (repr(fresh.state[name]), "{'b', 'a'}", "{'a', 'b'}")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (object(), r"state\['a'\]\['b'\]\[1\].*object"),
        (lambda: 1, r"state\['a'\]\['b'\]\[1\].*function"),
        (Counter, r"state\['a'\]\['b'\]\[1\]"),
        (RequestFactory().get("/"), r"state\['a'\]\['b'\]\[1\].*WSGIRequest"),
        (threading.Lock(), r"state\['a'\]\['b'\]\[1\]"),
        (complex(1, 2), r"state\['a'\]\['b'\]\[1\].*complex"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_travel_is_an_error_with_its_key_path_and_type(value: Any, message: str) -> None:
    class Wrong(Component):
        renderer = EMPTY

        def mount(self) -> None:
            self.state["a"] = {"b": [0, value]}

    with pytest.raises(UnserialisableState, match=message):
        Wrong().dispatch()


def test_a_param_that_cannot_travel_is_an_error_too() -> None:
    with pytest.raises(UnserialisableState, match=r"params\['thing'\].*object"):
        Counter(thing=object()).dispatch()


class Schema(BaseModel):
    count: int = Field(ge=0)


class Typed(Counter):
    permission_classes = [Anyone]
    state_schema = Schema

    def on_set(self, value: Any) -> None:
        self.state["count"] = value


def test_a_state_that_does_not_fit_its_schema_is_not_sealed() -> None:
    component = Typed()
    component.dispatch("set", {"value": 5})
    with pytest.raises(
        UnserialisableState, match=r"The state of Typed, when sealed, does not fit Schema: state\['count'\]"
    ):
        component.dispatch("set", {"value": -1})


@pytest.mark.django_db
def test_a_restored_state_that_does_not_fit_asks_for_a_fresh_render(
    register: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(Typed, "typed")
    shown = show(client, "typed")

    class Stricter(BaseModel):
        count: int
        total: int

    monkeypatch.setattr(Typed, "state_schema", Stricter)
    response = shown.json("increment")
    assert (response.status_code, response.json()["code"]) == (410, "state_expired")
    assert StateExpired.status == 410


@pytest.mark.django_db
def test_hydrate_and_dehydrate_may_translate(register: Any, client: Client) -> None:
    class Compact(Component):
        permission_classes = [Anyone]
        renderer = Inline("<p>{{ state.names|join:',' }}</p>")

        def mount(self) -> None:
            self.state["names"] = ["a", "b"]

        def dehydrate(self) -> dict[str, Any]:
            return {"n": ",".join(self.state["names"])}

        def hydrate(self, state: dict[str, Any]) -> None:
            self.state = {"names": state["n"].split(",")}

        def on_add(self, name: str) -> None:
            self.state["names"].append(name)

    register(Compact, "compact")
    shown = show(client, "compact")
    shown.post("add", name="c")
    shown.post("add", name="d")
    assert shown.html.endswith(">a,b,c,d</p>")


@pytest.mark.django_db
def test_the_lifecycle_calls_in_order_and_each_once(register: Any, client: Client) -> None:
    class Traced(Component):
        permission_classes = [Anyone]
        renderer = EMPTY

        def mount(self) -> None:
            ran.append("mount")

        def hydrate(self, state: dict[str, Any]) -> None:
            ran.append("hydrate")
            super().hydrate(state)

        def dehydrate(self) -> dict[str, Any]:
            ran.append("dehydrate")
            return super().dehydrate()

        def before_render(self) -> None:
            ran.append("before_render")

        def get_context(self) -> dict[str, Any]:
            ran.append("get_context")
            return {}

        def on_go(self) -> None:
            ran.append("go")

    register(Traced, "traced")
    shown = show(client, "traced")
    assert ran == ["mount", "before_render", "get_context", "dehydrate"]
    ran.clear()
    shown.post("go")
    assert ran == ["hydrate", "go", "before_render", "get_context", "dehydrate"]


# -- optimistic patches


class Liked(Component):
    permission_classes = [Anyone]
    renderer = Inline("<p>{{ state.likes }}</p>")

    def mount(self) -> None:
        self.state["likes"] = 0

    def on_like(self, by: int = 1) -> None:
        self.state["likes"] += by

    def get_optimistic_patch(self, event: str, payload: dict[str, Any]) -> dict[str, Any] | None:
        ran.append(f"{event} {payload}")
        return {"likes": self.state["likes"] + payload.get("by", 1)} if event == "like" else None


def test_dispatch_has_the_patch_where_there_is_one() -> None:
    result = Liked().dispatch("like", {"by": "2"})
    assert result["optimistic"] == {"likes": 2}
    assert result["state"] == {"likes": 2}
    assert ran == ["like {'by': 2}"]
    assert "optimistic" not in Counter().dispatch("increment")
    assert "optimistic" not in Liked().dispatch()


@pytest.mark.django_db
def test_json_answers_have_the_patch_and_htmx_answers_do_not_ask_for_it(register: Any, client: Client) -> None:
    register(Liked, "liked")
    shown = show(client, "liked")
    assert shown.json("like").json()["optimistic"] == {"likes": 1}
    ran.clear()
    shown.post("like")
    assert ran == []


# -- requests and children of classes


@pytest.mark.django_db
def test_the_request_is_there_in_every_step(register: Any, client: Client) -> None:
    class Asks(Component):
        renderer = Inline("<p>{{ request.method }}</p>")

        class Looks:
            def has_permission(self, request: HttpRequest, component: Any) -> bool:
                ran.append(f"policy {request.method}")
                return component.request is request

        permission_classes = [Looks]

        def mount(self) -> None:
            ran.append(f"mount {self.request.method}")

        def on_go(self) -> None:
            ran.append(f"go {self.request.method} {self.request.META['HTTP_X_COMPONENT'] == self.id}")

    register(Asks, "asks")
    shown = show(client, "asks")
    shown.post("go")
    assert ran == ["policy GET", "mount GET", "policy POST", "go POST True"]
    assert ">POST<" in shown.html


@pytest.mark.django_db
def test_a_subclass_of_a_registered_class_is_a_component_of_its_own(register: Any, client: Client) -> None:
    register(Typed, "typed")

    class Other(Typed):
        def on_increment(self, amount: int = 1) -> None:
            self.state["count"] += 100

    register(Other, "other")
    assert Typed.component_name == "typed"
    assert Other.component_name == "other"
    first, second = show(client, "typed"), show(client, "other")
    first.post("increment")
    second.post("increment")
    assert ">1<" in first.html
    assert ">100<" in second.html
    assert registry.get("typed") is Typed


def test_mount_may_be_left_out_and_may_take_nothing() -> None:
    class Still(Component):
        renderer = EMPTY

    assert Still(whatever=1).dispatch()["state"] == {}


@pytest.mark.django_db
def test_a_component_rendered_in_python_goes_on_over_http(register: Any, client: Client) -> None:
    register(Typed, "typed")
    html = Typed(initial=5).dispatch("increment")["html"]
    shown = Shown(client, "typed", html)
    assert shown.post("increment").status_code == 200
    assert ">7<" in shown.html
