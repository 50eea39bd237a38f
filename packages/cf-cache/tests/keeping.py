"""Where the entry of a component stands, for tests that look into the cache or break what is there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import connections

from cf_cache.rules import find_place, rule_of
from cf_core import Component

T = TypeVar("T")


def elsewhere(function: Callable[[], T]) -> T:
    """Return what the function returns in another thread, with a database connection of its own."""
    results: list[T] = []

    def call() -> None:
        try:
            results.append(function())
        finally:
            connections.close_all()

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    return results[0]


def key_of(component: Component, view: Any = None, **arguments: Any) -> str:
    """Return the key of the entry that a mount with these arguments would have."""
    rule = rule_of(component, view)
    assert rule is not None
    place = find_place(component, rule, arguments)
    assert place is not None
    return place.key


def entry_of(component: Component, **arguments: Any) -> Any:
    """Return the value that the cache has."""
    return cache.get(key_of(component, **arguments))
