"""What templates ask beforehand: whether an event would be let in, so that no control is shown in vain."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from .admission import admit, admit_object, entries_of, instance_of
from .errors import ComponentDefinitionError, ComponentError
from .ports import Steps, current_host

if TYPE_CHECKING:
    from .component import Component

_BEFORE: Any = object()
"""Stands for the object while there is none yet."""


class Said(NamedTuple):
    """What one permission answered to one question."""

    check: Any
    """The instance that was asked. What it knows of the first question it needs for the second."""
    error: ComponentError | None
    about: tuple[Any, Any]
    """Entry and object, kept so that their ids are nobody else's."""


class Verdicts:
    """What was said during one render, so that a list of rows and buttons asks once.

    The answer of a permission that did not look at `component.event` stands for every event.
    """

    __slots__ = ("_said",)

    def __init__(self) -> None:
        self._said: dict[tuple[int, str | None, int], Said] = {}

    def find(self, entry: Any, event: str, obj: Any) -> Said | None:
        """Return what an entry of `permission_classes` has said, if it was asked."""
        return self._said.get((id(entry), None, id(obj))) or self._said.get((id(entry), event, id(obj)))

    def keep(self, entry: Any, event: str | None, obj: Any, check: Any, error: ComponentError | None) -> Said:
        """Note what it said; of every event where that is None."""
        said = self._said[id(entry), event, id(obj)] = Said(check, error, (entry, obj))
        return said


def would_refuse(component: Component, event: str, obj: Any = None) -> Steps:
    """Return the error that an event would meet now if the user sent it, or None.

    The object is asked about once there is one: `obj`, or that of the component once it is mounted.
    Raises ComponentDefinitionError for an event that there is not.
    """
    cls, host = type(component), current_host()
    if event not in cls._events:
        known = ", ".join(sorted(cls._events)) or "none"
        raise ComponentDefinitionError(f"{cls.__name__} has no event {event!r} to ask about. Its events: {known}.")
    verdicts = component._verdicts or Verdicts()
    if component._is_rendering:
        component._verdicts = verdicts
    # A copy carries the event: several questions may wait for their answers at once.
    asked = copy.copy(component)
    asked.event = event
    entries = entries_of(component, component._policy, event, host)
    said = {}
    for number, entry in enumerate(entries):
        said[number] = yield from _say(entry, asked, verdicts, _BEFORE, None)
        if said[number].error is not None:
            return said[number].error
    if obj is not None or component.is_mounted:
        for number, entry in enumerate(entries):
            about = yield from _say(entry, asked, verdicts, obj, said[number].check)
            if about.error is not None:
                return about.error
    return None


def _say(entry: Any, asked: Component, verdicts: Verdicts, obj: Any, check: Any) -> Steps:
    """Return what was said, or ask."""
    event = asked.event or ""
    known = verdicts.find(entry, event, obj)
    if known is not None:
        return known
    host = current_host()
    who = host.identify(asked.request, asked.params)
    error: ComponentError | None = None
    asked._has_told_event = False
    try:
        if obj is _BEFORE:
            check = instance_of(entry)
            yield from admit([check], asked, host, who)
        else:
            yield from admit_object([check], asked, host, who, obj)
    except ComponentError as refused:
        if refused.status >= 500:
            raise
        error = refused
    return verdicts.keep(entry, event if asked._has_told_event else None, obj, check, error)
