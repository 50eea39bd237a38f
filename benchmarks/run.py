"""Measure: `make bench`, or `python benchmarks/run.py [events|admission|caching|limits]`.

`events` compares one event and one page with a hand-written Django view and the peers, `admission` shows what
permissions and limits cost an event, `caching` what a cached first render saves, `limits` how many of many parallel
events a limit admits. The work, the hand-written view and the other frameworks are the shared benchmark's
(`BENCH_HOME`, by default `../shared/bench`); what stands here is this suite as one more peer. Figures are ratios
inside one run, and depend on nothing else running on the machine.
`--write` keeps the report in `results/`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import interpreters
from interpreters import HERE, ROOT

sys.path.insert(0, str(ROOT))

from tests.faults.redis_server import RedisServer

RESULTS = HERE / "results"
HEADING = """# One event, one page

`make bench`, {rounds} rounds, CPython 3.13, Django 5.2, SQLite in memory, local-memory cache, everything in one run.
`cf-core` has every protection on: signed and bound state, typed arguments, permission classes, request ids with
remembered answers, one transaction an event. `cf-core, event records` also writes a record for each event that wrote.
"""


def main() -> None:
    options = read_options()
    report = KINDS[options.what].measure(options)
    if report and options.write:
        RESULTS.joinpath(f"{options.what}.md").write_text(report)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="events", choices=KINDS)
    parser.add_argument("--home", default=os.environ.get("BENCH_HOME", str(ROOT.parent / "shared/bench")))
    parser.add_argument("--rounds", type=int, help="of each measurement; more take longer and vary less")
    parser.add_argument("--peers", default="limit,limit_state,cf_signed,components,components_records")
    parser.add_argument(
        "--profile", help="print the top of a profile instead: counter, toggle:25, change_page:25, page:100"
    )
    parser.add_argument("--write", action="store_true", help="keep the report in benchmarks/results/")
    options = parser.parse_args()
    options.rounds = options.rounds or KINDS[options.what].rounds
    return options


def measure_events(options: argparse.Namespace) -> str:
    """Return the report of the shared benchmark's runner; with --profile print a profile and return nothing."""
    interpreters.make()
    with tempfile.TemporaryDirectory() as folder:
        if options.profile:
            run_inside(options, folder, "profile_event.py", *options.profile.split(":"))
            return ""
        bench = shared_benchmark(options, folder)
        command = [sys.executable, "run.py", "--only", "http", "--out", folder]
        command += ["--rounds", str(options.rounds), "--peers", options.peers]
        subprocess.run(command, check=True, cwd=bench, env=environment())
        return f"{HEADING.format(rounds=options.rounds)}\n{Path(folder, 'result.md').read_text()}"


def measure_inside(options: argparse.Namespace) -> str:
    """Return the report of a script that runs in this suite's interpreter, beside the shared benchmark."""
    interpreters.make(["mine"])
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "result.md")
        # One of its own: whoever else uses the machine's would be in the figures.
        redis = RedisServer(Path(folder))
        before = os.getloadavg()[0]
        redis.start()
        try:
            arguments = ["--rounds", str(options.rounds), "--out", str(out)]
            run_inside(options, folder, f"{options.what}.py", *arguments, CF_TEST_REDIS_URL=redis.url)
        finally:
            redis.close()
        # A run among others has other figures, above all where it waits for Redis; without this nobody could tell.
        report = f"{out.read_text()}\nLoad of the machine before and after: {before:.2f}, {os.getloadavg()[0]:.2f}.\n"
    print(report)
    return report


def measure_limits(options: argparse.Namespace) -> str:
    """Return the report of the processes that the tests of cf-permissions start."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "result.md")
        command = [sys.executable, HERE / "limits.py", "--rounds", str(options.rounds), "--out", out]
        package = ROOT / "packages/cf-permissions"
        done = subprocess.run(command, cwd=package, env={**os.environ, "PYTHONPATH": str(package)})
        if out.exists():
            print(out.read_text())
        if done.returncode:
            sys.exit(done.returncode)
        return out.read_text()


def run_inside(options: argparse.Namespace, folder: str, script: str, *arguments: str, **more: str) -> None:
    bench = shared_benchmark(options, folder)
    path = os.pathsep.join([str(bench), str(HERE)])
    command = [interpreters.python_of("mine"), HERE / script, *arguments]
    subprocess.run(command, check=True, cwd=bench, env={**environment(), **more, "PYTHONPATH": path})


def shared_benchmark(options: argparse.Namespace, folder: str) -> Path:
    """Return a copy of the shared benchmark: its runner writes beside itself, and where it lies is not ours."""
    home = Path(options.home).resolve()
    if not (home / "run.py").is_file():
        sys.exit(f"{home} is not the shared benchmark: name its folder with --home or BENCH_HOME.")
    copy = Path(folder) / "bench"
    return shutil.copytree(home, copy, ignore=shutil.ignore_patterns("out", ".venvs"))


def environment() -> dict[str, str]:
    return {**os.environ, "BENCH_VENVS": str(interpreters.FOLDER), "BENCH_PEER_PATH": str(HERE / "peers")}


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing to measure."""

    measure: Callable[[argparse.Namespace], str]
    rounds: int
    """Unless --rounds says otherwise."""


KINDS = {
    "events": Kind(measure_events, 15),
    "admission": Kind(measure_inside, 60),
    "caching": Kind(measure_inside, 40),
    "limits": Kind(measure_limits, 5),
}

if __name__ == "__main__":
    main()
