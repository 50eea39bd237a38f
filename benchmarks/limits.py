"""How many of many parallel events a limit admits: real processes, and the caches that count for them.

Run by `benchmarks/run.py limits` in the development environment, in the folder of cf-permissions, whose tests have
the processes (`tests/counting.py`). Ends with an error if a limit was not exact.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from figures import table
from tests.servers import BACKENDS, OwnRedis, shared_cache
from tests.test_processes import admitted

LOCAL_MEMORY = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
REPORT = """# How many a limit admits

`make bench ARGS="limits"` on a machine with {cores} cores, Python {python}, Django {django}, {rounds} runs of each
row. Every run starts the processes, waits until all are ready, and has them send their events at once through the whole
pipeline, from several threads each, every other event an async one. All events are one user's.

{table}"""


@dataclass(frozen=True, slots=True)
class Run:
    """One limit under one load."""

    cache: str
    rate: str
    expected: int
    processes: int
    events: int
    """Of each process."""
    threads: int = 5


RUNS = (
    Run("redis", "1/hour", 1, processes=4, events=25),
    Run("redis", "30/hour", 30, processes=1, events=100, threads=20),
    Run("redis", "30/hour", 30, processes=2, events=50),
    Run("redis", "30/hour", 30, processes=4, events=25),
    Run("redis", "30/hour", 30, processes=8, events=125),
    Run("redis", "500/hour", 500, processes=4, events=250),
    Run("redis", "40/hour, 30/day", 30, processes=4, events=25),
    Run("memcached", "30/hour", 30, processes=4, events=25),
    Run("memcached", "30/hour", 30, processes=8, events=125),
    Run("local memory", "30/hour", 30, processes=1, events=100, threads=20),
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    rows, is_exact = [], True
    with tempfile.TemporaryDirectory() as folder:
        # Of its own: somebody else's tests may flush the machine's.
        redis = OwnRedis(Path(folder))
        redis.start()
        try:
            for run in RUNS:
                found = [sum(once(run, redis)) for _ in range(options.rounds)]
                is_exact = is_exact and set(found) == {run.expected}
                least, most = min(found), max(found)
                shown = str(least) if least == most else f"{least} to {most}: NOT EXACT"
                events = run.processes * run.events
                rows.append([run.cache, run.rate, run.processes, run.threads, events, run.expected, shown])
        finally:
            redis.stop()
    head = ["cache", "limit", "processes", "threads each", "events", "expected", "admitted"]
    python = ".".join(map(str, sys.version_info[:3]))
    versions = {"cores": os.cpu_count(), "python": python, "django": django.get_version()}
    options.out.write_text(REPORT.format(rounds=options.rounds, table=table(head, rows), **versions))
    return 0 if is_exact else 1


def once(run: Run, redis: OwnRedis) -> list[int]:
    """Return how many events each process was let through with."""
    cache = cache_of(run, redis)
    return admitted(cache, run.rate, 3_600, processes=run.processes, events=run.events, threads=run.threads)


def cache_of(run: Run, redis: OwnRedis) -> dict[str, Any]:
    prefix = f"bench-{secrets.token_hex(6)}"
    if run.cache == "local memory":
        return LOCAL_MEMORY
    if run.cache == "redis":
        return {"BACKEND": BACKENDS["redis"], "LOCATION": redis.url, "KEY_PREFIX": prefix}
    return shared_cache(run.cache, prefix)


if __name__ == "__main__":
    sys.exit(main())
