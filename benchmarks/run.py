"""Measure one event and one page against a hand-written Django view and the peers: `make bench`.

The work, the hand-written view and the other frameworks are the shared benchmark's (`BENCH_HOME`, by default
`../shared/bench`); what stands here is this suite as one more peer. Figures are ratios inside one run, and depend on
nothing else running on the machine. The report goes to `benchmarks/results/events.md`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "scripts"))

from environment import find_pythons  # noqa: E402 - found through the line above

ENVIRONMENTS = HERE / ".venvs"
PYTHON = (3, 13)
COMMON = ("Django==5.2.19", "channels==4.3.2", "daphne==4.2.3", "redis==8.1.0")
INSTALLS = {
    "limit": (),
    "cf": ("component-framework==0.6.0",),
    "mine": ("-e", str(ROOT / "packages/cf-core"), "-e", str(ROOT / "packages/cf-permissions")),
}
"""What goes into each interpreter, besides COMMON. Peers that need another one are left to the shared set-up."""


def main() -> None:
    options = read_options()
    home = Path(options.home).resolve()
    if not (home / "run.py").is_file():
        sys.exit(f"{home} is not the shared benchmark: name its folder with --home or BENCH_HOME.")
    make_environments()
    with tempfile.TemporaryDirectory() as folder:
        # The runner writes beside itself, and where it lies is not ours to write to.
        bench = shutil.copytree(home, Path(folder) / "bench", ignore=shutil.ignore_patterns("out", ".venvs"))
        environment = {
            **os.environ,
            "BENCH_VENVS": str(ENVIRONMENTS),
            "BENCH_PEER_PATH": str(HERE / "peers"),
        }
        if options.profile:
            profile = [ENVIRONMENTS / "py313-mine/bin/python", HERE / "profile_event.py", *options.profile.split(":")]
            subprocess.run(profile, check=True, cwd=bench, env={**environment, "PYTHONPATH": str(bench)})
            return
        command = [
            sys.executable,
            "run.py",
            "--only",
            "http",
            "--rounds",
            str(options.rounds),
            "--peers",
            options.peers,
        ]
        subprocess.run([*command, "--out", folder], check=True, cwd=bench, env=environment)
        if options.write:
            report = (Path(folder) / "result.md").read_text()
            (HERE / "results/events.md").write_text(f"{HEADING.format(rounds=options.rounds)}\n{report}")


HEADING = """# One event, one page

`make bench`, {rounds} rounds, CPython 3.13, Django 5.2, SQLite in memory, local-memory cache, everything in one run.
`cf-core` has every protection on: signed and bound state, typed arguments, permission classes, request ids with
remembered answers, one transaction an event. `cf-core, event records` also writes a record for each event that wrote.
"""


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", default=os.environ.get("BENCH_HOME", str(ROOT.parent / "shared/bench")))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--peers", default="limit,limit_state,cf_signed,components,components_records")
    parser.add_argument(
        "--profile", help="print the top of a profile instead: counter, toggle:25, change_page:25, page:100"
    )
    parser.add_argument("--write", action="store_true", help="keep the report in benchmarks/results/")
    return parser.parse_args()


def make_environments() -> None:
    """Make the interpreters that are missing."""
    uv = Path(sys.executable).with_name("uv")
    interpreter = find_pythons().get(PYTHON)
    if interpreter is None:
        sys.exit("The benchmark compares under Python 3.13, which is not on PATH nor under ~/.pyenv/versions.")
    for name, extra in INSTALLS.items():
        folder = ENVIRONMENTS / f"py313-{name}"
        if not folder.exists():
            print(f"making {folder.relative_to(ROOT)}", flush=True)
            subprocess.run([uv, "venv", "-q", "--python", interpreter, folder], check=True)
            python = folder / "bin/python"
            subprocess.run([uv, "pip", "install", "-q", "--python", python, *COMMON, *extra], check=True)


if __name__ == "__main__":
    main()
