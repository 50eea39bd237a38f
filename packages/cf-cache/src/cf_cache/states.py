"""From a mounted component to the text that is cached, and back."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from cf_core.engine.codec import dumps, loads
from cf_core.engine.component import Component
from cf_core.engine.errors import ComponentError, UnserialisableState
from cf_core.engine.ports import Steps
from cf_core.references import Batch

from .entries import Entry, is_too_large
from .watching import Reads

logger = logging.getLogger("cf_cache")


def restore(component: Component, entry: Entry) -> Steps:
    """Give the component the state of an entry, as it is given that of a token; returns False if it cannot be read."""
    batch, before = Batch(), component.state
    try:
        state = loads(entry.state, component._type_table(), batch.resolve)
        if type(state) is not dict:
            return False
        component.state = state
        component._check_state("restored")
    except ComponentError:
        component.state = before
        return False
    if any(map(inspect.iscoroutinefunction, (component.hydrate, component.before_render))):
        # That code runs on the event loop, where rows cannot be fetched on first use.
        batch.load()
    pending = component.hydrate(state)
    if pending is not None:
        yield pending
    return True


@dataclass(frozen=True, slots=True)
class Left:
    """What a mount can leave behind besides state: a restored state brings none of it back."""

    fills: dict[str, Any]
    effects: dict[str, Any]

    @classmethod
    def by(cls, component: Component) -> Left:
        """Return what there is now."""
        return cls(dict(component._fills), dict(component._effects or {}))


def text_to_keep(component: Component, before: Left, reads: Reads | None) -> str | None:
    """Return the mounted state as the codec writes it; None if it must not be kept, which is logged once a class."""
    if component.errors:
        return None
    reason, text = next(_left_behind(component, before), None), None
    if reason is None:
        if reads is not None:
            reads.method = "dehydrate"
        try:
            text = dumps(component.dehydrate(), component._type_table())
        except UnserialisableState as error:
            reason = str(error)
        else:
            reason = "its state is larger than STATE_MAX_BYTES." if is_too_large(text) else None
    if reads is not None and reads.found:
        reason = reads.explain()
    if reason is None:
        return text
    tell_once(type(component), reason)
    return None


def _left_behind(component: Component, before: Left) -> Iterator[str]:
    after = Left.by(component)
    if after.fills != before.fills:
        yield "its mount fills slots, which a cached state does not bring back. Fill them in before_render()."
    if after.effects != before.effects:
        yield "its mount has effects (redirect, emit...), which a cached state does not repeat."


_told: WeakKeyDictionary[type[Component], set[str]] = WeakKeyDictionary()


def tell_once(cls: type[Component], reason: str) -> None:
    """Log why a component is not cached, once for each reason."""
    told = _told.setdefault(cls, set())
    if reason not in told:
        told.add(reason)
        logger.warning("%s is not cached: %s", cls.__name__, reason)
