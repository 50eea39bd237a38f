"""The names under which components are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from .errors import ComponentDefinitionError, NotFound

if TYPE_CHECKING:
    from .component import Component

C = TypeVar("C", bound="type[Component]")

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}\Z")


class Registry:
    """Maps registered names to component classes. Filled at start-up, read by every call."""

    def __init__(self, *, allow_replace: bool = False) -> None:
        """`allow_replace` lets another class take a name without `replace=True`."""
        self._classes: dict[str, type[Component]] = {}
        self.allow_replace = allow_replace

    def register(self, name: str, *, replace: bool = False) -> Callable[[C], C]:
        """Return a class decorator that makes the class known as `name`.

        The same class again is fine. Raises ComponentDefinitionError for a malformed name, and for another
        class under a taken name unless `replace` or the project's ALLOW_REPLACE says so.
        """
        if not _NAME.match(str(name)):
            raise ComponentDefinitionError(
                f"{name!r} is no component name: a letter, then letters, digits, `_`, `-` or `.`, at most 100."
            )

        def add(cls: C) -> C:
            known = self._classes.get(name)
            if known is not None and not replace and not self.allow_replace and not _is_same(known, cls):
                raise ComponentDefinitionError(
                    f"The name {name!r} is taken by {_path(known)}; {_path(cls)} cannot have it too. "
                    "Choose another name, or say register(name, replace=True)."
                )
            self._classes[name] = cls
            cls.component_name = name
            return cls

        return add

    def unregister(self, name: str) -> None:
        """Forget a name. Raises NotFound if nobody has it."""
        if self._classes.pop(name, None) is None:
            raise NotFound(f"No component is registered as {name!r}")

    def get(self, name: str) -> type[Component]:
        """Return the class of a name. Raises NotFound."""
        try:
            return self._classes[name]
        except (KeyError, TypeError):
            known = ", ".join(sorted(self._classes)) or "none"
            raise NotFound(f"No component is registered as {name!r}. Registered: {known}.") from None

    def names(self) -> list[str]:
        """Return all names, sorted."""
        return sorted(self._classes)

    def __contains__(self, name: object) -> bool:
        return name in self._classes

    def __iter__(self) -> Iterator[tuple[str, type[Component]]]:
        return iter(sorted(self._classes.items()))


def _path(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _is_same(one: type, other: type) -> bool:
    """Whether two classes are the same one, perhaps read twice (a module imported under two names or reloaded)."""
    return one is other or (_path(one) == _path(other) and "<locals>" not in _path(one))


registry = Registry()
"""The process's registry; `components.py` of every installed app fills it at start-up."""
