"""Where the servers and the browser of the tests are, and whether they answer.

Imports the standard library only, so that `scripts/run_tests.py` can ask before pytest starts. Addresses come from
the environment; the defaults are those of a Debian machine with the servers installed.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DEFAULT_URLS = {
    "postgresql": "postgresql://postgres@127.0.0.1:5432/postgres",
    "mariadb": "mysql://root@127.0.0.1:3306/test",
    "redis": "redis://127.0.0.1:6379/0",
    "memcached": "memcached://127.0.0.1:11211",
}
ENGINES = {"postgresql": "django.db.backends.postgresql", "mariadb": "django.db.backends.mysql"}


@dataclass(frozen=True, slots=True)
class Service:
    """A server that tests may use; `url` is read from `CF_TEST_<NAME>_URL`."""

    name: str
    url: str

    def answers(self) -> bool:
        """Say whether something listens at its address."""
        parts = urlsplit(self.url)
        with socket.socket() as probe:
            probe.settimeout(2)
            return probe.connect_ex((parts.hostname or "127.0.0.1", parts.port or 0)) == 0


def service(name: str) -> Service:
    """Return the service of that name: postgresql, mariadb, redis or memcached."""
    return Service(name, os.environ.get(f"CF_TEST_{name.upper()}_URL", DEFAULT_URLS[name]))


def database_settings(name: str, database: str = "") -> dict[str, Any]:
    """Return the entry of `DATABASES` for postgresql or mariadb, with `database` instead of the URL's own."""
    parts = urlsplit(service(name).url)
    return {
        "ENGINE": ENGINES[name],
        "HOST": parts.hostname or "127.0.0.1",
        "PORT": parts.port,
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "NAME": database or parts.path.lstrip("/"),
    }


def are_required() -> bool:
    """Say whether a missing server or browser is a failure (in CI) or skips the tests that need it."""
    return os.environ.get("CF_TEST_REQUIRE_SERVICES", "") not in {"", "0"}


def browser_path() -> str | None:
    """Return the Chromium or Chrome to use: `CF_TEST_BROWSER`, one on PATH, or one that Playwright installed."""
    return next(browser_candidates(), None)


def browser_candidates() -> Iterator[str]:
    """Yield the browsers of this machine, the best first."""
    named = os.environ.get("CF_TEST_BROWSER")
    if named:
        yield named
        return
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            yield path
    caches = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    for found in [*sorted(caches.glob("chromium-*/chrome-*/chrome"), reverse=True), mac]:
        if os.access(found, os.X_OK):
            yield str(found)
