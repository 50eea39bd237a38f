"""The layers hold: contracts over all imports, and the parts that promise to work without Django."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Run in a fresh interpreter, where an import of Django is an error even if something swallows ImportError.
WITHOUT_DJANGO = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "django_htmx", "django_cotton", "channels"}:
            tried.append(name)
            raise ModuleNotFoundError(f"blocked: {name}", name=name)

tried = []
sys.meta_path.insert(0, Blocker())
import importlib
module = importlib.import_module(sys.argv[1])
assert not tried, tried
assert not [name for name in sys.modules if name.partition(".")[0] == "django"]
for name in set(getattr(module, "__all__", [])) - set(sys.argv[2:]):
    getattr(module, name)
assert not tried, tried
"""


def test_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [lint, "--config", "pyproject.toml", "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "names_of_the_django_half"),
    [
        ("cf_core", []),
        ("cf_core.engine", []),
        ("cf_permissions", []),
        ("cf_testing", ["Page", "PageError", "open_page"]),
    ],
)
def test_module_works_without_django(module: str, names_of_the_django_half: list[str]) -> None:
    command = [sys.executable, "-c", WITHOUT_DJANGO, module, *names_of_the_django_half]

    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_blocker_notices_django() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_DJANGO, "cf_forms.apps"], capture_output=True, text=True)

    assert done.returncode != 0
    assert "blocked: django" in done.stderr
