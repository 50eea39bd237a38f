"""A real browser in front of a sandbox with its own server and its own data, the strict policy on."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

SANDBOX = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox --headless --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a sandbox with fresh data, served as `manage.py runserver` serves it."""
    folder = tmp_path_factory.mktemp("sandbox")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "MEDIA_ROOT": str(folder / "media"),
        "DEBUG": "1",
        "REDIS_URL": "",
    }
    for command in (["migrate", "-v0"], ["seed_data", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=SANDBOX, env=environment, check=True)
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
            cwd=SANDBOX,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url)
            yield url
        finally:
            process.terminate()
            process.wait(10)


def wait_for(url: str) -> None:
    for _ in range(150):
        try:
            with urlopen(url):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    path = os.environ.get("CF_TEST_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium found: apt-get install chromium, or CF_TEST_BROWSER=/path/to/chrome")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def open_window(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Open a window of a new visitor; afterwards, fail for what its console said."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(url: str = "/", **options: Any) -> Page:
        context = browser.new_context(base_url=server, **{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(8000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: note(complaints, message))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


def note(complaints: list[str], message: Any) -> None:
    # Chromium reports every answer of 400 and more by itself; what a test does not expect shows on the page.
    if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
        complaints.append(message.text)


def part(page: Page, component: str) -> Any:
    return page.locator(f"[data-cf-component={component}]")


def button(scope: Any, name: str) -> Any:
    return scope.get_by_role("button", name=name, exact=True)
