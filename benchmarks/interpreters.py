"""The interpreters that the benchmarks run in: one for each framework that is compared, under `.venvs`."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "scripts"))

from environment import find_pythons  # noqa: E402 - found through the line above

FOLDER = HERE / ".venvs"
PYTHON = (3, 13)
COMMON = ("Django==5.2.19", "channels==4.3.2", "daphne==4.2.3", "redis==8.1.0")
_PACKAGES = ("cf-core", "cf-permissions", "cf-cache")
INSTALLS = {
    "limit": (),
    "cf": ("component-framework==0.6.0",),
    "mine": tuple(argument for name in _PACKAGES for argument in ("-e", str(ROOT / "packages" / name))),
}
"""What goes into each interpreter, besides COMMON. Peers that need another one are left to the shared set-up."""


def python_of(name: str) -> Path:
    """Return the interpreter of that name; `make` makes it."""
    return FOLDER / f"py313-{name}" / "bin/python"


def make(names: Iterable[str] = tuple(INSTALLS)) -> None:
    """Make the interpreters that are missing, or whose requirements changed."""
    uv = Path(sys.executable).with_name("uv")
    interpreter = find_pythons().get(PYTHON)
    if interpreter is None:
        sys.exit("The benchmarks compare under Python 3.13, which is not on PATH nor under ~/.pyenv/versions.")
    for name in names:
        folder, stamp = FOLDER / f"py313-{name}", FOLDER / f"py313-{name}" / ".requirements"
        wanted = _digest(name)
        if stamp.exists() and stamp.read_text() == wanted:
            continue
        print(f"making {folder.relative_to(ROOT)}", flush=True)
        subprocess.run([uv, "venv", "-q", "--clear", "--python", interpreter, folder], check=True)
        install = [uv, "pip", "install", "-q", "--python", python_of(name), *COMMON, *INSTALLS[name]]
        subprocess.run(install, check=True)
        stamp.write_text(wanted)


def _digest(name: str) -> str:
    declared = [Path(path, "pyproject.toml").read_text() for path in INSTALLS[name] if "/" in path]
    return hashlib.sha256("\n".join([*COMMON, *INSTALLS[name], *declared]).encode()).hexdigest()
