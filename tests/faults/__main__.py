"""The long run: `make faults`, or `python -m tests.faults [--kills 50] [--seed 1]`.

Prints one line of JSON for each combination and writes benchmarks/results/faults.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from datetime import UTC, datetime
from typing import Any

import django

from tests.services import service

from .chaos import Chaos, violations
from .laboratory import Laboratory
from .redis_server import RedisServer
from .servers import ROOT

RUNS = (
    ("sqlite", "gunicorn", "locmem"),
    ("sqlite", "daphne", "file"),
    ("postgresql", "gunicorn", "redis"),
    ("postgresql", "daphne", "locmem"),
    ("mariadb", "gunicorn", "locmem"),
    ("mariadb", "daphne", "redis"),
)
RESULTS = ROOT / "benchmarks" / "results" / "faults.md"
SHOWN = (
    "database server cache kills redis_restarts sent tries unknown acked unresolved effects effects_per_id_max "
    "acked_without_effect answers_differ messages_lost recover_p50 recover_p99 recover_max"
).split()

PROLOGUE = """\
Two server processes share a database; four clients send one event after the other to either, and ask again
with the same request id (half of them without saying so) until they have an answer. Meanwhile one process, or
both, is killed with `kill -9` at random moments, and Redis is killed and started empty now and then. Times are
seconds from the first lost answer to the final one; a shared cache keeps a dead process's claim for ten."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Kill servers at random and count.")
    parser.add_argument("--kills", type=int, default=50, help="kills of each run (default: 50)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="repeats the choices of an earlier run")
    parser.add_argument("--only", default="", help="part of the name of a run, e.g. postgresql-daphne")
    parser.add_argument("--no-results", action="store_true", help=f"do not write {RESULTS.relative_to(ROOT)}")
    options = parser.parse_args()
    found, failed = [], False
    laboratory = Laboratory()
    try:
        for database, server, cache in RUNS:
            name = f"{database}-{server}-{cache}"
            if options.only not in name or not is_there(database, cache):
                continue
            bench = laboratory.bench(database, server, cache)
            figures = {"cache": cache, **Chaos(bench, options.seed, options.kills).go()}
            wrong = violations(figures)
            print(json.dumps(figures | ({"violations": wrong} if wrong else {})), flush=True)
            failed = failed or bool(wrong)
            found.append(figures)
    finally:
        laboratory.close()
    if not options.no_results and found:
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(report(found))
    return 1 if failed or not found else 0


def is_there(database: str, cache: str) -> bool:
    """Say whether the run can be made on this machine, and if not, why."""
    if database != "sqlite" and not service(database).answers():
        print(f"skipped: {database} does not answer at {service(database).url}", file=sys.stderr)
        return False
    if cache == "redis" and not RedisServer.is_installed():
        print("skipped: redis-server is not installed", file=sys.stderr)
        return False
    return True


def report(runs: list[dict[str, Any]]) -> str:
    """Return the page of results."""
    lines = [
        "# Servers killed at random",
        "",
        f"`make faults` on {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"Django {django.get_version()}.",
        *PROLOGUE.splitlines(),
        "",
        "| " + " | ".join(["", *(f"{run['database']}, {run['server']}, {run['cache']}" for run in runs)]) + " |",
        "|" + " --- |" * (len(runs) + 1),
    ]
    for name in SHOWN[3:]:
        lines.append("| " + " | ".join([name, *(str(run[name]) for run in runs)]) + " |")
    lines += [
        "",
        "`effects_per_id_max` must be 1; `acked_without_effect`, `unresolved` and `answers_differ` must be 0.",
        "`messages_lost`: the outbox is delivered after the commit, at most once; a process killed in between sends",
        "nothing, and the repeated request does not send it either.",
        "",
        "```json",
        *(json.dumps(run) for run in runs),
        "```",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
