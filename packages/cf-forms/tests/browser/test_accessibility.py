"""Every kind of field, in both colour schemes and on two screens, before axe-core; and what fits on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
"""axe-core 4.14.1 as it came from npm (MPL-2.0), sha256 29348999450cdf28...; for tests only."""


def violations(page: Page) -> list[str]:
    """Return what axe-core finds on a page."""
    # A strict policy lets no script in: this one comes through the debugger.
    page.evaluate(AXE.read_text())
    found: list[Any] = page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {[node['html'][:200] for node in one['nodes']]}" for one in found]


@pytest.fixture(params=[("light", 390), ("light", 1280), ("dark", 390), ("dark", 1280)], ids=lambda param: str(param))
def screen(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    scheme, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", ["contact", "everything"])
def test_forms_are_accessible_before_and_after_errors(screen: Page, site: str, name: str) -> None:
    screen.goto(f"{site}/{name}/")
    screen.locator("[data-htmx-powered]").first.wait_for(state="attached")
    assert violations(screen) == []
    screen.evaluate("document.querySelector('form').noValidate = true")
    screen.click(".cf-submit")
    screen.locator(".cf-error-summary").wait_for()
    assert violations(screen) == []


def test_a_form_fits_on_a_phone(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{site}/everything/")
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= 320
