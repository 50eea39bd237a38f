"""The admin panel in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .browsing import button, part


@pytest.fixture
def open_panel(open_window: Callable[..., Page]) -> Callable[..., Page]:
    """Open the admin panel as one of the demo accounts."""

    def open_panel(account: str = "staff", **options: Any) -> Page:
        page = open_window("/login/?next=/admin-panel/", **options)
        page.locator(f"button[value={account}]").click()
        expect(page.get_by_role("heading", name="Admin panel")).to_be_visible()
        return page

    return open_panel


def count(page: Page) -> Any:
    return page.locator(".people-count")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_fits(open_panel: Callable[..., Page], scheme: str, width: int) -> None:
    page = open_panel(color_scheme=scheme, viewport={"width": width, "height": 844})

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("svg.trend")).to_have_count(3)
    expect(page.locator(".people-table tbody tr")).to_have_count(25)


def test_people_are_found_while_somebody_types_and_back_is_back(open_panel: Callable[..., Page]) -> None:
    page = open_panel()
    search = page.get_by_role("searchbox")
    expect(count(page)).to_have_text(re.compile(r"^5,\d{3} users, page 1 of 20\d$"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)

    search.click()
    page.keyboard.type("example.com", delay=20)
    expect(count(page)).to_have_text("5 users")
    # One pause, one question.
    assert len(asked) == 1
    expect(search).to_be_focused()
    expect(search).to_have_value("example.com")
    expect(page).to_have_url(re.compile(r"/admin-panel/\?query=example\.com$"))
    page.get_by_role("link", name="Username").click()
    expect(page.get_by_role("columnheader", name="Username")).to_have_attribute("aria-sort", "ascending")
    expect(page.locator(".people-name span").first).to_have_text("emma1")

    page.go_back()
    expect(page.get_by_role("columnheader", name="Joined")).to_have_attribute("aria-sort", "descending")
    expect(count(page)).to_have_text("5 users")
    page.go_back()
    expect(count(page)).to_have_text(re.compile("page 1 of"))
    expect(search).to_have_value("")


def test_an_account_is_switched_by_keyboard_and_the_focus_stays(open_panel: Callable[..., Page]) -> None:
    page = open_panel()
    page.get_by_role("searchbox").fill("prof_davis")
    expect(count(page)).to_have_text("1 user")
    toggle = button(page, "Deactivate prof_davis")
    toggle.focus()

    page.keyboard.press("Enter")

    expect(button(page, "Activate prof_davis")).to_be_focused()
    expect(page.locator(".status")).to_have_text("Inactive")
    expect(page.locator(".cf-live")).to_have_text("prof_davis is inactive now")
    page.keyboard.press("Space")
    expect(toggle).to_be_focused()


def test_buttons_that_would_be_refused_say_why(open_panel: Callable[..., Page]) -> None:
    page = open_panel()
    page.get_by_role("searchbox").fill("example.com")
    expect(count(page)).to_have_text("5 users")
    locked = page.get_by_role("row", name="superuser")

    expect(button(locked, "Deactivate")).to_be_disabled()
    expect(button(locked, "Deactivate")).to_have_accessible_description("Superuser access required")
    expect(page.get_by_role("row", name="staff@")).to_contain_text("This is you")


def test_the_figures_are_refreshed(open_panel: Callable[..., Page]) -> None:
    page = open_panel("superuser")
    time = page.locator(".kpis time")
    before = time.get_attribute("datetime")
    page.reload()
    expect(time).to_have_attribute("datetime", str(before))

    button(part(page, "metrics"), "Refresh").click()

    expect(time).not_to_have_attribute("datetime", str(before))
    expect(button(part(page, "metrics"), "Refresh")).to_be_focused()


def test_nothing_moves_while_an_account_is_switched(open_panel: Callable[..., Page]) -> None:
    page = open_panel(viewport={"width": 1280, "height": 3000})
    toggle = page.locator(".people-table tbody .button:not(:disabled)").nth(8)
    place = toggle.bounding_box()

    toggle.click()

    expect(toggle).to_have_text("Activate")
    assert toggle.bounding_box() == place
