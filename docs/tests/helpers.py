"""What the tests of the documentation share: pages by name, tables in them, and a project in a subprocess."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

DOCS = Path(__file__).resolve().parent.parent
ROOT = DOCS.parent
EXAMPLES = DOCS / "examples"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts and path.name != "README.md")


def table(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the first Markdown table below a heading, without its head."""
    text = (DOCS / page).read_text()
    _, found, below = text.partition(f"{heading}\n")
    assert found, f"{page} has no heading {heading!r}"
    rows = re.findall(r"^\|(.*)\|$", below.partition("\n#")[0], re.M)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)] for row in rows[2:]]


def code(cell: str) -> list[str]:
    """Return what stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def showing(body: str) -> str:
    """Return the address of a page with this template text in its body."""
    return "/show/?" + urlencode({"body": body})


def assert_shown(name: str, actual: str) -> None:
    """Assert that a file which a page shows holds this text; with CF_DOCS_WRITE=1 write it there instead."""
    path = EXAMPLES / name
    if os.environ.get("CF_DOCS_WRITE") == "1":
        path.write_text(actual.strip() + "\n")
    assert actual.strip() == path.read_text().strip()


def run(*command: str, cwd: Path = EXAMPLES, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in another process, with nothing of this one's settings."""
    env = {"PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "error", "PYTHONDONTWRITEBYTECODE": "1", **environment}
    return subprocess.run([sys.executable, *command], cwd=cwd, env=env, capture_output=True, text=True, timeout=120)
