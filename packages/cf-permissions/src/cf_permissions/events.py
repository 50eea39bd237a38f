"""Permissions of single events: `@requires(IsSuperuser)` on a handler, `event_permissions` on the class.

Both add to the permissions of the component. Of two definitions of one event in a class and its base, the nearest
that says something decides: a handler that is overridden without `@requires` keeps what its base demanded.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from cf_core.engine.component import Component
from cf_core.engine.errors import ComponentDefinitionError
from cf_core.engine.extensions import PROMISES

from .composition import is_permission

F = TypeVar("F", bound=Callable[..., Any])

ATTRIBUTE = "event_permissions"
"""`{"delete": [IsSuperuser]}` on a component class."""

_REQUIRED = "_cf_requires"

_problems: WeakKeyDictionary[type[Component], tuple[str, ...]] = WeakKeyDictionary()


def requires(*permission_classes: Any) -> Callable[[F], F]:
    """Return a decorator for `on_<event>` methods: the event takes these permissions besides the component's.

    Write it above all other decorators: what one without `functools.wraps` returns would no longer carry them. The
    method is as before, `async def` or not; a method of another class that is given keeps what it demanded there.
    """
    if not (permission_classes and all(map(is_permission, permission_classes))):
        raise ComponentDefinitionError(
            f"@requires names no permission, but {permission_classes!r}: write @requires(IsSuperuser)."
        )

    def mark(handler: F) -> F:
        if not inspect.isfunction(handler):
            raise ComponentDefinitionError(f"@requires is for on_<event> methods, not for {handler!r}.")
        marked: Any = _copy(handler)
        setattr(marked, _REQUIRED, (*permission_classes, *getattr(handler, _REQUIRED, ())))
        setattr(marked, PROMISES, tuple({ATTRIBUTE, *getattr(handler, PROMISES, ())}))
        return marked  # type: ignore[no-any-return]

    return mark


def permissions_of_event(cls: type[Component], event: str) -> Sequence[Any]:
    """Return the permission classes that an event demands besides the component's.

    Raises ComponentDefinitionError for an `event_permissions` that names no event or holds no lists.
    """
    if not getattr(cls, ATTRIBUTE, None) and ATTRIBUTE not in cls._app_attributes:
        return ()
    for problem in _problems.get(cls, ()):
        raise ComponentDefinitionError(problem)
    return (*_listed(cls, event), *_required(cls, event))


def note_problems(cls: type[Component]) -> None:
    """Remember what is wrong with a class, so that its events need not look; called once for each."""
    found = tuple(problems_of(cls))
    if found:
        _problems[cls] = found


def problems_of(cls: type[Component]) -> Iterator[str]:
    """Yield what is wrong with the permissions of a class's events."""
    for owner in cls.__mro__:
        listed = vars(owner).get(ATTRIBUTE)
        if listed is None:
            continue
        where = f"{owner.__qualname__}.{ATTRIBUTE}"
        if not isinstance(listed, Mapping):
            yield f'{where} is {listed!r}: give {{"event": [permission classes]}}.'
            continue
        for event, classes in listed.items():
            if event not in cls._events:
                known = ", ".join(sorted(cls._events)) or "none"
                yield f"{where} names {event!r}, which is no event of {cls.__qualname__}. Its events: {known}."
            if not isinstance(classes, list | tuple):
                yield f"{where}[{event!r}] is {classes!r}: give a list of permission classes."


def _listed(cls: type, event: str) -> Sequence[Any]:
    for owner in cls.__mro__:
        listed = vars(owner).get(ATTRIBUTE)
        if listed and event in listed:
            found: Sequence[Any] = listed[event]
            return found
    return ()


def _required(cls: type, event: str) -> Sequence[Any]:
    for owner in cls.__mro__:
        found: Sequence[Any] = getattr(vars(owner).get(f"on_{event}"), _REQUIRED, ())
        if found:
            return found
    return ()


def _copy(function: FunctionType) -> FunctionType:
    """Return the same function again, of one kind with the first for `inspect`, with attributes of its own."""
    copied = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    for name in (*functools.WRAPPER_ASSIGNMENTS, "__kwdefaults__"):
        if hasattr(function, name):
            setattr(copied, name, getattr(function, name))
    copied.__dict__.update(function.__dict__)
    return copied
