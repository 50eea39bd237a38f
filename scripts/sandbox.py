"""Start the sandbox: `make sandbox`, or `python3 scripts/sandbox.py [--port 8001]`.

Makes its environment, its database and its data when they are missing or out of date, says what it does,
and serves until Ctrl+C. With nothing to do it goes straight to the server.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from environment import ROOT, ensure_environment

SANDBOX = ROOT / "sandbox"
STAMP = ROOT / ".venvs" / "sandbox" / ".database"
STARTED = time.monotonic()


def main() -> None:
    """Prepare the sandbox and become its server."""
    parser = argparse.ArgumentParser(description="Start the sandbox.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    parser.add_argument("--prepare-only", action="store_true", help="do everything but serve")
    options = parser.parse_args()
    if not options.prepare_only and is_taken(options.port):
        raise SystemExit(f"Port {options.port} is in use. Choose another: make sandbox PORT={options.port + 1}")

    step(1, "environment .venvs/sandbox")
    python = ensure_environment("sandbox")
    prepare_database(python)
    if options.prepare_only:
        return
    step(4, f"serving on http://localhost:{options.port} (Ctrl+C stops)")
    os.chdir(SANDBOX)
    os.execv(python, [str(python), "-u", "manage.py", "runserver", f"127.0.0.1:{options.port}"])


def prepare_database(python: Path) -> None:
    """Migrate and seed, unless the sandbox's own SQLite file is known to be up to date."""
    wanted = database_digest()
    is_own_file = "DATABASE_URL" not in os.environ
    if is_own_file and (SANDBOX / "db.sqlite3").exists() and STAMP.exists() and STAMP.read_text() == wanted:
        step(2, "database is up to date")
        step(3, "data is there")
        return
    step(2, "migrate")
    manage(python, "migrate", "--verbosity=1")
    step(3, "seed_data")
    manage(python, "seed_data")
    if is_own_file:
        STAMP.write_text(wanted)


def database_digest() -> str:
    """Return a digest of what decides how the database looks: all migrations, and the sandbox's own code."""
    migrations = ROOT.glob("packages/*/src/**/migrations/*.py")
    own = (path for path in SANDBOX.rglob("*.py") if "tests" not in path.relative_to(SANDBOX).parts)
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted([*migrations, *own]):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def manage(python: Path, *arguments: str) -> None:
    """Run a management command with its output on the terminal; a failure ends the start."""
    done = subprocess.run([python, "-u", "manage.py", *arguments], cwd=SANDBOX)
    if done.returncode != 0:
        raise SystemExit(f"manage.py {arguments[0]} failed; see above.")


def is_taken(port: int) -> bool:
    """Say whether something already listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def step(number: int, text: str) -> None:
    """Print one line of progress with the seconds since the start."""
    print(f"[sandbox {number}/4 {time.monotonic() - STARTED:5.1f}s] {text}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
