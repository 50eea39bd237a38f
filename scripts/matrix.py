"""Test every package from its wheel on every Python and Django: `make matrix`.

`make matrix ENVS=py312-django60-core` runs some of it, `scripts/matrix.py --ci` runs the part that CI runs.
A Python that this machine lacks is named, and is an error in CI.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from build_wheels import ROOT, build_wheels, write_constraints
from environment import find_pythons

PACKAGES = ("core", "permissions", "forms", "models", "cache", "realtime", "testing", "suite")
PYTHONS = ((3, 11), (3, 12), (3, 13))
CI = ("py311-django52", "py312-django60", "py313-django61")


def main() -> int:
    """Build the wheels, run tox, say which Pythons were missing."""
    parser = argparse.ArgumentParser(description="Run the test matrix.")
    parser.add_argument("--ci", action="store_true", help="only " + ", ".join(CI))
    parser.add_argument("--envs", default="", help="tox environments, separated by commas; default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()

    pythons = find_pythons()
    missing = [f"{major}.{minor}" for major, minor in PYTHONS if (major, minor) not in pythons]
    if missing:
        print(f"[matrix] Python {', '.join(missing)} not found on PATH or under ~/.pyenv/versions", flush=True)
        print(f"[matrix] one way to get them: .venv/bin/uv python install {' '.join(missing)}", flush=True)
    print("[matrix] building wheels into dist/", flush=True)
    write_constraints(ROOT / "dist", build_wheels(ROOT / "dist"))
    names = [f"{combination}-{package}" for combination in CI for package in PACKAGES] if options.ci else []
    envs = ",".join(names) or options.envs

    command = [
        sys.executable,
        "-m",
        "tox",
        "run-parallel",
        "--parallel",
        str(options.jobs),
        "--parallel-no-spinner",
    ]
    command += ["-e", envs] if envs else []
    done = subprocess.run(
        # One environment already runs beside another; more workers in each would only get in the way.
        [*command, "--", "-n0", "-q"],
        cwd=ROOT,
        env={**os.environ, "PATH": search_path(list(pythons.values())), "UV_PYTHON_DOWNLOADS": "never"},
    )
    if missing:
        print(f"[matrix] NOT RUN: everything on Python {', '.join(missing)}", flush=True)
    return done.returncode or (1 if missing and options.ci else 0)


def search_path(pythons: list[Path]) -> str:
    """Return a PATH on which tox finds uv and each interpreter before a pyenv shim that cannot run."""
    folders = [Path(sys.executable).parent, *(path.parent for path in pythons)]
    return os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])


if __name__ == "__main__":
    sys.exit(main())
