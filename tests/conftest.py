"""What the cross-package tests share."""

import pytest

from tests.services import are_required, browser_path, service


def need(name: str) -> str:
    """Return the URL of a server; without it the test is skipped, or fails where services are required."""
    wanted = service(name)
    if not wanted.answers():
        refuse(f"{name} does not answer at {wanted.url} (CF_TEST_{name.upper()}_URL)")
    return wanted.url


def refuse(reason: str) -> None:
    """Skip the test for want of a service, or fail it in CI, where everything must be there."""
    if are_required():
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The address of a Redis that answers."""
    return need("redis")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser that the tests drive."""
    path = browser_path()
    if path is None:
        refuse("no Chromium or Chrome found; `make test` says what to install")
    assert path is not None
    return path
