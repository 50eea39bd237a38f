"""A short version of `make faults`."""

from __future__ import annotations

import random

import pytest

from .chaos import Chaos, violations
from .conftest import require
from .laboratory import Laboratory


@pytest.mark.parametrize(
    ("database", "server", "cache"),
    [
        pytest.param(database, server, cache, marks=pytest.mark.xdist_group(f"faults-{database}-{server}"))
        for database, server, cache in (
            ("sqlite", "daphne", "locmem"),
            ("postgresql", "gunicorn", "redis"),
            ("mariadb", "gunicorn", "locmem"),
        )
    ],
)
def test_servers_killed_at_random(laboratory: Laboratory, database: str, server: str, cache: str) -> None:
    require(database, cache)
    seed = random.SystemRandom().randrange(10**6)

    figures = Chaos(laboratory.bench(database, server, cache), seed, kills=8).go()

    assert violations(figures) == [], figures
    assert figures["sent"] > figures["kills"]
