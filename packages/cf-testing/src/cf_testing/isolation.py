"""What must not outlive a test: renderers set on classes, cached answers and limits, the acting user, registrations."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cf_core.engine.component import Component
from cf_core.engine.registries import Registry, registry

from .acting import forget_acting_user
from .surroundings import surroundings

_MISSING: Any = object()


class _Depth:
    """How many `isolated()` are open: ComponentTestCase under pytest opens two."""

    value = 0


def is_testing() -> bool:
    """Tell whether a test runs: one of ours, or any of Django's test runner."""
    outbox = hasattr(sys.modules.get("django.core.mail"), "outbox")  # set up by every test runner for Django
    return _Depth.value > 0 or outbox


@contextmanager
def isolated() -> Iterator[None]:
    """Span one test: it begins with empty caches, fresh limits and its own acting user, and leaves no renderer set."""
    if _Depth.value:
        yield
        return
    _Depth.value += 1
    renderers = {cls: cls.__dict__.get("renderer", _MISSING) for cls in _all_components()}
    forget_acting_user()
    try:
        with surroundings().fresh():
            yield
    finally:
        _Depth.value -= 1
        forget_acting_user()
        _restore_renderers(renderers)


@contextmanager
def isolated_registry() -> Iterator[Registry]:
    """Give the registry, and forget afterwards what was registered in the meantime."""
    before = dict(registry)
    names = {cls: cls.component_name for cls in before.values()}
    try:
        yield registry
    finally:
        for name in registry.names():
            if name not in before:
                registry.unregister(name)
        for name, cls in before.items():
            registry.register(name, replace=True)(cls)
        for cls, name in names.items():
            cls.component_name = name


def _restore_renderers(before: dict[type[Component], Any]) -> None:
    for cls in _all_components():
        was = before.get(cls, _MISSING)
        now = cls.__dict__.get("renderer", _MISSING)
        if cls not in before or now is was:
            continue  # a class that the test itself made keeps what it says
        if was is _MISSING:
            del cls.renderer
        else:
            cls.renderer = was


def _all_components() -> list[type[Component]]:
    found: list[type[Component]] = [Component]
    for cls in found:
        found.extend(cls.__subclasses__())
    return list(dict.fromkeys(found))
