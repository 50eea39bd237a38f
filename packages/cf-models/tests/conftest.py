"""What the tests of cf-models share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


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
def customer(db: None) -> Any:
    """A customer."""
    from tests.models import Customer

    return Customer.objects.create(name="Ada")


@pytest.fixture
def order(customer: Any) -> Any:
    """An order of hers."""
    from tests.models import Order

    return Order.objects.create(customer=customer, notes="old", total="10.00")


@pytest.fixture
def ann(django_user_model: Any) -> Any:
    """A user."""
    return django_user_model.objects.create_user("ann", password="pw")


@pytest.fixture
def bob(django_user_model: Any) -> Any:
    """Another user."""
    return django_user_model.objects.create_user("bob", password="pw")
