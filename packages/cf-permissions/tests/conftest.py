"""What the tests of cf-permissions share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.clock import clock

__all__ = ["clock"]


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Begin every test without counters."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def limited(component_registry: Any) -> Any:
    """Register the components of `tests.limited`, and return the registry."""
    from tests.limited import EVERYTHING, ran

    for name, cls in EVERYTHING.items():
        component_registry.register(name)(cls)
    ran.clear()
    return component_registry


@pytest.fixture
def client_of(django_user_model: Any) -> Callable[..., Client]:
    """Return a client of the user of that name, or of nobody, at an address."""

    def make(name: str | None = None, address: str = "192.0.2.1") -> Client:
        client = Client(REMOTE_ADDR=address)
        if name is not None:
            client.force_login(django_user_model.objects.get_or_create(username=name)[0])
        return client

    return make
