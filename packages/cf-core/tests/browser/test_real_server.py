"""The client against the real server side, in a process of its own and under a strict policy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .actions import click, expect, expect_count, expect_quiet, expect_text, ready

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


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
def counter(page: Page, site: str) -> Page:
    page.goto(site + "/counter/")
    ready(page)
    return page


def test_quick_clicks_are_applied_in_order(counter: Page) -> None:
    click(counter, "one", "double", "five", "double", "one")
    expect_text(counter, ".count", "23")
    expect_count(counter, "section", 1)
    expect_quiet(counter)


def test_what_the_server_refuses_is_said(counter: Page) -> None:
    counter.console.expect("status of (404|422|500)")
    click(counter, "wrong")
    expect_count(counter, ".cf-toast[role=alert]", 1)
    click(counter, "gone")
    expect_count(counter, ".cf-toast[role=alert]", 2)
    click(counter, "fail")
    expect_count(counter, ".cf-toast-retry", 1)
    assert "hunter2-canary" not in counter.content()
    click(counter, "one")
    expect_text(counter, ".count", "3")


def test_an_answer_without_html(counter: Page) -> None:
    click(counter, "quiet", "quiet")
    expect_quiet(counter)
    assert counter.inner_text(".count") == "2"
    click(counter, "one")
    expect_text(counter, ".count", "203")


def test_a_redirect(counter: Page, site: str) -> None:
    click(counter, "move")
    counter.wait_for_url(site + "/elsewhere/")


def test_a_new_csrf_secret_goes_unnoticed(counter: Page, site: str) -> None:
    counter.console.expect("status of 403")
    other = counter.context.new_page()
    other.goto(site + "/log-in/?renew")
    other.close()
    click(counter, "one", "one")
    expect_text(counter, ".count", "4")
    expect_count(counter, ".cf-toast", 0)


def test_a_forged_token_is_replaced_by_a_fresh_part(counter: Page) -> None:
    counter.console.expect("status of 400")
    click(counter, "five")
    expect_text(counter, ".count", "7")
    counter.evaluate("document.querySelector('section').dataset.cfState += 'x'")
    click(counter, "one")
    expect_count(counter, ".cf-toast[data-level=info]", 1)
    expect_text(counter, ".count", "2")
    click(counter, "one")
    expect_text(counter, ".count", "3")


def test_a_user_who_is_logged_out_comes_to_log_in(page: Page, site: str) -> None:
    page.console.expect("status of 401")
    page.goto(site + "/members/")
    ready(page)
    click(page, "touch")
    page.wait_for_url(site + "/log-in/?next=%2Fmembers%2F")


def test_family_form_messages_listeners_and_a_late_part(page: Page, site: str) -> None:
    page.console.expect("status of 422")
    page.goto(site + "/all/")
    ready(page)
    expect_text(page, ".late", "here 1")
    click(page, "five")
    expect_text(page, ".count", "5")
    page.click(".send")
    expect_text(page, ".error", "Say something.")
    page.fill(".word", "pear")
    page.keyboard.press("Enter")
    expect_text(page, "li", "pear")
    expect_text(page, ".error", "")
    assert page.input_value(".word") == ""
    # The child kept its state, and heard of it.
    expect_text(page, ".count", "6")
    expect(page.locator(".cf-toast[data-level=success] span")).to_have_text("Added pear.")
    expect_text(page, ".cf-live", "pear added")
    click(page, "again", "one", "again")
    expect_text(page, ".told", "2")
    expect_text(page, ".count", "7")
    expect_quiet(page)


def test_slots_keep_what_the_page_put_into_them(page: Page, site: str) -> None:
    page.goto(site + "/slots/")
    ready(page)
    click(page, "five", "bump", "one", "bump")
    expect_text(page, ".n", "2")
    expect_text(page, ".count", "6")
    expect_text(page, ".foot", "foot")
    expect_count(page, "[data-cf-keep]", 0)
    expect_quiet(page)


def test_a_box_that_is_unticked_is_false_and_not_left_to_its_default(page: Page, site: str) -> None:
    page.goto(site + "/choices/")
    ready(page)
    click(page, "save")
    expect_text(page, ".saved", "True ['a']")
    click(page, "news", "save")
    expect_text(page, ".saved", "False ['a']")
    expect_quiet(page)
