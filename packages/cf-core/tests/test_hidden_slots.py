"""Slots that a render leaves out: what stood there is no longer on the page."""

from __future__ import annotations

from typing import Any

import pytest

from cf_core import Component, CompositeComponent, compose, registry
from cf_core.engine.calls import Call
from cf_core.engine.drivers import run_sync
from cf_core.engine.lifecycle import perform


class Inside(Component):
    def mount(self, start: int = 3) -> None:
        self.state["count"] = start


class Folding:
    """Shows the slot `body` only while the component is open."""

    def render(self, component: Component, context: dict[str, Any]) -> str:
        is_open = context["state"]["open"]
        return f"<div>{context['slots']['body'] if is_open and 'body' in context['slots'] else ''}</div>"


class _Foldable:
    renderer = Folding()

    def mount(self) -> None:
        self.state["open"] = True

    def on_fold(self) -> None:
        self.state["open"] = not self.state["open"]


class Frame(_Foldable, Component):
    slots = ("body",)


class Composite(_Foldable, CompositeComponent):
    components = {"body": "inside_a_slot"}


@pytest.fixture(autouse=True)
def registered(register) -> None:
    register(Inside, "inside_a_slot")
    register(Frame, "frame_with_a_slot")
    register(Composite, "composite_with_a_slot")


def fold(cls: type[Component], html: str, token: str) -> Any:
    return run_sync(perform(Call(cls, event="fold", token=token)))


def test_filled_slot_is_empty_once_it_was_left_out() -> None:
    shown = compose(Frame, body=Inside()).dispatch()
    assert "inside_a_slot" in shown["html"]

    folded = fold(Frame, shown["html"], shown["state"].token)
    unfolded = fold(Frame, folded.html, folded.token)

    assert "data-cf-keep" not in folded.html + unfolded.html


def test_slot_of_a_composite_is_mounted_anew() -> None:
    shown = registry.get("composite_with_a_slot")().dispatch()
    assert "inside_a_slot" in shown["html"]

    folded = fold(Composite, shown["html"], shown["state"].token)
    unfolded = fold(Composite, folded.html, folded.token)

    assert "data-cf-keep" not in unfolded.html
    assert "inside_a_slot" in unfolded.html


def test_slot_that_stays_is_kept() -> None:
    class Still(Frame):
        def on_fold(self) -> None:
            self.state["times"] = 1

    registry.register("frame_with_a_slot", replace=True)(Still)
    shown = compose(Still, body=Inside()).dispatch()

    kept = fold(Still, shown["html"], shown["state"].token)

    assert "data-cf-keep" in kept.html
