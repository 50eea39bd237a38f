"""Renderers for tests that look at state, not at HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class MockRenderer:
    """Takes any state and renders nothing: `CartComponent.renderer = MockRenderer()`.

    It needs no template and keeps nothing, so that one object may serve many components.
    """

    def render(self, component: Any, context: Mapping[str, Any]) -> str:
        """Return an empty string."""
        return ""
