"""Build the wheel of every package: `python scripts/build_wheels.py [folder]`, by default `dist/`, emptied first.

Two files beside the wheels hold an install to them. `wheels.txt` maps each of our names to its file, so that
`cf-core` can never come from an index; `constraints.txt` also pins everything else but Django as locked.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")


def build_wheels(folder: Path) -> list[Path]:
    """Build all wheels into the emptied folder and return them, sorted by name."""
    shutil.rmtree(folder, ignore_errors=True)
    # hatchling is in the environment already, so the build needs no network.
    build: list[str | Path] = [
        UV,
        "build",
        "--quiet",
        "--wheel",
        "--all-packages",
        "--no-build-isolation",
        "--python",
        sys.executable,
    ]
    subprocess.run([*build, "--out-dir", folder], cwd=ROOT, check=True)
    return sorted(folder.glob("*.whl"))


def write_constraints(folder: Path, wheels: list[Path]) -> None:
    """Write wheels.txt and constraints.txt."""
    ours = [f"{path.name.split('-')[0].replace('_', '-')} @ {path.resolve().as_uri()}\n" for path in wheels]
    (folder / "wheels.txt").write_text("".join(ours))
    export: list[str | Path] = [
        UV,
        "export",
        "--quiet",
        "--frozen",
        "--all-groups",
        "--no-hashes",
        "--no-emit-workspace",
        "--no-header",
    ]
    locked = subprocess.run([*export, "--no-annotate"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    others = [line for line in locked.splitlines(keepends=True) if not line.startswith("django==")]
    (folder / "constraints.txt").write_text("".join([*ours, *others]))


def main() -> None:
    """Build, write the constraints, and name what was built."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist").resolve()
    wheels = build_wheels(folder)
    write_constraints(folder, wheels)
    for path in wheels:
        print(path)


if __name__ == "__main__":
    main()
