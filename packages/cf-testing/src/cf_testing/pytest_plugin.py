"""The pytest plugin: fresh state for every test, and fixtures.

Loaded before Django is set up and before coverage begins, so it imports nothing of cf_testing at its top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cf_core.engine.registries import Registry

    from .page import Page


@pytest.fixture(autouse=True)
def _component_isolation() -> Iterator[None]:
    """Begin every test with empty caches, fresh limits and the renderers that classes declare."""
    with import_module("cf_testing.isolation").isolated():
        yield


@pytest.fixture
def component_registry() -> Iterator[Registry]:
    """Return the registry; what a test registers vanishes after it."""
    with import_module("cf_testing.isolation").isolated_registry() as registry:
        yield registry


@pytest.fixture
def open_page() -> Callable[..., Page]:
    """Return `cf_testing.open_page`; a page with users or sessions needs the mark django_db."""
    opener: Callable[..., Any] = import_module("cf_testing.page").open_page
    return opener


@pytest.fixture
def acting_user() -> Any:
    """Return the user who acts where a test names none."""
    return import_module("cf_testing.acting").acting_user()
