"""Components beside and inside each other, and what handlers ask for besides HTML."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from .actions import click, expect, expect_count, expect_quiet, expect_text, ready
from .components import CARD_FIELDS, mount
from .stub import Stub, read_token

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser


@pytest.fixture
def box(page: Page, server: Stub) -> Page:
    page.goto(server.page("/box", "{box}"))
    ready(page)
    return page


def test_children_keep_their_state_through_the_parents_events(box: Page) -> None:
    click(box, "a", "b")
    expect_text(box, ".log", "ab")
    box.fill(".parttitle", "typed")
    token = box.get_attribute("section", "data-cf-state")
    click(box, "boxadd")
    expect_text(box, ".boxcount", "1")
    assert box.inner_text(".log") == "ab"
    assert box.input_value(".parttitle") == "typed"
    assert box.get_attribute("section", "data-cf-state") == token
    expect_count(box, "[data-cf-keep]", 0)
    click(box, "c")
    expect_text(box, ".log", "abc")


def test_a_child_that_is_rendered_in_full_again_stays_as_it_is(box: Page) -> None:
    click(box, "a", "b")
    expect_text(box, ".log", "ab")
    box.evaluate("document.querySelector('.boxadd').setAttribute('hx-vals', JSON.stringify({event: 'full'}))")
    click(box, "boxadd")
    expect_text(box, ".boxcount", "1")
    assert box.inner_text(".log") == "ab"
    click(box, "c")
    expect_text(box, ".log", "abc")


def test_a_parent_renders_while_its_child_waits_for_an_answer(box: Page, server: Stub) -> None:
    server.fault("go", delay=0.4)
    click(box, "partgo", "boxadd", "partgo")
    expect_text(box, ".boxcount", "1")
    expect_text(box, ".partcount", "2")
    expect_quiet(box)


def test_a_form_sends_no_field_of_a_child_in_it(box: Page) -> None:
    box.fill(".parttitle", "child's")
    box.check(".partbox")
    box.select_option(".partpick", "2")
    click(box, "boxsave")
    expect_text(box, ".boxcount", "1")
    assert json.loads(box.inner_text(".boxgot")) == {"outer": ["o"], "title": ["parent"], "agree": ["box"]}
    assert box.input_value(".parttitle") == "child's"


def test_a_child_sends_no_field_of_the_form_around_it(box: Page) -> None:
    box.fill(".parttitle", "parent")
    click(box, "partgo")
    expect_text(box, ".partcount", "1")
    assert json.loads(box.inner_text(".partgot")) == {"title": ["parent"], "pick": ["1"]}


def test_a_placeholder_without_its_child_is_filled_from_a_fresh_page(box: Page, server: Stub) -> None:
    child = box.get_attribute("section", "data-cf-id")
    html, headers = server.pages["/box"]()
    html = re.sub(r'id="pad-[^"]*"', f'id="lost-pad-{child}"', html)
    server.pages["/box"] = lambda: (html, headers)
    box.evaluate("document.querySelector('.boxadd').setAttribute('hx-vals', JSON.stringify({event: 'lose'}))")
    click(box, "boxadd")
    expect_text(box, ".boxcount", "1")
    expect(box.locator(f"#lost-pad-{child} .log")).to_be_attached()
    expect_count(box, "[data-cf-keep]", 0)


def test_an_element_with_the_roots_stamp_inside_belongs_to_the_root(page: Page, server: Stub) -> None:
    page.goto(server.page("/pad", "{pad}"))
    ready(page)
    page.evaluate("""() => {
        const {cfComponent, cfId, cfState} = document.querySelector('section').dataset;
        Object.assign(document.querySelector('.a').dataset, {cfComponent, cfId, cfState});
    }""")
    click(page, "b", "a", "a")
    expect_text(page, ".log", "baa")
    expect_count(page, "section", 1)


@pytest.fixture
def card(page: Page, server: Stub) -> Page:
    page.goto(server.page("/card", "{card}"))
    ready(page)
    return page


def test_a_root_that_is_a_form_may_have_fields_of_any_name(card: Page, server: Stub) -> None:
    card.fill(".must", "x")
    server.fault(delay=0.2)
    click(card, "cardsave", "cardplus", "cardsave")
    expect_text(card, ".cardlog", "sps")
    assert set(json.loads(card.inner_text(".cardgot"))) == {*CARD_FIELDS, "must"}
    expect_count(card, "form", 1)
    expect_quiet(card)


def test_a_refusal_of_such_a_form(card: Page, server: Stub) -> None:
    card.console.expect("status of 403")
    card.fill(".f-options", "typed")
    card.fill(".must", "x")
    server.fault(status=403, body={"error": "No", "code": "forbidden"})
    card.click(".cardsave")
    expect(card.locator(".cf-toast span")).to_have_text("No")
    assert card.input_value(".f-options") == "typed"
    click(card, "cardsave")
    expect_text(card, ".cardlog", "s")


def test_the_browser_checks_a_submit_and_no_dispatch(card: Page, server: Stub) -> None:
    click(card, "cardsave")
    assert card.evaluate("() => cf.dispatch(document.forms[0], 'plus', {letter: 'd'})") is True
    expect_text(card, ".cardlog", "d")
    assert len(server.arrivals) == 1
    assert set(server.arrivals[0].fields) == {"event", "payload", "_state", "_rid"}


def test_a_lazy_component_loads_when_it_comes_into_view(page: Page, server: Stub) -> None:
    page.goto(server.page("/lazy", '<p>top</p><div class="far">{lazy}</div>'))
    ready(page)
    page.wait_for_timeout(200)
    assert server.arrivals == []
    page.evaluate("document.querySelector('.waiting').scrollIntoView()")
    expect_text(page, ".loaded", "here")
    assert server.events() == ["_lazy"]


def test_a_lazy_component_that_fails_offers_a_retry(page: Page, server: Stub) -> None:
    page.console.expect("status of 500")
    server.fault("_lazy", status=500, body={"error": "Failed", "code": "internal"})
    page.goto(server.page("/lazy", "{lazy}"))
    page.get_by_role("button", name="Try again").click()
    expect_text(page, ".loaded", "here")
    expect_quiet(page)


@pytest.fixture
def speaker(page: Page, server: Stub) -> Page:
    page.goto(server.page("/talk", "{speaker}{listener}{listener}"))
    ready(page)
    return page


def test_words_for_screen_readers(speaker: Page) -> None:
    assert speaker.get_attribute(".cf-live", "role") == "status"
    speaker.evaluate("""() => {
        window.spoken = [];
        new MutationObserver(() => spoken.push(document.querySelector('.cf-live').textContent))
            .observe(document.querySelector('.cf-live'), {childList: true, subtree: true, characterData: true});
    }""")
    click(speaker, "announce")
    expect_text(speaker, ".cf-live", "Said once")
    click(speaker, "announce")
    expect_text(speaker, ".n", "2")
    speaker.wait_for_timeout(150)
    assert [words for words in speaker.evaluate("spoken") if words] == ["Said once", "Said once"]
    assert speaker.locator(".cf-live").bounding_box()["width"] <= 1


def test_focus_goes_where_the_handler_says(speaker: Page) -> None:
    speaker.click(".focus")
    expect(speaker.locator("#goal")).to_be_focused()


def test_messages_become_toasts(speaker: Page) -> None:
    click(speaker, "messages")
    expect_count(speaker, ".cf-toast", 2)
    first, second = speaker.locator(".cf-toast").all()
    expect(first.locator("span")).to_have_text("Saved <b>it</b>")
    assert [first.get_attribute("data-level"), first.get_attribute("role")] == ["mine success", None]
    assert [second.get_attribute("data-level"), second.get_attribute("role")] == ["error", "alert"]
    assert speaker.get_attribute(".cf-toasts", "role") == "status"
    first.get_by_role("button", name="Dismiss").click()
    expect_count(speaker, ".cf-toast", 1)


def test_an_emitted_event_reaches_the_page_and_every_listener(speaker: Page, server: Stub) -> None:
    speaker.evaluate("""() => document.addEventListener('heard', (event) => {
        window.heard = [event.target.id, event.detail, event.bubbles];
    })""")
    click(speaker, "emit0")
    for listener in speaker.locator(".heard").all():
        expect(listener).to_have_text('[["note_down", 1]]')
    target, detail, bubbles = speaker.evaluate("heard")
    assert target.startswith("speaker-")
    assert (detail, bubbles) == ({"n": 1, "list": [1, 2]}, True)
    told = [arrival for arrival in server.arrivals if arrival.event == "note_down"]
    assert {arrival.path for arrival in told} == {"/components/listener/"}
    assert json.loads(told[0].fields["payload"][0]) == {"n": 1, "list": [1, 2]}


def test_emitted_names_are_no_keys_of_objects(speaker: Page, server: Stub) -> None:
    click(speaker, "emit1", "emit2")
    expect_text(speaker, ".n", "2")
    expect_quiet(speaker)
    assert server.events() == ["emit", "emit"]


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_a_redirect_away_is_not_followed(speaker: Page, server: Stub, n: int) -> None:
    click(speaker, f"go{n}")
    expect_text(speaker, ".n", "1")
    assert speaker.url == server.url + "/talk"


def test_a_redirect_within_the_site_is_followed(speaker: Page, server: Stub) -> None:
    server.page("/other", "<h1>other</h1>")
    click(speaker, "go4")
    speaker.wait_for_url("**/other?x=1")


def test_a_pushed_url_can_be_gone_back_from(speaker: Page, server: Stub) -> None:
    click(speaker, "push")
    expect(speaker).to_have_url(server.url + "/talk?page=2")
    gets = server.page_gets
    speaker.go_back()
    expect(speaker).to_have_url(server.url + "/talk")
    expect_text(speaker, ".n", "0")
    assert server.page_gets == gets + 1


@pytest.mark.parametrize("cid", ["__proto__", "constructor", 'a"]b', "x y<z"])
def test_ids_are_never_keys_or_selectors(page: Page, server: Stub, cid: str) -> None:
    page.goto(server.page("/odd", mount("pad", cid)))
    ready(page)
    click(page, "a", "b", "quiet", "c")
    expect_text(page, ".log", "abqc")
    assert read_token(server.arrivals[-1].fields["_state"][0])["id"] == cid
    assert page.evaluate("Object.keys({}).length + Object.keys(Object.prototype).length") == 0


def test_another_major_version_of_htmx_is_named(page: Page, server: Stub) -> None:
    page.console.expect("cf_core needs htmx 4, found 2.0.10")
    page.route(
        "**/htmx.min.js",
        lambda route: route.fulfill(body="window.htmx = {version: '2.0.10'}", content_type="text/javascript"),
    )
    page.goto(server.page("/pad", "{pad}"))
    page.wait_for_timeout(200)
    assert len(page.console.errors) == 1


def test_the_readable_script_does_the_same(page: Page, server: Stub) -> None:
    server.script = "component-client.js"
    page.goto(server.page("/box", "{box}"))
    ready(page)
    click(page, "a", "boxadd", "b", "partgo")
    expect_text(page, ".log", "ab")
    expect_text(page, ".boxcount", "1")
    expect_text(page, ".partcount", "1")


def test_a_script_that_comes_late_misses_no_event(page: Page, server: Stub) -> None:
    def late(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/component-client.min.js", late)
    page.goto(server.page("/lazy", "{lazy}"))
    expect_text(page, ".loaded", "here")


def test_the_scripts_may_come_in_the_other_order(page: Page, server: Stub) -> None:
    server.htmx_first = True
    page.goto(server.page("/pad", "{pad}"))
    ready(page)
    click(page, "a", "b")
    expect_text(page, ".log", "ab")


def test_plain_htmx_beside_components_is_left_alone(page: Page, server: Stub) -> None:
    server.pages["/part"] = lambda: ("<p class=part>part</p>", {"Content-Type": "text/html"})
    page.goto(
        server.page(
            "/plain", '<button class="plain" hx-get="/part" hx-target="#here">x</button><div id="here"></div>{pad}'
        )
    )
    ready(page)
    click(page, "plain")
    expect_text(page, ".part", "part")
    assert server.arrivals == []
