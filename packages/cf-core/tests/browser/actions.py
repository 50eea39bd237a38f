"""What the tests do on a page again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

# A package that is tested from its wheel has what it declares and pytest, no more.
expect = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed.").expect

NETWORK = "ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_CONTENT_LENGTH_MISMATCH|ERR_INTERNET_DISCONNECTED"
"""What Chromium's console says about a line that breaks."""


def ready(page: Page) -> None:
    """Wait until htmx has taken over the page."""
    expect(page.locator("[data-htmx-powered]").first).to_be_attached()


def click(page: Page, *names: str) -> None:
    """Click without waiting in between, as a fast hand does; a button that has gone gets no click."""
    page.evaluate("names => names.forEach(name => document.querySelector('.' + name)?.click())", names)


def expect_quiet(page: Page) -> None:
    """Wait until nothing on the page is under way."""
    expect(page.locator("[data-cf-busy], [aria-busy], .htmx-request")).to_have_count(0)


def expect_count(page: Page, selector: str, number: int) -> None:
    """Wait until so many elements match."""
    expect(page.locator(selector)).to_have_count(number)


def expect_text(page: Page, selector: str, text: str) -> None:
    """Wait until an element shows exactly this text."""
    expect(page.locator(selector)).to_have_text(text)
