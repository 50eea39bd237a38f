"""Where an app looks at every component class, those made before it was asked included."""

from __future__ import annotations

from collections.abc import Iterator

from .component import Component
from .extensions import ClassHook, extensions


def hook_classes(hook: ClassHook) -> None:
    """Call `hook` with every Component subclass there is, and with each one that is made from now on."""
    extensions.class_hooks.append(hook)
    for cls in component_classes():
        hook(cls)


def component_classes() -> Iterator[type[Component]]:
    """Yield every subclass of Component that there is, each once, parents first."""
    found: dict[type[Component], None] = {Component: None}
    waiting = [Component]
    while waiting:
        for cls in waiting.pop(0).__subclasses__():
            if cls not in found:
                found[cls] = None
                waiting.append(cls)
    yield from list(found)[1:]
