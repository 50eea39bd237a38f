"""What tests are run on: pairs of servers of a kind, with a database and a cache."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from . import databases

DATABASES = databases.KINDS


def on(
    *kinds: str, servers: Sequence[str] = ("gunicorn",), caches: Sequence[str] = ("locmem",)
) -> pytest.MarkDecorator:
    """Run a test with `bench` on each of these; tests of one database and server share a process of the run."""
    return pytest.mark.parametrize(
        "bench",
        [
            pytest.param(
                (database, server, cache),
                id=f"{database}-{server}-{cache}",
                marks=pytest.mark.xdist_group(f"faults-{database}-{server}"),
            )
            for database in kinds
            for server in servers
            for cache in caches
        ],
        indirect=True,
    )
