"""What another app may do to component classes and in the place of mount."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from cf_core import Component
from cf_core.engine.calls import Call
from cf_core.engine.classhooks import component_classes, hook_classes
from cf_core.engine.drivers import run_async
from cf_core.engine.extensions import extensions
from cf_core.engine.lifecycle import perform
from cf_core.engine.ports import Pause
from cf_core.views import ComponentView
from cf_testing.parity import show
from tests.components import Counter, ForStaff


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    hooks, loaders = list(extensions.class_hooks), list(extensions.loaders)
    yield
    extensions.class_hooks[:], extensions.loaders[:] = hooks, loaders


def test_a_hook_is_given_the_classes_that_there_are_and_those_that_come() -> None:
    seen: list[type[Component]] = []

    hook_classes(seen.append)

    assert Counter in seen
    assert ForStaff in seen
    assert Component not in seen
    assert len(seen) == len(set(seen))

    class Later(Counter):
        pass

    assert seen[-1] is Later


def test_a_hook_sees_a_class_whose_events_are_read() -> None:
    seen: list[set[str]] = []
    hook_classes(lambda cls: seen.append(set(cls.events())))

    class Later(Component):
        def on_go(self) -> None: ...

    assert seen[-1] == {"go"}


def test_a_class_of_two_parents_is_given_once() -> None:
    class Left(Component): ...

    class Right(Component): ...

    class Both(Left, Right): ...

    assert list(component_classes()).count(Both) == 1


def test_a_hook_may_wrap_mount() -> None:
    def wrap(cls: type[Component]) -> None:
        if "mount" in vars(cls):
            mount = cls.mount

            def wrapped(self: Any, **arguments: Any) -> None:
                mount(self, **arguments)
                self.state["wrapped"] = True

            cls.mount = wrapped

    hook_classes(lambda cls: wrap(cls) if cls.__qualname__.endswith("Wrapped") else None)

    class Wrapped(Component):
        def mount(self, start: int) -> None:
            self.state["start"] = start

    component = Wrapped(start="3")
    component.renderer = Plain()
    assert component.dispatch()["state"] == {"start": 3, "wrapped": True}


class Plain:
    def render(self, component: Component, context: dict[str, Any]) -> str:
        return "text"


def waiting(component: Component, call: Call) -> Any:
    """Mounts by itself, after a pause."""
    yield Pause(0.001)
    component.mount(initial=7)
    return True


def test_a_loader_may_be_a_generator_that_waits(client: Client) -> None:
    extensions.loaders.append(waiting)

    assert "<b>7</b>" in show(client, "counter").html


def test_a_loader_may_wait_under_the_async_driver() -> None:
    extensions.loaders.append(waiting)

    answer = asyncio.run(run_async(perform(Call(Counter))))

    assert answer.state == {"count": 7}


def test_a_generator_that_declines_leaves_mount_to_the_component(client: Client) -> None:
    def declining(component: Component, call: Call) -> Any:
        yield Pause(0)
        return False

    extensions.loaders.append(declining)

    assert "<b>3</b>" in show(client, "counter", initial=3).html


def test_a_loader_knows_the_view_that_serves_the_component(rf: Any) -> None:
    seen: list[Any] = []

    def loader(component: Component, call: Call) -> bool:
        seen.append(call.view)
        return False

    class CounterView(ComponentView):
        component_name = "counter"

    extensions.loaders.append(loader)
    CounterView.as_view()(rf.get("/"))

    assert [type(view) for view in seen] == [CounterView]
