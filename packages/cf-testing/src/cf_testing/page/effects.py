"""What an answer asks for besides HTML: words, messages, focus, events. It stands in the HX-Trigger header."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """One of Django's messages that reached the page with an answer."""

    level: str
    text: str
    tags: str = ""

    def __str__(self) -> str:
        """Return the text."""
        return self.text


@dataclass(slots=True)
class Effects:
    """The effects of one answer, in order."""

    announcements: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    focused: list[str] = field(default_factory=list)
    emitted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    """DOM events of other names, for htmx triggers."""


def read_effects(header: str) -> Effects:
    """Return what an HX-Trigger header asks for: JSON, or names with commas between them."""
    effects = Effects()
    if not header.startswith("{"):
        effects.events += [name.strip() for name in header.split(",") if name.strip()]
        return effects
    for name, detail in json.loads(header).items():
        match name:
            case "component:announce":
                effects.announcements.append(str(detail["text"]))
            case "component:focus":
                effects.focused.append(str(detail["id"]))
            case "component:messages":
                effects.messages += [
                    Message(str(entry.get("level", "")), str(entry["text"]), str(entry.get("tags") or ""))
                    for entry in detail
                ]
            case "component:emit":
                effects.emitted += [(str(entry["name"]), dict(entry.get("payload") or {})) for entry in detail]
            case _:
                effects.events.append(name)
    return effects
