"""What the user sees and the page can do when the server refuses an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .actions import NETWORK, click, expect, expect_count, expect_quiet, expect_text, ready
from .stub import Stub

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

RECORD = """() => {
    window.problems = [];
    for (const name of ['component:error', 'htmx:responseError']) {
        document.addEventListener(name, ({target, detail}) => problems.push({
            name, root: target.id, code: detail.code, status: detail.status, error: detail.error,
            errors: detail.errors, retryAfter: detail.retryAfter, xhr: detail.xhr.status, retry: typeof detail.retry,
        }));
    }
}"""


def open_pad(page: Page, server: Stub) -> None:
    page.goto(server.page("/pad", "{pad}"))
    ready(page)
    page.evaluate(RECORD)


def problem(page: Page) -> dict[str, object]:
    """Return the one problem that was reported, under both names."""
    first, second = page.evaluate("problems")
    assert (first.pop("name"), second.pop("name")) == ("component:error", "htmx:responseError")
    assert first == second
    assert first["root"].startswith("pad-")
    return first


@pytest.mark.parametrize(
    ("status", "code", "can_retry"),
    [
        (400, "malformed", False),
        (401, "auth_required", False),
        (403, "forbidden", False),
        (404, "not_found", False),
        (413, "too_large", False),
        (422, "invalid", False),
        (500, "internal", True),
        (503, "unavailable", True),
    ],
)
def test_a_refused_event_is_said_and_the_rest_goes_on(
    page: Page, server: Stub, status: int, code: str, can_retry: bool
) -> None:
    page.console.expect(f"status of {status}")
    open_pad(page, server)
    server.fault(status=status, body={"error": "Not <i>this</i>.", "code": code})
    click(page, "a", "b")
    expect_text(page, ".log", "b")
    found = problem(page)
    assert (found["code"], found["status"], found["xhr"], found["error"]) == (code, status, status, "Not <i>this</i>.")
    toast = page.locator(".cf-toast[role=alert]")
    expect(toast.locator("span")).to_have_text("Not <i>this</i>.")
    expect(toast.get_by_role("button", name="Try again")).to_have_count(int(can_retry))
    toast.get_by_role("button", name="Dismiss").click()
    expect_count(page, ".cf-toast", 0)
    expect_quiet(page)


def test_a_retry_keeps_the_request_id(page: Page, server: Stub) -> None:
    page.console.expect("status of 500")
    open_pad(page, server)
    server.fault(status=500, body={"error": "Failed", "code": "internal"})
    click(page, "a", "b")
    expect_text(page, ".log", "b")
    page.get_by_role("button", name="Try again").click()
    expect_text(page, ".log", "ba")
    first, _, last = server.arrivals
    assert first.rid == last.rid
    assert last.is_retry
    assert len(server.effects) == 2


def test_an_error_page_without_json_has_a_text_too(page: Page, server: Stub) -> None:
    page.console.expect("status of 500")
    open_pad(page, server)
    server.fault(status=500, text="<div class=injected hx-swap-oob=beforeend:body>traceback</div>")
    click(page, "a", "b")
    expect_text(page, ".log", "b")
    expect(page.locator(".cf-toast span")).to_have_text("Something went wrong.")
    expect_count(page, ".injected", 0)


def test_a_listener_may_deal_with_the_problem_itself(page: Page, server: Stub) -> None:
    page.console.expect("status of 500")
    open_pad(page, server)
    page.evaluate("""() => document.addEventListener('component:error', (event) => {
        event.preventDefault();
        window.again = event.detail.retry;
    })""")
    server.fault(status=500, body={"error": "Failed", "code": "internal"})
    click(page, "a")
    expect_quiet(page)
    assert page.evaluate("problems.length") == 2
    expect_count(page, ".cf-toast", 0)
    assert page.evaluate("again()") is True
    expect_text(page, ".log", "a")
    click(page, "b")
    expect_text(page, ".log", "ab")


def test_a_listener_may_hold_back_the_message_of_a_broken_line(page: Page, server: Stub) -> None:
    page.console.expect(NETWORK)
    open_pad(page, server)
    page.evaluate("""() => document.addEventListener('component:error', (event) => {
        event.preventDefault();
        window.again = event.detail.retry;
    })""")
    server.fault("add", drop="before", times=100)
    click(page, "a")
    expect(page.locator("html[data-cf-offline]")).to_have_count(1)
    expect_count(page, ".cf-toast", 0)
    server.faults.clear()
    page.evaluate("again()")
    expect_text(page, ".log", "a")
    click(page, "b")
    expect_text(page, ".log", "ab")


def test_log_in_brings_the_user_back(page: Page, server: Stub) -> None:
    page.console.expect("status of 401")
    server.page("/login/", "<h1>log in</h1>")
    page.goto(server.page("/pad", "{pad}") + "?q=1&r=2#part")
    ready(page)
    body = {"error": "Log in", "code": "auth_required", "login_url": "/login/?from=app"}
    server.fault(status=401, body=body)
    click(page, "a")
    page.wait_for_url("**/login/**")
    assert page.url == server.url + "/login/?from=app&next=%2Fpad%3Fq%3D1%26r%3D2"


@pytest.mark.parametrize(
    "login", ["//evil.example/", "/\\evil.example", "javascript:alert(1)", "java\nscript:alert(1)", None]
)
def test_log_in_elsewhere_is_refused(page: Page, server: Stub, login: str | None) -> None:
    page.console.expect("status of 401")
    open_pad(page, server)
    server.fault(status=401, body={"error": "Log in first", "code": "auth_required", "login_url": login})
    click(page, "a")
    expect(page.locator(".cf-toast span")).to_have_text("Log in first")
    assert page.url == server.url + "/pad"


def test_a_refused_csrf_token_is_renewed_once(page: Page, server: Stub) -> None:
    page.console.expect("status of 403")
    server.page_csrf = "stale"
    open_pad(page, server)
    click(page, "a", "b")
    expect_text(page, ".log", "ab")
    assert [arrival.is_retry for arrival in server.arrivals] == [False, True, False]
    assert server.arrivals[0].rid == server.arrivals[1].rid
    assert page.evaluate("problems") == []


def test_csrf_refused_twice_is_an_error(page: Page, server: Stub) -> None:
    page.console.expect("status of 403")
    open_pad(page, server)
    server.fault(status=403, body={"error": "CSRF refused", "code": "csrf_failed"}, times=2)
    click(page, "a", "b")
    expect_text(page, ".log", "b")
    assert problem(page)["code"] == "csrf_failed"


def test_too_fast_pauses_this_component_only(page: Page, server: Stub) -> None:
    page.console.expect("status of 429")
    page.goto(server.page("/two", "{pad}{pad}"))
    ready(page)
    server.fault(
        "add",
        status=429,
        body={"error": "Too fast.", "code": "rate_limited", "retry_after": 1},
        headers={"Retry-After": "1"},
    )
    first, second = page.locator("section").all()
    page.evaluate("""() => {
        const [first, second] = document.querySelectorAll('section');
        first.querySelector('.a').click();
        first.querySelector('.b').click();
        second.querySelector('.latest').click();
    }""")
    expect(second.locator(".log")).to_have_text("n", timeout=900)
    expect(page.locator(".cf-toast span")).to_have_text("Too fast. Try again in 1 s.")
    assert first.locator(".log").inner_text() == ""
    expect(first.locator(".log")).to_have_text("b")
    times = [
        arrival.at for arrival in server.arrivals if arrival.headers["X-Component"] == first.get_attribute("data-cf-id")
    ]
    assert times[1] - times[0] >= 0.95
    expect_quiet(page)


def test_the_wait_is_counted_down_and_spoken_once(page: Page, server: Stub) -> None:
    page.console.expect("status of 429")
    open_pad(page, server)
    page.evaluate("""() => {
        window.spoken = [];
        const live = document.querySelector('.cf-live');
        new MutationObserver(() => live.textContent && spoken.push(live.textContent)).observe(live, {childList: true});
    }""")
    limited = {"error": "Too fast", "code": "rate_limited", "retry_after": 2}
    server.fault("add", status=429, body=limited, headers={"Retry-After": "2"})
    click(page, "a", "b")
    toast = page.locator(".cf-toast")
    line = toast.get_by_role("timer")
    expect(line).to_have_text("Too fast Try again in 2 s.")
    expect(toast).not_to_have_attribute("role", "alert")
    expect(line).to_have_text("Too fast Try again in 1 s.")
    expect(toast).to_have_count(0)
    # What was clicked meanwhile has waited; what was refused is the user's to repeat.
    expect_text(page, ".log", "b")
    click(page, "a")
    expect_text(page, ".log", "ba")
    assert page.evaluate("spoken.filter((words) => /Try/.test(words))") == ["Too fast\nTry again in 2 s."]
    assert problem(page)["error"] == "Too fast"
    assert problem(page)["retryAfter"] == 2


@pytest.mark.parametrize(("seconds", "shown"), [(99, "99 s"), (100, "2 min"), (3600, "60 min")])
def test_a_long_wait_is_told_in_minutes(page: Page, server: Stub, seconds: int, shown: str) -> None:
    page.console.expect("status of 429")
    open_pad(page, server)
    body = {"error": "Too fast", "code": "rate_limited", "retry_after": seconds}
    server.fault("add", status=429, body=body, headers={"Retry-After": str(seconds)})
    click(page, "a")
    expect(page.locator(".cf-toast span")).to_have_text(f"Too fast Try again in {shown}.")


@pytest.mark.parametrize("header", [{}, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}])
def test_a_refusal_without_seconds_is_a_short_wait(page: Page, server: Stub, header: dict[str, str]) -> None:
    page.console.expect("status of 429")
    open_pad(page, server)
    server.fault("add", status=429, body={"error": "Too fast", "code": "rate_limited"}, headers=header)
    click(page, "a", "b")
    expect(page.locator(".cf-toast span")).to_have_text("Too fast Try again in 1 s.")
    expect_text(page, ".log", "b")


def test_field_errors_of_a_payload_are_told(page: Page, server: Stub) -> None:
    page.console.expect("status of 422")
    open_pad(page, server)
    body = {"error": "Check this.", "code": "invalid", "errors": {"amount": ["Not a number."], "__proto__": ["Odd."]}}
    server.fault(status=422, body=body)
    click(page, "a")
    expect(page.locator(".cf-toast span")).to_have_text("Check this. Not a number. Odd.")
    assert problem(page)["errors"]["amount"] == ["Not a number."]
    assert page.evaluate("({}).x") is None


def test_an_expired_part_is_loaded_anew_with_what_was_typed(page: Page, server: Stub) -> None:
    page.console.expect("status of 410")
    page.goto(server.page("/sheet", "<p>before</p>{sheet}{pad}"))
    ready(page)
    page.evaluate(RECORD)
    page.fill(".note", "typed")
    page.fill(".text", "long text")
    page.select_option(".pick", "2")
    page.check(".agree")
    page.click(".more summary")
    page.focus(".title")
    page.keyboard.type("half a ti")
    old = page.get_attribute(".sheet", "data-cf-id")
    server.expired.add(old)
    click(page, "again")
    expect(page.locator(".cf-toast[data-level=info] span")).to_have_text(
        "This part was out of date and has been loaded anew."
    )
    assert page.get_attribute(".sheet", "data-cf-id") != old
    assert page.input_value(".note") == "typed"
    assert page.input_value(".text") == "long text"
    assert page.input_value(".pick") == "2"
    assert page.is_checked(".agree")
    page.keyboard.type("tle")
    assert page.input_value(".title") == "half a title"
    assert [found["code"] for found in page.evaluate("problems")] == ["state_expired"] * 2
    click(page, "again", "again")
    expect_text(page, ".count", "2")
    expect_quiet(page)
    assert page.inner_text(".log") == ""


def test_events_that_wait_go_to_the_fresh_part(page: Page, server: Stub) -> None:
    page.console.expect("status of 410")
    page.goto(server.page("/pads", "{pad}{pad}"))
    ready(page)
    second = page.locator("section").nth(1)
    server.expired.add(second.get_attribute("data-cf-id"))
    second.evaluate("root => ['a', 'b', 'c'].forEach(name => root.querySelector('.' + name).click())")
    expect(second.locator(".log")).to_have_text("bc")
    assert page.locator("section").nth(0).locator(".log").inner_text() == ""
    expect_quiet(page)


def test_a_forged_state_is_loaded_anew_once_and_then_an_error(page: Page, server: Stub) -> None:
    page.console.expect("status of 400")
    open_pad(page, server)
    server.fault("add", status=400, body={"error": "State could not be verified", "code": "state_invalid"}, times=2)
    click(page, "a")
    expect_count(page, ".cf-toast[data-level=info]", 1)
    assert server.page_gets == 2
    click(page, "a")
    expect(page.locator(".cf-toast[data-level=error] span")).to_have_text("State could not be verified")
    assert server.page_gets == 2
    click(page, "a")
    expect_text(page, ".log", "a")


def test_an_expired_part_that_is_gone_from_the_page_asks_for_a_reload(page: Page, server: Stub) -> None:
    page.console.expect("status of 410")
    open_pad(page, server)
    server.page("/pad", "<p>nothing here</p>")
    server.fault("add", status=410, body={"error": "Expired", "code": "state_expired"})
    click(page, "a")
    expect(page.locator(".cf-toast span")).to_have_text("This part is out of date. Please reload the page.")
    expect_count(page, "section", 1)
    expect_quiet(page)


def test_a_page_that_cannot_be_loaded_anew_asks_for_a_reload(page: Page, server: Stub) -> None:
    page.console.expect("status of 410", NETWORK)
    open_pad(page, server)
    server.fault("add", status=410, body={"error": "Expired", "code": "state_expired"})
    server.fault("GET", drop="before", times=9)
    click(page, "a")
    expect(page.locator(".cf-toast span")).to_have_text("This part is out of date. Please reload the page.")
    click(page, "b")
    expect_text(page, ".log", "b")


def test_a_redirect_to_some_page_is_not_taken_for_the_component(page: Page, server: Stub) -> None:
    page.console.expect("redirected|status of")
    open_pad(page, server)
    server.page("/login/", "<h1>log in</h1>")
    server.fault(status=302, text="", headers={"Location": "/login/"})
    click(page, "a", "b")
    expect_text(page, ".log", "b")
    expect(page.locator(".cf-toast span")).to_have_text("That was not possible.")


def test_messages_are_readable_on_a_phone(page: Page, server: Stub) -> None:
    page.console.expect("status of 500")
    page.set_viewport_size({"width": 390, "height": 700})
    open_pad(page, server)
    server.fault(status=500, body={"error": "Failed " + "because_of_something_long" * 6, "code": "internal"})
    click(page, "a")
    box = page.locator(".cf-toast").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    words = page.locator(".cf-toast span")
    assert words.evaluate("e => e.scrollWidth <= e.clientWidth + 1 && parseFloat(getComputedStyle(e).fontSize) >= 16")
    for button in page.locator(".cf-toast button").all():
        size = button.bounding_box()
        assert size["height"] >= 36
        assert size["x"] + size["width"] <= 390


def test_the_same_message_is_shown_once(page: Page, server: Stub) -> None:
    page.console.expect("status of 403")
    open_pad(page, server)
    for n in (1, 2, 1):
        server.fault(status=403, body={"error": f"No {n}", "code": "forbidden"})
    click(page, *"aaa")
    expect(page.locator(".cf-toast span")).to_have_text(["No 2", "No 1"])
