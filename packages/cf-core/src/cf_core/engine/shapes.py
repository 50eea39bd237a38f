"""What a component's state may be made of: the classes it may hold, and its schema."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from .codec import TypeTable
from .errors import StateExpired, UnserialisableState

if TYPE_CHECKING:
    from .component import Component


def type_table(cls: type[Component]) -> TypeTable:
    """Return the classes that a component may keep in its state."""
    own = (owner for owner in cls.__mro__ if owner.__dict__.get("_exposes_events"))
    names = dict.fromkeys(owner.__module__ for owner in own)
    modules = [sys.modules[name] for name in names if name in sys.modules]
    methods = (cls._mount_arguments, *(handler.arguments for handler in cls._events.values()))
    hints = [hint for arguments in methods for hint in arguments.hints().values()]
    extra = [cls.state_schema] if cls.state_schema is not None else []
    return TypeTable.of_module(*modules, extra=[*extra, *cls.state_types, *hints])


def check_state(component: Component, moment: Literal["restored", "sealed"]) -> None:
    """Check the state against `state_schema`. Raises StateExpired when restored, else UnserialisableState."""
    if component.state_schema is None:
        return
    try:
        component.state_schema.model_validate(component.state)
    except ValidationError as error:
        problems = "; ".join(f"state[{_path(item['loc'])}]: {item['msg']}" for item in error.errors())
        name, schema = type(component).__name__, component.state_schema.__name__
        text = f"The state of {name}, when {moment}, does not fit {schema}: {problems}"
        raise (StateExpired(text) if moment == "restored" else UnserialisableState(text)) from None


def _path(loc: tuple[int | str, ...]) -> str:
    return "][".join(repr(part) for part in loc)
