"""Make or refresh a virtual environment: `python3 scripts/environment.py dev|sandbox`.

The environment gets Python 3.11 or newer; this script itself must start on whatever `python3` a machine has,
so that it can say so. A refresh with nothing to do takes milliseconds.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
FOLDERS = {"dev": ROOT / ".venv", "sandbox": ROOT / ".venvs" / "sandbox"}
EXTRAS = {"cf-core": "[cotton]", "cf-realtime": "[redis]", "cf-testing": "[pytest]"}
# The sandbox is a project like any other: it has no use for the test helpers and lists its apps one by one.
NOT_IN_SANDBOX = {"cf-testing", "cf-suite"}


def ensure_environment(name: str) -> Path:
    """Return the Python of the environment, made or refreshed if its requirements changed."""
    folder = FOLDERS[name]
    python = folder / "bin" / "python"
    stamp = folder / ".requirements"
    wanted = requirements_digest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    if (version_of(python) or (0, 0)) < OLDEST:
        interpreter = find_python()
        say(f"making {folder.relative_to(ROOT)} with {interpreter}")
        make_environment(interpreter, folder)
    say(f"installing into {folder.relative_to(ROOT)}")
    install(name, folder)
    stamp.write_text(wanted)
    return python


def find_pythons() -> dict[tuple[int, int], Path]:
    """Return {(major, minor): path} of the CPythons on PATH and under ~/.pyenv/versions."""
    found: dict[tuple[int, int], Path] = {}
    for candidate in candidates():
        version = version_of(candidate)
        if version is not None:
            found.setdefault(version, candidate)
    return found


def find_python() -> Path:
    """Return the interpreter for a new environment: PYTHON, this one, else the oldest that is new enough."""
    for name in (os.environ.get("PYTHON"), sys.executable):
        path = shutil.which(name) if name else None
        if path and (version_of(Path(path)) or (0, 0)) >= OLDEST:
            return Path(path)
    suitable = {version: path for version, path in find_pythons().items() if version >= OLDEST}
    if not suitable:
        give_up("Python 3.11 or newer is needed and was not found. Set PYTHON=/path/to/python3.")
    return suitable[min(suitable)]


def requirements_digest() -> str:
    """Return a digest of every file that says what is to be installed."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    files = [ROOT / "pyproject.toml", ROOT / "uv.lock", ROOT / "sandbox" / "requirements.txt"]
    for path in [*files, *sorted(ROOT.glob("packages/*/pyproject.toml"))]:
        if path.exists():
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def candidates() -> Iterator[Path]:
    """Yield every file that may be a Python of version 3.11 or newer."""
    # uv links the Pythons that it installs into ~/.local/bin, which need not be on PATH.
    folders = [*os.environ.get("PATH", "").split(os.pathsep), str(Path.home() / ".local" / "bin")]
    for minor in range(11, 20):
        for folder in folders:
            path = Path(folder, f"python3.{minor}")
            if os.access(path, os.X_OK):
                yield path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    installed = pyenv.glob("versions/3.*")
    for folder_ in sorted(installed, key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)], reverse=True):
        yield folder_ / "bin" / "python"


def version_of(python: Path) -> tuple[int, int] | None:
    """Return (major, minor) of a CPython that starts and can make environments; None for anything else."""
    code = "import sys, venv; print(sys.implementation.name, *sys.version_info[:2])"
    try:
        answer = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = answer.stdout.split()
    # A pyenv shim of a version that is not selected starts, complains and fails.
    if answer.returncode != 0 or len(words) != 3 or words[0] != "cpython":
        return None
    return int(words[1]), int(words[2])


def make_environment(interpreter: Path, folder: Path) -> None:
    """Make an empty environment with uv in it, which installs many times faster than pip."""
    shutil.rmtree(folder, ignore_errors=True)
    if subprocess.run([interpreter, "-m", "venv", folder]).returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        give_up(f"{interpreter} cannot make a virtual environment. On Debian: apt-get install python3-venv")
    run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])


def install(name: str, folder: Path) -> None:
    """Install the packages of this repository, editable, and what is needed beside them, as locked."""
    uv = folder / "bin" / "uv"
    packages = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
    if name == "sandbox":
        packages = [path for path in packages if path.name not in NOT_IN_SANDBOX]
    wanted: list[str | Path] = []
    for path in packages:
        wanted += ["--editable", str(path) + EXTRAS.get(path.name, "")]
    if name == "dev":
        wanted += ["--group", "dev"]
    locked = folder / "locked.txt"
    export = ["export", "--quiet", "--frozen", "--all-groups", "--no-hashes", "--no-emit-workspace"]
    run([uv, *export, "--output-file", locked])
    wanted += ["--requirement", ROOT / "sandbox" / "requirements.txt", "--constraint", locked]
    run([uv, "pip", "install", "--python", folder / "bin" / "python", *wanted])


def run(command: list[str | Path]) -> None:
    """Run a command in the repository; a failure ends this script."""
    if subprocess.run(command, cwd=ROOT).returncode != 0:
        give_up("failed: " + " ".join(str(word) for word in command[:6]))


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"[environment] {text}", flush=True)


def give_up(text: str) -> NoReturn:
    """End with a message that says what to do."""
    print(f"[environment] {text}", file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in FOLDERS:
        give_up("usage: environment.py " + "|".join(FOLDERS))
    ensure_environment(sys.argv[1])
