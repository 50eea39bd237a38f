"""What makes cached states invalid before their time: generations.

Everything that can be invalidated (a class, a param of a certain value, a tag) has a generation in the cache: an
arbitrary stamp. An entry holds the stamps that stood before its mount began, and is good for as long as all of them
stand. To invalidate is to take the generation away; the next mount begins a new one. So a mount that was going on
meanwhile leaves an entry that is never shown, nobody has to know which entries there are, and a lost generation costs a
mount, not the truth. It needs nothing of a cache but get, add and delete.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cf_core.engine.component import Component

from .digests import digest, told
from .shelf import Shelf

_KEY = "cf_cache:g:"
_LASTING = "+"
"""The mark of generations that many entries share: these live for a day at least, others only as long as entries do."""
_MIN_SECONDS = 86_400

Params = Mapping[str, Any]


class Begun(NamedTuple):
    """The generations that stood before a mount began."""

    stamps: dict[str, str]
    new: list[str]
    """Those among them that there were not before."""


def begin(shelf: Shelf, names: Sequence[str], entry_seconds: float) -> Begun:
    """Return these generations as they stand, those begun that there are not. Raises CacheDown."""
    begun = Begun(_read(shelf, names), [])
    for name in names:
        if name in begun.stamps:
            continue
        stamp = secrets.token_hex(6)
        seconds = math.ceil(2 * entry_seconds)
        if shelf.add(_KEY + name, stamp, max(seconds, _MIN_SECONDS) if name.startswith(_LASTING) else seconds):
            begun.new.append(name)
        else:
            # Another mount was first. If it is gone again by now, no entry may stand on it.
            stamp = _read(shelf, [name]).get(name, stamp)
        begun.stamps[name] = stamp
    return begun


def take_back(shelf: Shelf, begun: Begun) -> None:
    """Take away what was begun for a mount that left nothing to keep: mounts of what there is not, of which a visitor
    can think of any number, must not fill the cache. Raises CacheDown.
    """
    for name in begun.new:
        shelf.delete(_KEY + name)


def stand(shelf: Shelf, stamps: Mapping[str, str]) -> bool:
    """Return whether all of these are still the stamps of their generations. Raises CacheDown."""
    return not stamps or _read(shelf, stamps) == stamps


def end(names: Iterable[str]) -> None:
    """Invalidate whatever stands on one of these generations, now."""
    Shelf().discard([_KEY + name for name in dict.fromkeys(names)])


def of_class(cls: type[Component]) -> str:
    """Return the generation of all entries of a component."""
    return _LASTING + digest("class", name_of(cls))


def of_param(cls: type[Component], name: str, value: Any) -> str:
    """Return the generation of a component's entries that have this value for this param."""
    return digest("param", name_of(cls), name, told(value, cls._type_table()))


def of_params(cls: type[Component], params: Params) -> str:
    """Return the generation of a component's entries with exactly these params."""
    match list(params.items()):
        case []:
            return of_class(cls)
        case [(name, value)]:
            return of_param(cls, name, value)
        case items:
            types = cls._type_table()
            return digest("params", name_of(cls), sorted((name, told(value, types)) for name, value in items))


def of_own_key(owner: str, key: str) -> str:
    """Return the generation of the entry under a key of the author's own; `owner` is the component or view."""
    return digest("own key", owner, key)


def of_view(view: str) -> str:
    """Return the generation of all entries that came through a view."""
    return _LASTING + digest("view", view)


def of_tag(tag: str) -> str:
    """Return the generation of all entries with a tag."""
    return _LASTING + digest("tag", tag)


def name_of(cls: type[Component]) -> str:
    """Return the registered name; a class without one has its path."""
    return cls.component_name or f"{cls.__module__}.{cls.__qualname__}"


def _read(shelf: Shelf, names: Iterable[str]) -> dict[str, str]:
    found = shelf.get_many(_KEY + name for name in names)
    return {key.removeprefix(_KEY): value for key, value in found.items() if isinstance(value, str)}
