"""What a component tells the page."""

from __future__ import annotations

from cf_core import Component


def test_payload_may_have_a_name() -> None:
    component = Component()

    component.emit("taken", name="pear", self="too")

    assert component._effects is not None
    assert component._effects["emits"] == (("taken", {"name": "pear", "self": "too"}),)
