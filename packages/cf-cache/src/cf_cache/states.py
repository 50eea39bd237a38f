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
from .watching import Reads, tell_author, unwatched

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
    params: dict[str, Any]
    messages: int
    attributes: frozenset[str]

    @classmethod
    def by(cls, component: Component) -> Left:
        """Return what there is now."""
        request, params = unwatched(component)
        said = getattr(getattr(request, "_messages", None), "_queued_messages", ())
        return cls(
            dict(component._fills), dict(component._effects or {}), dict(dict.items(params)), len(said), _own(component)
        )


def _own(component: Component) -> frozenset[str]:
    """Return the attributes that only this instance has: without them its class raises AttributeError."""
    cls = type(component)
    return frozenset(name for name in vars(component) if not name.startswith("_cf_") and not hasattr(cls, name))


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
    if after.params != before.params:
        yield "its mount changes params, which a cached state does not repeat."
    if after.messages != before.messages:
        yield "its mount leaves messages, which a cached state does not repeat."
    cls, left = type(component), sorted(after.attributes - before.attributes)
    if left and cls.hydrate is Component.hydrate and cls.before_render is Component.before_render:
        reason = f"its mount sets self.{left[0]}, which a cached state does not bring back. Set it in before_render()."
        tell_author(f"{cls.__name__} cannot be cached: {reason}")
        yield reason


_told: WeakKeyDictionary[type[Component], set[str]] = WeakKeyDictionary()


def tell_once(cls: type[Component], reason: str) -> None:
    """Log why a component is not cached, once for each reason."""
    told = _told.setdefault(cls, set())
    if reason not in told:
        told.add(reason)
        logger.warning("%s is not cached: %s", cls.__name__, reason)
