"""A new render changes what the server changed, and nothing that the user or a script did."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from .actions import click, expect, expect_count, expect_quiet, expect_text, ready
from .stub import Stub

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def sheet(page: Page, server: Stub) -> Page:
    page.goto(server.page("/sheet", "{sheet}"))
    ready(page)
    return page


def renew(page: Page, name: str = "again") -> None:
    """Have the component rendered again, without moving the focus."""
    before = int(page.inner_text(".count"))
    click(page, name)
    expect_text(page, ".count", str(before + 1))


def test_focus_caret_and_typed_text_survive(sheet: Page) -> None:
    sheet.fill(".note", "hello world")
    sheet.evaluate("document.querySelector('.note').setSelectionRange(3, 5)")
    renew(sheet)
    renew(sheet, "row")
    assert sheet.evaluate("document.activeElement.className") == "note"
    note = "document.querySelector('.note')"
    assert sheet.evaluate(f"[{note}.selectionStart, {note}.selectionEnd, {note}.value]") == [3, 5, "hello world"]


def test_the_focused_input_is_not_overwritten_and_a_free_one_is(sheet: Page) -> None:
    sheet.focus(".note")
    sheet.keyboard.type("mine")
    renew(sheet, "set")
    assert sheet.input_value(".note") == "mine"
    sheet.reload()
    ready(sheet)
    renew(sheet, "set")
    assert sheet.input_value(".note") == "server"


def test_the_caret_stays_where_the_server_changes_a_focused_value(sheet: Page) -> None:
    sheet.focus(".other")
    sheet.evaluate("document.querySelector('.other').setSelectionRange(0, 0)")
    renew(sheet, "set2")
    other = "document.querySelector('.other')"
    assert sheet.evaluate(f"[{other}.defaultValue, {other}.value, {other}.selectionStart]") == ["other", "x", 0]


def test_changed_controls_keep_their_values_when_the_server_says_otherwise(sheet: Page) -> None:
    sheet.fill(".note", "mine")
    sheet.fill(".text", "text")
    sheet.select_option(".pick", "2")
    sheet.check(".agree")
    sheet.focus(".again")
    renew(sheet, "set")
    assert sheet.input_value(".note") == "mine"
    assert sheet.input_value(".text") == "text"
    assert sheet.input_value(".pick") == "2"
    assert sheet.is_checked(".agree")


def test_open_details_and_scroll_positions_survive(sheet: Page) -> None:
    sheet.click(".more summary")
    sheet.evaluate("document.querySelector('.scroll').scrollTop = 30")
    renew(sheet)
    renew(sheet, "row")
    assert sheet.get_attribute(".more", "open") is not None
    assert sheet.evaluate("document.querySelector('.scroll').scrollTop") == 30


def test_what_scripts_set_survives_until_the_server_says_something_else(sheet: Page) -> None:
    sheet.evaluate("""() => {
        const steady = document.querySelector('.steady');
        steady.classList.add('marked');
        steady.dataset.mine = 'yes';
        steady.style.setProperty('--x', '1');
        document.querySelector('.sheet').classList.add('extra');
        document.querySelector('.mine').append('widget');
    }""")
    renew(sheet)
    renew(sheet)
    assert sheet.get_attribute(".steady", "class") == "steady marked"
    assert sheet.get_attribute(".steady", "data-mine") == "yes"
    assert sheet.get_attribute(".steady", "style") == "--x: 1;"
    assert sheet.inner_text(".mine") == "widget"
    # The root's class changes with every render: there the server's word counts.
    assert sheet.get_attribute("[data-cf-component]", "class") == "sheet n0"


def test_what_a_script_did_and_the_server_said_too_is_the_servers(sheet: Page) -> None:
    sheet.evaluate("document.querySelector('.flag').classList.add('on')")
    renew(sheet)
    assert sheet.get_attribute(".flag", "class") == "flag on"
    renew(sheet)
    assert sheet.get_attribute(".flag", "class") == "flag"


def test_what_is_being_edited_in_place_stays(sheet: Page) -> None:
    sheet.focus(".edit")
    sheet.keyboard.press("End")
    sheet.keyboard.type(" and more")
    renew(sheet)
    assert sheet.inner_text(".edit") == "0 and more"
    sheet.focus(".again")
    renew(sheet)
    assert sheet.inner_text(".edit") == "2"


def test_elements_stay_the_same_objects(sheet: Page) -> None:
    sheet.evaluate("() => { window.kept = [...document.querySelectorAll('.sheet, .note, .rows li, .form')]; }")
    renew(sheet, "row")
    assert sheet.evaluate("kept.every(element => element.isConnected)")
    expect_count(sheet, ".rows li", 2)


def test_answers_leave_no_stray_nodes(sheet: Page) -> None:
    number = "document.body.childNodes.length"
    before = sheet.evaluate(number)
    for _ in range(3):
        renew(sheet)
    assert sheet.evaluate(number) == before


def test_an_accepted_submit_shows_what_the_server_rendered(sheet: Page) -> None:
    sheet.fill(".title", "milk")
    sheet.fill(".other", "changed")
    sheet.check(".agree")
    sheet.fill(".note", "outside the form")
    sheet.focus(".title")
    sheet.keyboard.press("Enter")
    expect_text(sheet, ".count", "1")
    got = json.loads(sheet.inner_text(".got"))
    assert got == {"title": ["milk"], "other": ["changed"], "agree": ["yes"], "how": ["first"]}
    assert sheet.input_value(".title") == ""
    assert sheet.input_value(".other") == "x"
    assert not sheet.is_checked(".agree")
    assert sheet.input_value(".note") == "outside the form"
    assert sheet.evaluate("document.activeElement.className") == "title"


def test_what_is_typed_while_a_submit_is_under_way_stays(sheet: Page, server: Stub) -> None:
    server.fault(delay=0.4)
    sheet.fill(".title", "milk")
    sheet.keyboard.press("Enter")
    sheet.keyboard.type(" and bread")
    expect_text(sheet, ".count", "1")
    assert sheet.input_value(".title") == "milk and bread"


def test_a_refused_submit_keeps_everything(sheet: Page) -> None:
    sheet.console.expect("status of 422")
    sheet.fill(".title", "bad")
    sheet.check(".agree")
    sheet.click(".save2")
    expect_text(sheet, ".error", "No.")
    assert json.loads(sheet.inner_text(".got"))["how"] == ["second"]
    assert sheet.input_value(".title") == "bad"
    assert sheet.is_checked(".agree")
    expect_count(sheet, ".cf-toast", 0)


def test_a_button_inside_a_form_keeps_what_was_typed_in_it(sheet: Page) -> None:
    sheet.fill(".title", "half")
    renew(sheet, "inform")
    assert sheet.input_value(".title") == "half"


def test_the_server_corrects_the_control_that_made_the_event(sheet: Page) -> None:
    sheet.fill(".qty", "99")
    sheet.focus(".again")
    expect_text(sheet, ".count", "1")
    assert sheet.input_value(".qty") == "10"
    sheet.fill(".qty", "98")
    sheet.focus(".again")
    expect_text(sheet, ".count", "2")
    assert sheet.input_value(".qty") == "10"
    sheet.click(".tick")
    expect_text(sheet, ".count", "3")
    expect(sheet.locator(".tick")).not_to_be_checked()


def test_a_refused_box_goes_back(sheet: Page, server: Stub) -> None:
    sheet.console.expect("status of 403")
    server.fault(status=403, body={"error": "No", "code": "forbidden"})
    sheet.click(".tick")
    expect_count(sheet, ".cf-toast", 1)
    expect(sheet.locator(".tick")).not_to_be_checked()


def test_autofocus_counts_for_new_elements_only(page: Page, server: Stub) -> None:
    page.goto(server.page("/sheet", "{sheet}"))
    ready(page)
    fresh = "document.querySelector('.rows').innerHTML"
    assert page.evaluate(fresh)
    page.evaluate("document.querySelector('.note').setAttribute('autofocus', '')")
    page.focus(".again")
    renew(page)
    assert page.evaluate("document.activeElement.className") == "again"


def test_nothing_is_under_way_in_the_end(sheet: Page) -> None:
    renew(sheet)
    expect_quiet(sheet)
