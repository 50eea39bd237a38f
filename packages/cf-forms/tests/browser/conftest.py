"""Chromium, a running project, and a page on which no error goes unnoticed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker: a package's own settings may not know it."""
    config.addinivalue_line("markers", "browser: needs Chromium")


def find_chromium() -> str | None:
    """Return the browser that CF_TEST_BROWSER names, one on PATH, or one that Playwright installed."""
    named = os.environ.get("CF_TEST_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if named:
        return named
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return next(map(str, sorted(folder.glob("chromium-*/chrome-linux*/chrome"))), None)


# Not for the session: Playwright keeps an event loop running in this thread, which fails every other test in it.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium; without one the tests are skipped, or fail where services are required."""
    path = find_chromium()
    if path is None:
        message = "No Chromium or Chrome was found: install one, or name it in CF_TEST_BROWSER."
        if os.environ.get("CF_TEST_REQUIRE_SERVICES", "0") in ("", "0"):
            pytest.skip(message)
        pytest.fail(message)
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed.")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield running
        running.close()


class Console:
    """What the page's console said; an error that no test expects fails the test."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        self.expected: list[str] = []
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))

    def expect(self, *patterns: str) -> None:
        """Allow errors that match a pattern."""
        self.expected += patterns

    def check(self) -> None:
        """Fail on everything else."""
        left = [error for error in self.errors if not any(re.search(pattern, error) for pattern in self.expected)]
        assert left == [], "the console reported errors"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running project."""
    command = [sys.executable, str(Path(__file__).with_name("project.py")), str(tmp_path_factory.mktemp("site"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port, "the project did not start"
        yield f"http://127.0.0.1:{port}"
        process.kill()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own for every test; `page.console.expect(...)` names the errors that belong to it."""
    context = browser.new_context(viewport={"width": 1000, "height": 700})
    page = context.new_page()
    page.set_default_timeout(8000)
    page.console = Console(page)
    yield page
    page.console.check()
    context.close()
