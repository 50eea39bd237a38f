"""What stands in a component's slots while it renders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from .state import Child

SlotContent = Any
"""A Component, an object with `__html__`, or text (which is escaped)."""


class SafeHtml(str):
    """HTML that template engines leave as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def placeholder(child: Child) -> SafeHtml:
    """Return the empty element that stands for a child which the page already shows."""
    return SafeHtml(f'<{child.tag} id="{escape(child.dom_id)}" data-cf-keep="{escape(child.id)}"></{child.tag}>')


def wrapped(parent_id: str, name: str, content: Any) -> tuple[SafeHtml, Child]:
    """Return plain slot content in an element that later renders can refer to."""
    html = content.__html__() if hasattr(content, "__html__") else escape(str(content))
    child = Child("", f"{parent_id}.{name}", "div", f"{parent_id}.{name}")
    return SafeHtml(f'<div id="{escape(child.dom_id)}" data-cf-slot="{escape(name)}">{html}</div>'), child


class Slots(Mapping[str, SafeHtml]):
    """The HTML of a component's slots by name. What is put as a function is rendered when first looked at."""

    def __init__(self) -> None:
        self._html: dict[str, SafeHtml] = {}
        self._waiting: dict[str, Callable[[], SafeHtml]] = {}
        self.looked_at: set[str] = set()
        """The slots that the template has shown, or asked for."""

    def put(self, name: str, html: SafeHtml) -> None:
        """Set a slot's HTML."""
        self._html[name] = html

    def put_later(self, name: str, make: Callable[[], SafeHtml]) -> None:
        """Set a slot that is rendered only if the template shows it."""
        self._waiting[name] = make

    def __getitem__(self, name: str) -> SafeHtml:
        if name in self._waiting:
            self._html[name] = self._waiting.pop(name)()
        html = self._html[name]
        self.looked_at.add(name)
        return html

    def __contains__(self, name: object) -> bool:
        return name in self._html or name in self._waiting

    def __iter__(self) -> Iterator[str]:
        """Iterate over the slots that were rendered."""
        return iter(self._html)

    def __len__(self) -> int:
        return len(self._html)
