"""What a state token carries. The layout: docs/reference/tokens.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .identity import Audience


@dataclass(frozen=True, slots=True)
class Child:
    """A live component that its parent's page already shows."""

    name: str
    """Registered name."""
    id: str
    """Component id."""
    tag: str
    """Its root's tag name: a placeholder of another tag could be moved by the browser's parser."""
    dom_id: str
    """Its root's `id` attribute."""


@dataclass(slots=True)
class StateToken:
    """A component's state between two events, as the browser carries it."""

    component: str
    id: str
    params: dict[str, Any]
    state: dict[str, Any]
    revision: int
    audience: Audience
    view: str | None = None
    """Registered name of the view that issued it: its policy travels along."""
    children: dict[str, Child] = field(default_factory=dict)
    """The live components on the page inside this one, by slot or by place in the template."""
    groups: dict[str, int] = field(default_factory=dict)
    """Realtime groups and the number of the last message applied."""
    is_mounted: bool = True
    """False for the placeholder of a lazy component."""
    store_key: str | None = None
    """Where the server keeps what does not travel; None if everything travels."""
    load: Callable[[], None] | None = None
    """Fetches every row that state and params refer to; None if they refer to none."""
    is_stale: bool = False
    """The text was of an older revision; this is what the server holds now."""
