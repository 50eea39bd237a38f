"""Forms in a real browser: validated as they are left, mended, sent; nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

# A package that is tested from its wheel has what it declares and pytest, no more.
expect = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed.").expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def form(page: Page, site: str) -> Page:
    page.goto(f"{site}/contact/")
    expect(page.locator("#f-name[data-htmx-powered]")).to_be_attached()
    return page


def field(page: Page, path: str) -> Any:
    return page.locator(f"#f-{path.replace('.', '-')}")


def error(page: Page, path: str) -> Any:
    return page.locator(f"#f-{path.replace('.', '-')}-error")


def fill_rightly(page: Page) -> None:
    field(page, "name").fill("Ann")
    field(page, "email").fill("ann@example.org")
    field(page, "country").select_option("it")
    page.check("#f-colour-0")
    field(page, "password").fill("secret")
    page.check("#f-terms")


def test_a_field_is_validated_when_it_is_left_and_no_other(form: Page) -> None:
    form.focus("#f-name")
    form.keyboard.type("A")
    expect(error(form, "name")).to_have_count(0)
    form.keyboard.press("Tab")
    expect(error(form, "name")).to_be_visible()
    expect(field(form, "name")).to_have_attribute("aria-invalid", "true")
    expect(form.locator(".cf-error")).to_have_count(1)
    expect(form.locator(".cf-error-summary")).to_have_count(0)
    assert form.evaluate("document.activeElement.id") == "f-email"


def test_an_empty_field_that_is_left_is_missed(form: Page) -> None:
    form.focus("#f-name")
    form.keyboard.press("Tab")
    expect(error(form, "name")).to_be_visible()


def test_a_field_is_mended_under_ones_eyes(form: Page) -> None:
    form.focus("#f-email")
    form.keyboard.type("ann@")
    form.keyboard.press("Tab")
    expect(error(form, "email")).to_be_visible()
    form.focus("#f-email")
    form.keyboard.press("End")
    form.keyboard.type("example.org")
    # Still in the field: a pause is enough.
    expect(error(form, "email")).to_have_count(0)
    assert form.evaluate("document.activeElement.id") == "f-email"
    assert form.input_value("#f-email") == "ann@example.org"


def test_what_is_typed_while_an_answer_is_under_way_survives(form: Page) -> None:
    held: list[Route] = []
    form.route("**/components/**", lambda route: held.append(route))
    form.focus("#f-name")
    form.keyboard.type("A")
    form.keyboard.press("Tab")
    form.keyboard.type("ann@exam")
    # Playwright's handlers run while it waits for something.
    expect(field(form, "email")).to_have_value("ann@exam")
    form.wait_for_function("document.querySelector('.htmx-request, [data-cf-busy]')")
    assert len(held) == 1
    held[0].continue_()
    form.unroute("**/components/**")
    expect(error(form, "name")).to_be_visible()
    form.keyboard.type("ple.org")
    assert form.input_value("#f-email") == "ann@example.org"
    assert form.evaluate("document.activeElement.id") == "f-email"


def test_a_message_is_heard_by_who_has_gone_on(form: Page) -> None:
    form.focus("#f-name")
    form.keyboard.type("A")
    form.keyboard.press("Tab")
    expect(form.locator(".cf-live")).to_have_text("Name: Enter at least 2 characters.")


def test_a_chosen_file_stays_and_is_not_sent_before_the_form(page: Page, site: str) -> None:
    page.goto(f"{site}/everything/")
    expect(page.locator("#f-name[data-htmx-powered]")).to_be_attached()
    page.set_input_files("#f-photo", {"name": "a.png", "mimeType": "image/png", "buffer": b"x" * 5000})
    with page.expect_request("**/components/**") as asked:
        page.focus("#f-name")
        page.keyboard.press("Tab")
    assert "urlencoded" in asked.value.headers["content-type"]
    assert len(asked.value.post_data or "") < 3000
    expect(page.locator("#f-name-error")).to_be_visible()
    assert page.evaluate("document.querySelector('#f-photo').files[0].name") == "a.png"
    expect(page.locator("#f-photo-error")).to_have_count(0)


def test_a_choice_changes_what_depends_on_it(form: Page) -> None:
    field(form, "country").select_option("it")
    expect(field(form, "region")).to_have_value("Toscana")
    field(form, "country").select_option("de")
    expect(field(form, "region")).to_have_value("Bayern")


def test_a_form_that_is_right_is_sent_and_empty_again(form: Page) -> None:
    fill_rightly(form)
    # Every field has had its own answer by now; what they hold is the server's to change all the same.
    expect(form.locator("[data-cf-busy], [aria-busy], .htmx-request")).to_have_count(0)
    form.wait_for_timeout(300)
    form.click(".cf-submit")
    expect(form.locator(".saved")).to_have_text("Ann <ann@example.org>")
    expect(field(form, "name")).to_have_value("")
    expect(field(form, "password")).to_have_value("")
    expect(form.locator("#f-terms")).not_to_be_checked()
    expect(form.locator(".cf-error")).to_have_count(0)


def test_a_refused_form_leads_to_the_first_error_and_lists_all(form: Page) -> None:
    form.console.expect("status of 422")
    fill_rightly(form)
    field(form, "email").fill("ann@localhost")
    form.check("#f-terms")
    form.click(".cf-submit")
    expect(form.locator(".cf-error-summary")).to_be_visible()
    expect(field(form, "email")).to_be_focused()
    assert form.input_value("#f-name") == "Ann"
    assert form.input_value("#f-password") == "secret"
    form.focus(".cf-submit")
    form.click(".cf-error-summary a")
    expect(field(form, "email")).to_be_focused()
    form.fill("#f-email", "ann@example.org")
    form.click(".cf-submit")
    expect(form.locator(".saved")).to_have_text("Ann <ann@example.org>")


def test_an_error_of_the_whole_form_gets_the_focus_to_the_summary(form: Page) -> None:
    form.console.expect("status of 422")
    fill_rightly(form)
    field(form, "name").fill("Nobody")
    form.click(".cf-submit")
    expect(form.locator("#f-errors")).to_be_focused()
    expect(form.locator("#f-errors")).to_contain_text("Somebody has to write.")


def test_the_browser_itself_checks_what_it_can(form: Page) -> None:
    requests: list[str] = []
    form.on("request", lambda request: requests.append(request.url))
    form.click(".cf-submit")
    expect(field(form, "name")).to_be_focused()
    assert requests == []


def test_a_click_on_a_button_is_not_lost_to_a_message_above_it(form: Page) -> None:
    form.console.expect("status of 422")
    form.evaluate("document.querySelector('form').noValidate = true")
    form.focus("#f-name")
    form.keyboard.type("A")
    # High enough not to scroll: a browser that scrolls makes up for what moves.
    form.set_viewport_size({"width": 1000, "height": 1600})
    box = form.locator(".cf-submit").bounding_box()
    assert box is not None
    form.mouse.move(box["x"] + 10, box["y"] + 10)
    form.mouse.down()
    # As long as it likes: nothing may move under the pointer.
    form.wait_for_timeout(300)
    form.mouse.up()
    expect(form.locator(".cf-error-summary")).to_be_visible()


def test_rows_come_and_go_with_what_was_typed_in_the_others(form: Page) -> None:
    form.click(".cf-add")
    expect(form.locator(".cf-row")).to_have_count(1)
    form.locator("[name='lines.0.article']").fill("pen")
    form.click(".cf-add")
    form.locator("[name='lines.1.article']").fill("ink")
    form.click(".cf-add")
    expect(form.locator(".cf-row")).to_have_count(3)
    expect(form.locator(".cf-add")).to_have_count(0)
    form.locator("[name='lines.2.article']").fill("cup")
    form.locator(".cf-row").nth(2).locator(".cf-up").click()
    expect(form.locator("[name='lines.1.article']")).to_have_value("cup")
    expect(form.locator("[name='lines.2.article']")).to_have_value("ink")
    form.locator(".cf-row").nth(0).locator(".cf-remove").click()
    expect(form.locator(".cf-row")).to_have_count(2)
    expect(form.locator("[name='lines.0.article']")).to_have_value("cup")
    expect(form.locator("[name='lines.1.article']")).to_have_value("ink")


def test_the_focus_goes_along_with_rows(form: Page) -> None:
    form.focus(".cf-add")
    form.keyboard.press("Enter")
    expect(form.locator("[name='lines.0.article']")).to_be_focused()
    form.keyboard.type("pen")
    form.focus(".cf-add")
    form.keyboard.press("Enter")
    expect(form.locator("[name='lines.1.article']")).to_be_focused()
    form.keyboard.type("ink")
    form.focus(".cf-up")
    form.keyboard.press("Enter")
    expect(form.locator("[name='lines.0.article']")).to_be_focused()
    expect(form.locator("[name='lines.0.article']")).to_have_value("ink")
    form.locator(".cf-remove").first.focus()
    form.keyboard.press("Enter")
    expect(form.locator(".cf-row")).to_have_count(1)
    expect(form.locator("#f-lines")).to_be_focused()


def test_errors_of_rows_stand_in_their_rows(form: Page) -> None:
    form.click(".cf-add")
    quantity = form.locator("[name='lines.0.quantity']")
    quantity.fill("12")
    quantity.blur()
    expect(form.locator(".cf-row .cf-number .cf-error")).to_have_count(1)
    expect(quantity).to_have_attribute("aria-invalid", "true")


def test_the_keyboard_is_enough(form: Page) -> None:
    form.focus("#f-name")
    for text in ("Ann", "ann@example.org"):
        form.keyboard.type(text)
        form.keyboard.press("Tab")
    form.keyboard.type("It")
    for _ in range(2):
        form.keyboard.press("Tab")
    form.keyboard.press("Space")
    for _ in range(2):
        form.keyboard.press("Tab")
    form.keyboard.type("secret")
    form.keyboard.press("Tab")
    form.keyboard.press("Space")
    form.keyboard.press("Enter")
    expect(form.locator(".saved")).to_have_text("Ann <ann@example.org>")


def test_half_a_form_survives_a_refusal_of_its_state(form: Page) -> None:
    form.focus("#f-name")
    form.keyboard.type("Ann")
    form.keyboard.press("Tab")
    form.keyboard.type("ann@exam")
    form.keyboard.press("Tab")
    expect(error(form, "email")).to_be_visible()
    assert form.input_value("#f-name") == "Ann"


@pytest.fixture
def plain(browser: Browser, site: str) -> Iterator[Page]:
    """A page without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/contact/")
    yield page
    context.close()


