"""Every event is applied exactly once and in order, whatever the network and the user do."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from .actions import NETWORK, click, expect, expect_quiet, ready
from .stub import Stub

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def open_pad(page: Page, server: Stub) -> None:
    page.goto(server.page("/pad", "{pad}"))
    ready(page)


def log(page: Page) -> str:
    return page.inner_text(".log")


def wait_for_log(page: Page, expected: str) -> None:
    expect(page.locator(".log")).to_have_text(expected)


def assert_exactly_once(server: Stub, count: int) -> None:
    assert len(server.effects) == count
    assert len({rid for rid, _ in server.effects}) == count


def test_a_click_renders_the_component_anew(page: Page, server: Stub) -> None:
    open_pad(page, server)
    page.click(".a")
    wait_for_log(page, "a")
    assert page.locator("[data-cf-component]").count() == 1
    assert page.locator(".a").count() == 1
    arrival = server.arrivals[0]
    assert len(arrival.rid) >= 16
    assert not arrival.is_retry
    assert arrival.headers["HX-Request"] == "true"
    assert "?" not in arrival.path


def test_three_quick_clicks_are_applied_in_order(page: Page, server: Stub) -> None:
    server.fault(delay=0.15, times=3)
    open_pad(page, server)
    click(page, "a", "a", "a")
    wait_for_log(page, "aaa")
    assert_exactly_once(server, 3)


def test_two_buttons_alternating(page: Page, server: Stub) -> None:
    server.fault(delay=0.05, times=8)
    open_pad(page, server)
    click(page, *"abababab")
    wait_for_log(page, "abababab")
    assert_exactly_once(server, 8)


@pytest.mark.parametrize("delay", [0, 20, 200])
def test_double_click_on_a_slow_answer(page: Page, server: Stub, delay: int) -> None:
    server.fault(delay=0.4)
    open_pad(page, server)
    page.dblclick(".a", delay=delay)
    wait_for_log(page, "aa")
    assert_exactly_once(server, 2)


def test_a_button_that_its_own_event_removes_while_more_wait(page: Page, server: Stub) -> None:
    server.fault(delay=0.1, times=6)
    open_pad(page, server)
    click(page, "v0", "v0", "a", "v1", "b", "v0")
    wait_for_log(page, "00a1b0")
    assert_exactly_once(server, 6)
    expect(page.locator(".v0")).to_have_count(0)
    click(page, "c")
    wait_for_log(page, "00a1b0c")
    expect_quiet(page)


def test_two_components_do_not_wait_for_each_other(page: Page, server: Stub) -> None:
    server.fault(delay=1.5)
    page.goto(server.page("/two", "{pad}{pad}"))
    first, second = page.locator("section").all()
    first.locator(".a").click()
    second.locator(".b").click()
    expect(second.locator(".log")).to_have_text("b", timeout=1000)
    expect(first.locator(".log")).to_have_text("a")


@pytest.mark.parametrize("when", ["before", "after", "during"])
def test_a_dropped_connection_loses_and_repeats_nothing(page: Page, server: Stub, when: str) -> None:
    page.console.expect(NETWORK)
    open_pad(page, server)
    click(page, "c")
    wait_for_log(page, "c")
    server.fault("add", drop=when, times=2)
    click(page, "a", "b")
    wait_for_log(page, "cab")
    assert_exactly_once(server, 3)
    assert len({arrival.rid for arrival in server.arrivals}) == 3
    assert page.locator(".cf-toast").count() == 0


def test_what_the_browser_sends_again_by_itself_is_one_event(page: Page, server: Stub) -> None:
    open_pad(page, server)
    click(page, "c")
    wait_for_log(page, "c")
    # Chromium repeats a POST whose kept connection closes without an answer; the script never hears of it.
    server.fault("add", drop="after")
    click(page, "a")
    wait_for_log(page, "ca")
    again = [arrival for arrival in server.arrivals if arrival.event == "add" and arrival.fields["letter"] == ["a"]]
    assert len(again) > 1
    assert not again[-1].is_retry
    assert_exactly_once(server, 2)
    assert page.console.errors == []


def test_repeats_are_marked_and_carry_the_id_of_the_click(page: Page, server: Stub) -> None:
    page.console.expect(NETWORK)
    open_pad(page, server)
    server.fault(drop="before", times=100, spares_repeats=True)
    click(page, "a")
    wait_for_log(page, "a")
    assert len({arrival.rid for arrival in server.arrivals}) == 1
    assert [arrival.is_retry for arrival in server.arrivals].index(True) > 0


def test_after_several_failures_the_user_is_asked_and_nothing_overtakes(page: Page, server: Stub) -> None:
    page.console.expect(NETWORK)
    open_pad(page, server)
    server.fault("add", drop="before", times=100)
    click(page, "a", "b")
    toast = page.locator(".cf-toast[role=alert]")
    expect(toast).to_contain_text("cannot be reached")
    assert page.locator("html[data-cf-offline]").count() == 1
    server.faults.clear()
    toast.get_by_role("button", name="Try again").click()
    wait_for_log(page, "ab")
    expect(toast).to_have_count(0)
    assert_exactly_once(server, 2)
    assert page.locator("html[data-cf-offline]").count() == 0


def test_a_new_click_wakes_an_event_that_is_held_back(page: Page, server: Stub) -> None:
    page.console.expect(NETWORK)
    open_pad(page, server)
    server.fault("add", drop="before", times=100)
    click(page, "a")
    expect(page.locator(".cf-toast")).to_have_count(1)
    server.faults.clear()
    click(page, "b")
    wait_for_log(page, "ab")
    expect(page.locator(".cf-toast")).to_have_count(0)


def test_offline_and_back(page: Page, server: Stub) -> None:
    page.console.expect(NETWORK)
    open_pad(page, server)
    page.context.set_offline(True)
    expect(page.locator("html[data-cf-offline]")).to_have_count(1)
    click(page, "a", "b")
    expect(page.locator(".cf-toast")).to_contain_text("You are offline")
    assert server.arrivals == []
    page.context.set_offline(False)
    wait_for_log(page, "ab")
    expect(page.locator(".cf-toast, html[data-cf-offline]")).to_have_count(0)
    assert_exactly_once(server, 2)


def test_a_server_that_is_still_busy_is_asked_again(page: Page, server: Stub) -> None:
    page.console.expect("409")
    open_pad(page, server)
    server.fault(status=409, body={"error": "Busy", "code": "in_progress"}, headers={"Retry-After": "1"})
    click(page, "a", "b")
    wait_for_log(page, "ab")
    assert len({arrival.rid for arrival in server.arrivals}) == 2
    assert server.arrivals[1].is_retry
    assert server.arrivals[1].at - server.arrivals[0].at >= 1


def test_a_gateway_error_is_repeated(page: Page, server: Stub) -> None:
    page.console.expect("50[24]")
    open_pad(page, server)
    server.fault(status=502, text="<h1>Bad gateway</h1>")
    server.fault(status=504, text="<h1>Slow gateway</h1>")
    click(page, "a")
    wait_for_log(page, "a")
    assert_exactly_once(server, 1)


def test_latest_keeps_only_the_newest_that_waits(page: Page, server: Stub) -> None:
    open_pad(page, server)
    server.fault(delay=0.3)
    click(page, "latest", "latest", "latest", "a", "latest")
    wait_for_log(page, "nan")
    assert server.events() == ["newest", "add", "newest"]


def test_a_stale_answer_of_latest_is_not_shown(page: Page, server: Stub) -> None:
    open_pad(page, server)
    page.evaluate("""() => {
        window.seen = [];
        new MutationObserver(() => seen.push(document.querySelector('.log').textContent))
            .observe(document.body, {subtree: true, childList: true, characterData: true});
    }""")
    server.fault(delay=0.2, times=2)
    click(page, "latest", "latest")
    wait_for_log(page, "nn")
    assert "n" not in page.evaluate("seen")


def test_drop_refuses_while_something_is_under_way(page: Page, server: Stub) -> None:
    open_pad(page, server)
    server.fault(delay=0.3)
    click(page, "a", "once", "once")
    wait_for_log(page, "a")
    click(page, "once", "once")
    wait_for_log(page, "ap")
    assert server.events() == ["add", "poll"]


def test_a_poll_that_is_refused_does_not_wake_what_is_held_back(page: Page, server: Stub) -> None:
    page.console.expect(NETWORK)
    open_pad(page, server)
    server.fault(drop="before", times=100)
    click(page, "once")
    expect(page.locator(".cf-toast")).to_have_count(1)
    arrived = len(server.arrivals)
    click(page, "once", "once")
    page.wait_for_timeout(200)
    assert len(server.arrivals) == arrived
    server.faults.clear()
    page.get_by_role("button", name="Try again").click()
    wait_for_log(page, "p")


def test_an_authors_hx_sync_is_read_as_a_queue_mode(page: Page, server: Stub) -> None:
    open_pad(page, server)
    server.fault(delay=0.3, times=3)
    click(page, "own", "own", "a", "own")
    wait_for_log(page, "oa")
    click(page, "own")
    wait_for_log(page, "oao")


def test_at_most_fifty_wait(page: Page, server: Stub) -> None:
    open_pad(page, server)
    server.fault(delay=0.5)
    click(page, *(["a"] * 53))
    toast = page.locator(".cf-toast")
    expect(toast).to_have_count(1)
    expect(toast).to_contain_text("Too much is waiting")
    wait_for_log(page, "a" * 51)
    assert_exactly_once(server, 51)
    expect_quiet(page)


def test_an_answer_without_html_brings_the_new_token(page: Page, server: Stub) -> None:
    open_pad(page, server)
    click(page, "quiet", "quiet")
    expect_quiet(page)
    assert log(page) == ""
    click(page, "a")
    wait_for_log(page, "qqa")


def test_a_conflict_shows_the_servers_render_and_says_so(page: Page, server: Stub) -> None:
    page.console.expect("409")
    open_pad(page, server)
    page.evaluate("document.addEventListener('component:conflict', e => window.conflict = e.target.id)")
    click(page, "conflict", "a")
    wait_for_log(page, "!a")
    assert page.evaluate("conflict").startswith("pad-")
    assert page.locator(".cf-toast").count() == 0


def test_the_pending_look_comes_after_a_moment_and_goes(page: Page, server: Stub) -> None:
    open_pad(page, server)
    server.fault(delay=0.6)
    page.evaluate("""() => {
        const root = document.querySelector('section');
        root.addEventListener('click', () => window.clicked = performance.now(), true);
        new MutationObserver(() => window.shown ??= performance.now())
            .observe(root, {attributeFilter: ['data-cf-busy']});
    }""")
    click(page, "a")
    page.wait_for_selector("section[data-cf-busy][aria-busy=true]")
    assert 140 < page.evaluate("shown - clicked") < 550
    wait_for_log(page, "a")
    expect_quiet(page)


def test_a_quick_answer_shows_no_pending_look(page: Page, server: Stub) -> None:
    open_pad(page, server)
    # On a busy machine an answer may be slow: what counts are those that are not.
    quick = page.evaluate("""async () => {
        const root = document.querySelector('section');
        let shown = 0, quick = [];
        new MutationObserver(() => shown += root.matches('[data-cf-busy]')).observe(root, {attributes: true});
        for (let n = 0; n < 20; n++) {
            const start = performance.now();
            shown = 0;
            await cf.dispatch(root, 'add', {letter: 'a'});
            if (performance.now() - start < 120) quick.push(shown);
        }
        return quick;
    }""")
    assert quick
    assert not any(quick)


def test_dispatch_from_a_script(page: Page, server: Stub) -> None:
    open_pad(page, server)
    dom_id = page.get_attribute("section", "id")
    assert page.evaluate("id => cf.dispatch(id, 'add', {letter: 'x'})", dom_id) is True
    cf_id = page.get_attribute("section", "data-cf-id")
    assert page.evaluate("id => cf.dispatch(id, 'add', {letter: 'y'})", cf_id) is True
    assert page.evaluate("() => cf.dispatch(document.querySelector('.a'), 'add', {letter: 'z'})") is True
    assert log(page) == "xyz"
    page.console.expect("422")
    server.fault(status=422, body={"error": "No", "code": "invalid"})
    assert page.evaluate("id => cf.dispatch(id, 'add', {letter: 'x'})", dom_id) is False
    assert page.evaluate("Object.keys(cf)") == ["dispatch"]


def test_aborted_requests_free_the_queue(page: Page, server: Stub) -> None:
    open_pad(page, server)
    abort = "htmx.trigger(document.querySelector('.a'), 'htmx:abort')"
    server.fault(delay=1.0)
    click(page, "a")
    page.evaluate(abort)
    click(page, "b")
    wait_for_log(page, "b")
    server.fault(delay=0.3)
    click(page, "b", "a")
    page.evaluate(abort)
    click(page, "c")
    wait_for_log(page, "bbc")
    expect_quiet(page)


def test_a_request_that_is_not_confirmed_frees_the_queue(page: Page, server: Stub) -> None:
    open_pad(page, server)
    page.evaluate("document.querySelector('.a').setAttribute('hx-confirm', 'Sure?')")
    page.once("dialog", lambda dialog: dialog.dismiss())
    click(page, "a")
    page.once("dialog", lambda dialog: dialog.accept())
    click(page, "a")
    click(page, "b")
    wait_for_log(page, "ab")
    expect_quiet(page)


def test_a_root_that_is_replaced_keeps_its_queue(page: Page, server: Stub) -> None:
    open_pad(page, server)
    server.fault(delay=0.3, times=2)
    click(page, "a", "b", "c")
    page.evaluate("""() => {
        const old = document.querySelector('section');
        const copy = old.cloneNode(true);
        copy.querySelectorAll('[data-htmx-powered]').forEach(e => e.removeAttribute('data-htmx-powered'));
        old.replaceWith(copy);
        htmx.process(copy);
        copy.querySelector('.a').click();
    }""")
    wait_for_log(page, "abca")
    assert_exactly_once(server, 4)
    expect_quiet(page)


def test_a_root_that_becomes_another_element(page: Page, server: Stub) -> None:
    page.goto(server.page("/turn", "{turn}"))
    ready(page)
    server.fault(delay=0.2)
    page.fill(".more", "typed before")
    page.fill(".note", "typed")
    click(page, "a", "b", "a")
    wait_for_log(page, "aba")
    click(page, "b")
    wait_for_log(page, "abab")
    assert page.input_value(".note") == "typed"
    assert page.input_value(".more") == "typed before"
    assert page.evaluate("document.activeElement.className") == "note"
    expect(page.locator("[data-cf-component]")).to_have_count(1)
    assert_exactly_once(server, 4)
    expect_quiet(page)


@pytest.mark.parametrize("seed", range(6))
def test_random_clicks_on_a_bad_line(page: Page, server: Stub, seed: int) -> None:
    """No event is lost, repeated or overtaken, and no queue hangs."""
    page.console.expect(NETWORK, "50[24]", "409")
    open_pad(page, server)
    choice = random.Random(seed)
    expected = ""
    for _ in range(60):
        kind = choice.random()
        if kind < 0.25:
            server.fault(delay=choice.choice([0.01, 0.05, 0.2]))
        elif kind < 0.35:
            server.fault(drop=choice.choice(["before", "after", "during"]))
        elif kind < 0.38:
            server.fault(status=choice.choice([502, 504]), text="gateway")
    for _ in range(12):
        names = choice.choices(["a", "b", "c", "v0", "v1", "v2", "v3", "quiet"], k=choice.randint(1, 5))
        letters = {"quiet": "q", "v0": "0", "v1": "1", "v2": "2", "v3": "3"}
        present = page.evaluate(
            "names => names.filter(n => document.querySelector('.' + n)?.click() === undefined "
            "&& document.querySelector('.' + n))",
            names,
        )
        expected += "".join(letters.get(name, name) for name in present)
        page.wait_for_timeout(choice.choice([0, 5, 40, 150]))
    click(page, "a")
    expected += "a"
    expect(page.locator(".log")).to_have_text(expected, timeout=30000)
    assert_exactly_once(server, len(expected))
    expect_quiet(page)
