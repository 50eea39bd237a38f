"""Fixtures of the fault tests: one laboratory for each process of the test run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services import are_required, service

from .laboratory import Bench, Laboratory
from .redis_server import RedisServer


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Laboratory]:
    """Whatever the tests of this process start; nothing of it is left afterwards."""
    made = Laboratory()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def bench(request: pytest.FixtureRequest, laboratory: Laboratory) -> Iterator[Bench]:
    """Two servers as `scenarios.on` names them."""
    database, server, cache = request.param
    require(database, cache)
    made = laboratory.bench(database, server, cache)
    yield made
    if request.node.stash.get(FAILED, False):
        for number, server_ in enumerate(made.servers, 1):
            request.node.add_report_section("teardown", f"server {number}", server_.tail())


@pytest.fixture
def redis_and_postgresql() -> None:
    """Both are there."""
    require("postgresql", "redis")


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of one group in one process of the run.

    pytest-xdist 3.8 writes the group where pytest 9.2 no longer reads it. Remove with its next release.
    """
    if not config.getoption("loadgroup", False):
        return
    for item in items:
        group, node_id = item.get_closest_marker("xdist_group"), getattr(item, "_id", None)
        if group is not None and node_id is not None and "@" not in item.nodeid:
            item._id = type(node_id).parse(f"{item.nodeid}@{group.args[0]}")  # type: ignore[attr-defined]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.stash[FAILED] = report.failed


def require(database: str, cache: str = "locmem") -> None:
    """Skip the test for want of a server, or fail it where all must be there."""
    reason = ""
    if database != "sqlite" and not service(database).answers():
        reason = f"{database} does not answer at {service(database).url} (CF_TEST_{database.upper()}_URL)"
    elif cache == "redis" and not RedisServer.is_installed():
        reason = "redis-server is not installed: the fault tests start one of their own"
    if reason and are_required():
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
