"""What the tests of cf-core share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# A busy machine is no finding.
hypothesis_settings.register_profile("cf-core", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("cf-core")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Make SQLite's database only; those of the servers are made by the tests that use them."""
    from django.db import connections
    from django.test.utils import setup_databases, teardown_databases

    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"}, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        file = str(connections["default"].settings_dict["NAME"])
        teardown_databases(made, verbosity=0)
    for beside in ("-shm", "-wal"):
        Path(f"{file}{beside}").unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Start every test with empty caches and lists."""
    from tests import components, processors

    components.ran.clear()
    components.sent.clear()
    processors.calls.clear()
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def register() -> Iterator[Callable[..., Any]]:
    """Register a class for one test: `register(Cls)` or `register(Cls, "name")`; a second one replaces the first."""
    from cf_core import registry

    names: list[str] = []
    classes: list[type[Any]] = []

    def add(cls: type[Any], name: str = "") -> type[Any]:
        name = name or cls.__name__.lower()
        registry.register(name, replace=name in names)(cls)
        names.append(name)
        classes.append(cls)
        return cls

    yield add
    for name in names:
        if name in registry:
            registry.unregister(name)
    for cls in classes:
        cls.component_name = ""


@pytest.fixture(scope="session")
def _server_databases(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[str], None]]:
    """Make the test database of a server when the first test asks for it."""
    from django.test.utils import setup_databases, teardown_databases

    made: dict[str, Any] = {}

    def make(alias: str) -> None:
        if alias != "default" and alias not in made:
            made[alias] = setup_databases(verbosity=0, interactive=False, aliases={alias}, serialized_aliases=set())

    yield make
    with django_db_blocker.unblock():
        for config in made.values():
            teardown_databases(config, verbosity=0)


@pytest.fixture
def alias(
    request: pytest.FixtureRequest, django_db_blocker: Any, _server_databases: Callable[[str], None]
) -> Iterator[str]:
    """A database without a transaction around the test; empty before and after it. See `on_every_database`."""
    from django.db import connections

    from tests import databases

    name: str = request.param
    reason = databases.why_not(name) if name != "default" else None
    if reason:
        (pytest.fail if databases.are_required() else pytest.skip)(reason)
    with django_db_blocker.unblock():
        _server_databases(name)
        databases.empty("default", name)
        yield name
        databases.empty("default", name)
        connections.close_all()


@pytest.fixture
def ann(django_user_model: Any) -> Any:
    """A user."""
    return django_user_model.objects.create_user("ann", password="pw")


@pytest.fixture
def bob(django_user_model: Any) -> Any:
    """Another user."""
    return django_user_model.objects.create_user("bob", password="pw")


@pytest.fixture
def boss(django_user_model: Any) -> Any:
    """A member of staff."""
    return django_user_model.objects.create_user("boss", password="pw", is_staff=True)


@pytest.fixture
def client_of() -> Callable[[Any], Any]:
    """Return a client that is logged in as the user; None: as nobody."""
    from django.test import Client

    def make(user: Any = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return make


@pytest.fixture
def warnings_logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[logging.LogRecord]]:
    """Return the records at WARNING and above so far, of cf_core and django."""

    def found() -> list[logging.LogRecord]:
        ours = [record for record in caplog.records if record.name.split(".")[0] in ("cf_core", "django")]
        return [record for record in ours if record.levelno >= logging.WARNING]

    return found
