"""What only a browser shows: the tutorial's counter, and the scripts on the page about the client."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def services() -> Any:
    """Return the repository's own module that finds a browser."""
    spec = spec_from_file_location("repository_services", ROOT / "tests/services.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    # Its dataclasses look themselves up there.
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def page(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A page in Chromium on the live server of the documentation's project."""
    # Playwright's own loop runs in this thread, and the ORM would refuse to work beside it.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    path = services().browser_path()
    if path is None:
        (pytest.fail if services().are_required() else pytest.skip)("no Chromium or Chrome found")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        opened = browser.new_page(base_url=live_server.url)
        opened.set_default_timeout(15_000)
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        yield opened
        browser.close()
    assert problems == []


def test_counter_of_the_tutorial_counts_every_click(page: Page) -> None:
    page.goto("/")
    first = page.locator("[data-cf-component=counter]").first

    for _ in range(3):
        first.get_by_text("+1", exact=True).click()
    first.get_by_text("+10").click()

    page.wait_for_function("document.querySelector('output').textContent === '13'")
    assert page.locator("output").nth(1).text_content() == "5"


def test_scripts_of_the_page_work(page: Page) -> None:
    page.goto("/handbook/client/")

    page.get_by_text("Add five").click()
    page.wait_for_function("document.querySelector('#applied').textContent === 'applied'")
    assert page.locator("output").text_content() == "5"

    page.get_by_text("Add nothing").click()
    page.wait_for_function("document.querySelector('#problem').textContent.includes('valid integer')")
    assert page.locator(".cf-toast").count() == 0

    page.get_by_text("Take the pear").click()
    page.wait_for_function("document.querySelector('#taken').textContent === 'pear'")
    page.locator(".cf-toast").get_by_text("pear is in the basket.").wait_for()


def test_search_box_shows_the_newest_answer(page: Page) -> None:
    page.goto("/handbook/tags/")

    page.get_by_label("Search").press_sequentially("green tea", delay=40)

    page.get_by_text("You look for green tea.").wait_for()
    assert page.get_by_label("Search").input_value() == "green tea"


def test_lazy_component_comes_into_view(page: Page) -> None:
    page.goto("/handbook/statistics/")

    page.get_by_text("The sum is 499500.").wait_for()