def test_a_form_is_sent_without_a_script(plain: Page) -> None:
    fill_rightly(plain)
    plain.click(".cf-submit")
    expect(plain.locator("h1")).to_have_text("Forms")
    assert re.search("/contact/$", plain.url)


def test_errors_and_rows_come_back_as_a_page_without_a_script(plain: Page) -> None:
    field(plain, "name").fill("Ann")
    plain.click(".cf-add")
    expect(plain.locator(".cf-row")).to_have_count(1)
    expect(field(plain, "name")).to_have_value("Ann")
    plain.locator("[name='lines.0.article']").fill("pen")
    plain.click(".cf-add")
    plain.locator("[name='lines.1.article']").fill("ink")
    plain.locator(".cf-row").nth(1).locator(".cf-up").click()
    expect(plain.locator("[name='lines.0.article']")).to_have_value("ink")
    plain.locator(".cf-row").nth(1).locator(".cf-remove").click()
    expect(plain.locator(".cf-row")).to_have_count(1)
    plain.locator("[name='lines.0.quantity']").fill("2")
    fill_rightly(plain)
    field(plain, "name").fill("Nobody")
    plain.click(".cf-submit")
    expect(plain.locator("#f-errors")).to_contain_text("Somebody has to write.")
    expect(plain.locator("[name='lines.0.article']")).to_have_value("ink")
