"""What the tests of cf-cache share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import backends

# A busy machine is no finding.
hypothesis_settings.register_profile("cf-cache", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("cf-cache")


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    from tests.components import mounts

    mounts.clear()


@pytest.fixture
def use_cache(settings: Any, tmp_path: Path) -> Callable[[str], None]:
    """Return a function that makes one of `backends.ALL` the project's cache; a missing server skips the test."""

    def use(name: str) -> None:
        reason = backends.why_not(name)
        if reason:
            (pytest.fail if backends.are_required() else pytest.skip)(reason)
        settings.CACHES = {"default": backends.backend(name, tmp_path)}
        if name == "database":
            from django.core.management import call_command

            call_command("createcachetable", verbosity=0)

    return use


@pytest.fixture(params=backends.ALL)
def any_backend(request: pytest.FixtureRequest, use_cache: Callable[[str], None], transactional_db: None) -> str:
    """Runs the test on every cache there is."""
    name: str = request.param
    use_cache(name)
    return name


@pytest.fixture
def ann(django_user_model: Any) -> Any:
    return django_user_model.objects.create_user("ann", password="pw")


@pytest.fixture
def bob(django_user_model: Any) -> Any:
    return django_user_model.objects.create_user("bob", password="pw")


@pytest.fixture
def boss(django_user_model: Any) -> Any:
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
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Return what cf_cache has logged as a warning or worse."""
    return lambda: [r.getMessage() for r in caplog.records if r.name == "cf_cache" and r.levelno >= 30]
