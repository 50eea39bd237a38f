"""Import every module of an installed package: `python check_installed.py cf-forms`.

tox runs this in each environment before the test tools come in, so that a dependency that only the tools bring is
noticed. A module that needs an extra may fail for want of it, and of nothing else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import distribution, requires
from pathlib import Path
from pkgutil import walk_packages

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    """Set Django up with the package and what it requires, run the checks, import everything."""
    name = sys.argv[1]
    package = import_package(name)
    settings.configure(
        SECRET_KEY="checks only",  # noqa: S106 - signs nothing
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *apps(name)],
    )
    django.setup()
    call_command("check", fail_level="ERROR")
    modules = list(import_all(package, extras(name)))
    print(f"{name}: {len(modules)} modules imported from {Path(modules[0]).parent} on Django {django.__version__}")


def import_package(name: str) -> str:
    """Return the import name of a distribution, from the files that it installed."""
    tops = {file.parts[0] for file in distribution(name).files or [] if file.suffix == ".py" and len(file.parts) > 1}
    if len(tops) != 1:
        raise SystemExit(f"{name} installs {sorted(tops)}; expected one import package, not editable.")
    return tops.pop()


def apps(name: str) -> list[str]:
    """Return the apps that a project lists for this package: those it requires, then its own."""
    needed = [text for text in requirement_names(name, with_extras=False) if text.startswith("cf-")]
    own = [] if name == "cf-suite" else [name]
    return [text.replace("-", "_") for text in [*sorted(needed, key=lambda text: text != "cf-core"), *own]]


def extras(name: str) -> set[str]:
    """Return the import names that only an extra brings."""
    only = set(requirement_names(name, with_extras=True)) - set(requirement_names(name, with_extras=False))
    return {text.replace("-", "_") for text in only}


def requirement_names(name: str, *, with_extras: bool) -> list[str]:
    """Return the names of the distributions that this one requires."""
    lines = [line for line in requires(name) or [] if with_extras or "extra ==" not in line]
    return [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() for line in lines]


def import_all(package: str, optional: set[str]) -> Iterator[str]:
    """Import every module and yield its file; a missing optional dependency passes a module over."""
    root = import_module(package)
    yield str(root.__file__)
    for module in walk_packages(root.__path__, f"{package}."):
        try:
            yield str(import_module(module.name).__file__)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] not in optional:
                raise
            print(f"{module.name}: passed over, needs the extra that brings {error.name}")


if __name__ == "__main__":
    main()
