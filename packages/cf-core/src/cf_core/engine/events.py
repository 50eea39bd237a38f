"""The frozen table of the events that a component class answers to."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .arguments import Arguments
from .errors import ComponentDefinitionError
from .extensions import PROMISES

EVENT_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,63}\Z")
"""An event's name, without `on_`: at most 64 characters, never beginning with an underscore."""

RESERVED = frozenset({"on_ws_message", "on_resync"})
"""Methods that are called for other reasons than an event of a client."""


@dataclass(frozen=True, slots=True)
class EventHandler:
    """One event: its name, the method's name on the class, and its arguments."""

    event: str
    method: str
    arguments: Arguments
    function: Callable[..., Any]


def collect_events(cls: type) -> Mapping[str, EventHandler]:
    """Return the events that the author's classes define, the nearest definition of each.

    Classes of the framework itself say `exposes_events=False` and lend only what their `_lent_events` name. Raises
    ComponentDefinitionError for an `on_<event>` that is not a method, or takes arguments that cannot be named.
    """
    found: dict[str, EventHandler] = {}
    for owner in reversed(cls.__mro__):
        if owner.__dict__.get("_exposes_events", owner is not object) is False:
            for event, method in owner.__dict__.get("_lent_events", {}).items():
                found[event] = _handler(cls, method, vars(owner)[method], event)
            continue
        for name, value in vars(owner).items():
            if name.startswith("on_") and name not in RESERVED and EVENT_NAME.match(name[3:]):
                if value is None:
                    found.pop(name[3:], None)
                    continue
                found[name[3:]] = _handler(cls, name, value)
    return MappingProxyType(found)


def collect_frame_events(cls: type) -> Mapping[str, EventHandler]:
    """Return the events that the framework's own classes answer to: {name that begins with `_`: handler}.

    They pass permissions as every event does, but no rate limit, and an author's class cannot define one.
    """
    found: dict[str, EventHandler] = {}
    for owner in reversed(cls.__mro__):
        for event, method in owner.__dict__.get("_frame_events", {}).items():
            found[event] = _handler(cls, method, vars(owner)[method], event)
    return MappingProxyType(found)


def promised_attributes(cls: type) -> set[str]:
    """Return the names of APP_ATTRIBUTES that the handlers of a class carry, overridden ones too."""
    methods = (value for owner in cls.__mro__ for name, value in vars(owner).items() if name.startswith("on_"))
    return {name for method in methods for name in getattr(method, PROMISES, ())}


def _handler(cls: type, name: str, value: Any, event: str | None = None) -> EventHandler:
    where = f"{cls.__qualname__}.{name}"
    if not inspect.isfunction(value):
        raise ComponentDefinitionError(
            f"{where} is named like an event but is a {type(value).__name__}, not a method. Rename it."
        )
    if inspect.isgeneratorfunction(value) or inspect.isasyncgenfunction(value):
        raise ComponentDefinitionError(f"{where} is a generator: a handler is a plain `def` or `async def`.")
    return EventHandler(event or name[3:], name, Arguments(value, where=where), value)
