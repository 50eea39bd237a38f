"""What the page driver sends for an event, and what it makes of the answer."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse

from cf_testing.page import NotUsable, PageError, open_page
from tests.stubsite import StubSite, error, render, root

BUTTON = """<button hx-post="/components/counter/" hx-vals='{"event": "increment", "amount": 2}'>Add</button>"""


def test_click_sends_event_with_token_request_id_and_headers(site: StubSite) -> None:
    site.page(root("counter", f"0 {BUTTON}"))
    site.answers("/components/counter/", render(root("counter", f"2 {BUTTON}", token="cf1.2")))
    page = open_page("/")

    page.click("Add")

    (request,) = site.posts
    assert request.POST.dict() | {"_rid": ""} == {"event": "increment", "amount": "2", "_state": "cf1.1", "_rid": ""}
    assert len(request.POST["_rid"]) >= 16
    assert request.headers["X-Component"] == "c1"
    assert request.headers["HX-Request"] == "true"
    assert request.headers["X-CSRFToken"]
    assert request.content_type == "application/x-www-form-urlencoded"
    assert page.text("counter") == "2 Add"


def test_each_event_carries_newest_token_and_a_request_id_of_its_own(site: StubSite) -> None:
    site.page(root("counter", BUTTON))
    site.answers(
        "/components/counter/",
        render(root("counter", BUTTON, token="cf1.2")),
        render("", status=204, X_Component_State="cf1.3"),
        render(root("counter", BUTTON, token="cf1.4")),
    )
    page = open_page("/")

    for _ in range(3):
        page.click("Add")

    assert site.sent("_state") == [["cf1.1"], ["cf1.2"], ["cf1.3"]]
    assert len({request.POST["_rid"] for request in site.posts}) == 3
    assert page.component("counter").token == "cf1.4"


def test_skipped_render_keeps_the_page(site: StubSite) -> None:
    site.page(root("counter", f"<p>as it was</p>{BUTTON}"))
    site.answers("/components/counter/", render("", status=204, X_Component_State="cf1.9"))
    page = open_page("/")

    page.click("Add")

    assert page.text("p") == "as it was"
    assert page.component("counter").token == "cf1.9"


def test_form_in_component_sends_its_fields_and_submitter(site: StubSite) -> None:
    form = """
      <form hx-post="/components/contact/" hx-vals='{"event": "submit"}'>
        <label>Name <input name="name"></label>
        <label><input type="checkbox" name="agree" value="yes"> I agree</label>
        <input type="hidden" name="source" value="web">
        <input name="ignored" value="x" disabled>
        <button name="action" value="save">Save</button>
        <button name="action" value="draft">Keep as draft</button>
      </form>"""
    site.page(root("contact", form))
    site.answers("/components/contact/", render(root("contact", "<p>Thanks</p>")))
    page = open_page("/")

    page.fill("Name", "Ann")
    page.check("I agree")
    page.click("Keep as draft")

    (request,) = site.posts
    assert request.POST.getlist("action") == ["draft"]
    assert {name: request.POST[name] for name in ("name", "agree", "source", "event")} == {
        "name": "Ann",
        "agree": "yes",
        "source": "web",
        "event": "submit",
    }
    assert "ignored" not in request.POST
    assert page.text() == "Thanks"


def test_input_that_asks_for_itself_sends_its_own_value(site: StubSite) -> None:
    search = """<label>Search <input name="q" hx-post="/components/users/" hx-vals='{"event": "search"}'
        hx-trigger="input changed delay:400ms"></label>"""
    site.page(root("users", search))
    site.answers("/components/users/", render(root("users", f"{search}<ul><li>ann</li></ul>", token="cf1.2")))
    page = open_page("/")

    page.fill("Search", "ann")

    assert site.sent("q") == [["ann"]]
    assert site.sent("event") == [["search"]]
    assert page.texts("li") == ["ann"]
    assert page.control("Search").value == "ann"


def test_newest_of_several_delayed_triggers_is_sent(site: StubSite) -> None:
    search = """<input aria-label="Search" name="q" hx-post="/components/users/" hx-vals='{"event": "search"}'
        hx-trigger="input delay:400ms, keyup delay:400ms">"""
    site.page(root("users", search))
    site.answers("/components/users/", render(root("users", search)))
    page = open_page("/")

    page.fill("Search", "ann")

    assert len(site.posts) == 1


def test_field_in_which_a_person_writes_keeps_its_text(site: StubSite) -> None:
    def search(value: str) -> str:
        return root(
            "users",
            f"""<input aria-label="Search" name="q" value="{value}" hx-post="/components/users/" hx-vals="event:search"
            hx-trigger="input delay:400ms">""",
        )

    site.page(search(""))
    site.answers("/components/users/", render(search("ANN")), render(search("BOB")))
    page = open_page("/")

    page.fill("Search", "ann", leave=False)
    assert page.control("Search").is_focused

    page.fill("Search", "bob")
    assert page.control("Search").value == "bob"
    assert page.focused is None


def test_field_that_is_left_takes_what_the_server_says(site: StubSite) -> None:
    def field(value: str) -> str:
        return root(
            "price",
            f"""<input aria-label="Price" name="price" value="{value}" hx-post="/components/price/" hx-vals="event:set">
            <input aria-label="Note" name="note" value="{value}">""",
        )

    site.page(field("1.00"))
    site.answers("/components/price/", render(field("2.50")))
    page = open_page("/")
    page.fill("Note", "mine")

    page.fill("Price", "2.5")

    assert page.control("Price").value == "2.50"
    assert page.control("Note").value == "mine"


def test_boxes_without_a_tick_are_named(site: StubSite) -> None:
    form = """
      <form hx-post="/components/prefs/" hx-vals='{"event": "save"}'>
        <label><input type="checkbox" name="news"> News</label>
        <label><input type="checkbox" name="offers" checked> Offers</label>
        <input type="checkbox" name="never" disabled>
        <button>Save</button>
      </form>"""
    site.page(root("prefs", form))
    site.answers("/components/prefs/", render(root("prefs", "<p>Saved</p>")))
    page = open_page("/")

    page.click("Save")

    (request,) = site.posts
    assert (request.POST["_unchecked"], request.POST["offers"]) == ("news", "on")


def test_refused_choice_is_taken_back(site: StubSite) -> None:
    box = """<label><input type="checkbox" name="on" hx-post="/components/light/" hx-vals="event:switch"> On</label>"""
    site.page(root("light", box))
    site.answers("/components/light/", error(403, "forbidden"))
    page = open_page("/")

    page.check("On", expect=403)

    assert not page.control("On").is_checked


def test_error_of_one_event_does_not_stop_the_next(site: StubSite) -> None:
    site.page(
        root(
            "row",
            """<div hx-post="/components/row/" hx-vals="event:open">
            <button hx-post="/components/pin/" hx-vals="event:pin">Pin</button></div>""",
        )
    )
    site.answers("/components/pin/", error(500, "internal"))
    site.answers("/components/row/", render(root("row", "opened")))
    page = open_page("/")

    with pytest.raises(PageError, match="/components/pin/ answered 500"):
        page.click("Pin")

    assert page.text() == "opened"


def test_include_adds_fields_from_elsewhere(site: StubSite) -> None:
    site.page(
        '<input id="size" name="size" value="M">'
        + root(
            "product", """<button hx-post="/components/product/" hx-include="#size" hx-vals='event:add'>Add</button>"""
        )
    )
    site.answers("/components/product/", render(root("product", "")))
    page = open_page("/")

    page.click("Add")

    assert site.sent("size") == [["M"]]
    assert site.sent("event") == [["add"]]


def test_fields_of_a_child_component_inside_the_form_stay_out(site: StubSite) -> None:
    child = root("picker", '<input aria-label="Colour" name="colour" value="red">', id="c2")
    site.page(
        root(
            "order",
            f"""<form hx-post="/components/order/" hx-vals='{{"event": "buy"}}'>
        <input name="qty" value="1">{child}<button>Buy</button></form>""",
        )
    )
    site.answers("/components/order/", render(root("order", "")))
    page = open_page("/")

    page.click("Buy")

    assert site.posts[0].POST["qty"] == "1"
    assert "colour" not in site.posts[0].POST


def test_mounted_child_stays_where_the_parent_keeps_its_place(site: StubSite) -> None:
    child = root("child", '<label>Note <input name="note"></label>', id="c2", token="cf1.child")
    site.page(root("parent", BUTTON + child))
    site.answers(
        "/components/counter/",
        render(root("parent", f'<h2>New</h2>{BUTTON}<div id="dom-c2" data-cf-keep="c2"></div>', token="cf1.2")),
    )
    page = open_page("/")
    page.fill("Note", "mine")

    page.click("Add")

    assert page.text("h2") == "New"
    assert page.component("child").token == "cf1.child"
    assert page.control("Note").value == "mine"
    assert page.component("parent").component("child").name == "child"


def test_plain_html_in_a_slot_stays_where_the_parent_keeps_its_place(site: StubSite) -> None:
    site.page(root("parent", BUTTON + '<div id="c1.side" data-cf-slot="side"><p>from the view</p></div>'))
    site.answers(
        "/components/counter/",
        render(root("parent", f'<h2>New</h2>{BUTTON}<div id="c1.side" data-cf-keep="c1.side"></div>')),
    )
    page = open_page("/")

    page.click("Add")

    assert page.text("parent") == "New Add from the view"


def test_typed_text_survives_a_render_that_does_not_answer_it(site: StubSite) -> None:
    content = f'<input aria-label="Note" name="note" value="">{BUTTON}'
    site.page(root("counter", content))
    site.answers("/components/counter/", render(root("counter", content, token="cf1.2")))
    page = open_page("/")
    page.fill("Note", "half a sen")

    page.click("Add")

    assert page.control("Note").value == "half a sen"


def test_accepted_submit_shows_what_the_server_says(site: StubSite) -> None:
    form = """<form hx-post="/components/chat/" hx-vals='{"event": "say"}'>
        <input aria-label="Message" name="text" value=""><button>Send</button></form>"""
    site.page(root("chat", form))
    site.answers("/components/chat/", render(root("chat", form + "<p>hello</p>")))
    page = open_page("/")
    page.fill("Message", "hello")

    page.submit()

    assert site.sent("text") == [["hello"]]
    assert page.control("Message").value == ""


def test_refused_submit_keeps_what_was_typed(site: StubSite) -> None:
    form = """<form novalidate hx-post="/components/contact/" hx-vals='{"event": "submit"}'>
        <input aria-label="Email" name="email" value=""><button>Send</button></form>"""
    site.page(root("contact", form))
    site.answers("/components/contact/", render(root("contact", form + "<p class=error>Bad</p>"), status=422))
    page = open_page("/")
    page.fill("Email", "nonsense")

    page.click("Send")

    assert page.text(".error") == "Bad"
    assert page.control("Email").value == "nonsense"
    assert page.answer.status == 422


def test_error_answer_raises_with_status_code_and_body(site: StubSite) -> None:
    site.page(root("counter", BUTTON))
    site.answers("/components/counter/", error(429, "rate_limited", "Too many requests", retry_after=2))
    page = open_page("/")

    with pytest.raises(
        PageError, match=r"(?s)/components/counter/ answered 429 after the click on 'Add'.*Sent: event=increment"
    ) as caught:
        page.click("Add")

    assert (caught.value.status, caught.value.code) == (429, "rate_limited")
    assert caught.value.json()["retry_after"] == 2


def test_expected_error_is_no_failure_and_leaves_the_page(site: StubSite) -> None:
    site.page(root("counter", f"7 {BUTTON}"))
    site.answers("/components/counter/", error(429, "rate_limited"))
    page = open_page("/")

    page.click("Add", expect=429)

    assert page.text("counter") == "7 Add"
    assert page.answer.code == "rate_limited"


def test_other_status_than_the_expected_is_a_failure(site: StubSite) -> None:
    site.page(root("counter", BUTTON))
    site.answers("/components/counter/", render(root("counter", BUTTON)))
    page = open_page("/")

    with pytest.raises(PageError, match="answered 200 instead of the expected 429"):
        page.click("Add", expect=429)


def test_expectation_without_any_request_is_a_failure(site: StubSite) -> None:
    site.page("<button type=button>Nothing</button>")
    page = open_page("/")

    with pytest.raises(NotUsable, match="asked the server for nothing"):
        page.click("Nothing", expect=403)


def test_conflict_shows_the_current_render_and_raises(site: StubSite) -> None:
    site.page(root("counter", f"1 {BUTTON}"))
    site.answers("/components/counter/", render(root("counter", f"5 {BUTTON}", token="cf1.5"), status=409))
    page = open_page("/")

    page.click("Add", expect=409)

    assert page.text("counter") == "5 Add"
    assert page.component("counter").token == "cf1.5"


def test_unexpected_conflict_is_a_failure(site: StubSite) -> None:
    site.page(root("counter", BUTTON))
    site.answers("/components/counter/", render(root("counter", BUTTON), status=409))
    page = open_page("/")

    with pytest.raises(PageError):
        page.click("Add")


def test_redirect_is_followed_like_a_browser(site: StubSite) -> None:
    site.page(root("counter", BUTTON))
    site.page("<h1>Done</h1>", "/done/")
    site.answers("/components/counter/", render("", HX_Redirect="/done/?x=1"))
    page = open_page("/")

    page.click("Add")

    assert page.url == "/done/?x=1"
    assert page.text("h1") == "Done"
    assert page.history == ["/", "/done/?x=1"]


def test_pushed_address_changes_the_url_only(site: StubSite) -> None:
    site.page(root("counter", BUTTON))
    site.answers("/components/counter/", render(root("counter", "new"), HX_Push_Url="/?page=2"))
    page = open_page("/")

    page.click("Add")

    assert page.url == "/?page=2"
    assert page.text() == "new"


def test_effects_are_recorded(site: StubSite) -> None:
    site.page(root("counter", BUTTON + '<input id="next" aria-label="Next">'))
    trigger = {
        "component:announce": {"text": "Saved"},
        "component:focus": {"id": "next"},
        "component:messages": [{"level": "success", "tags": "extra success", "text": "Well done"}],
    }
    site.answers(
        "/components/counter/",
        render(root("counter", BUTTON + '<input id="next" aria-label="Next">'), HX_Trigger=trigger),
    )
    page = open_page("/")

    page.click("Add")

    assert page.announcements == ["Saved"]
    assert page.focused is not None
    assert page.focused.name == "Next"
    assert [(message.level, message.text) for message in page.messages] == [("success", "Well done")]


def test_emitted_event_reaches_listening_components(site: StubSite) -> None:
    listens = 'data-cf-listens=\'{"cart-changed": "refresh"}\''
    site.page(root("product", BUTTON) + root("cart", "0 items", id="c2", token="cf1.cart", attrs=listens))
    site.answers(
        "/components/counter/",
        render(
            root("product", BUTTON, token="cf1.2"),
            HX_Trigger={"component:emit": [{"name": "cart-changed", "payload": {"qty": 2}}]},
        ),
    )
    site.answers("/components/cart/", render(root("cart", "2 items", id="c2", attrs=listens), id="c2"))
    page = open_page("/")

    page.click("Add")

    heard = site.posts[1].POST
    assert (heard["event"], json.loads(heard["payload"]), heard["_state"]) == ("refresh", {"qty": 2}, "cf1.cart")
    assert page.text("cart") == "2 items"
    assert page.emitted == [("cart-changed", {"qty": 2})]


def test_out_of_band_roots_replace_theirs(site: StubSite) -> None:
    site.page(root("counter", BUTTON) + '<p id="total">0</p>')
    answer = root("counter", f"1 {BUTTON}") + '<p id="total" hx-swap-oob="outerMorph">9</p>'
    site.answers("/components/counter/", render(answer))
    page = open_page("/")

    page.click("Add")

    assert page.text("#total") == "9"
    assert "hx-swap-oob" not in page.html()
    assert page.text("counter") == "1 Add"


def test_csrf_token_is_renewed_once_with_the_same_request_id(site: StubSite) -> None:
    site.page(root("counter", BUTTON))
    site.answers("/components/counter/", render(root("counter", f"1 {BUTTON}")))
    page = open_page("/")
    page.one("script")  # the page's own token is no longer good:
    page.browser.client.cookies["csrftoken"] = "x" * 32

    page.click("Add")

    first, again = [answer for answer in page.answers if answer.method == "POST"]
    assert (first.status, first.code) == (403, "csrf_failed")
    assert first.values("_rid") == again.values("_rid")
    assert again.values("_retry") == ["1"]
    assert page.text("counter") == "1 Add"


def test_page_without_component_scripts_does_not_react(site: StubSite) -> None:
    site.page(root("counter", BUTTON), scripts=False)
    page = open_page("/")

    with pytest.raises(NotUsable, match=r"no \{% component_scripts %\}"):
        page.click("Add")


def test_lazy_component_loads_when_it_comes_into_view(site: StubSite) -> None:
    lazy = """hx-post="/components/stats/" hx-trigger="intersect once" hx-vals='{"event":"_lazy"}'"""
    site.page(root("stats", "Loading", attrs=lazy))
    site.answers("/components/stats/", render(root("stats", "<button>Refresh</button>")))
    page = open_page("/")
    assert page.text("stats") == "Loading"
    assert not page.component("stats").is_loaded

    page.load_lazy()

    assert site.sent("event") == [["_lazy"]]
    assert page.component("stats").is_loaded
    assert page.shows("Refresh")


def test_missing_control_hints_at_lazy_components(site: StubSite) -> None:
    lazy = """hx-post="/components/stats/" hx-trigger="intersect once" hx-vals='{"event":"_lazy"}'"""
    site.page(root("stats", "Loading", attrs=lazy))
    page = open_page("/")

    with pytest.raises(AssertionError, match=r"Not loaded yet: stats. page.load_lazy\(\)"):
        page.click("Refresh")


def test_refused_confirmation_sends_nothing(site: StubSite) -> None:
    button = """<button hx-post="/components/list/" hx-confirm="Really?" hx-vals="event:delete">Delete</button>"""
    site.page(root("list", button))
    site.answers("/components/list/", render(root("list", "gone")))
    page = open_page("/")

    page.click("Delete", confirm=False)
    assert site.posts == []

    page.click("Delete")
    assert page.text("list") == "gone"
    assert page.confirmations == ["Really?", "Really?"]


def test_component_region_outlives_renders(site: StubSite) -> None:
    site.page(root("counter", f"0 {BUTTON}"))
    site.answers(
        "/components/counter/",
        render(root("counter", f"1 {BUTTON}", token="cf1.2")),
        render(root("counter", f"2 {BUTTON}", token="cf1.3")),
    )
    counter = open_page("/").component("counter")

    counter.click("Add")
    counter.click("Add")

    assert counter.text() == "2 Add"


def test_element_of_an_earlier_render_is_refused(site: StubSite) -> None:
    site.page(root("counter", BUTTON))
    site.answers("/components/counter/", render(root("counter", BUTTON)))
    page = open_page("/")
    button = page.control("Add")
    page.click(button)

    with pytest.raises(NotUsable, match="no longer on the page"):
        page.click(button)


def test_event_dispatched_without_a_control(site: StubSite) -> None:
    site.page(root("cart", "0"))
    site.answers("/components/cart/", render(root("cart", "1")))
    page = open_page("/")

    page.component("cart").dispatch("add_item", {"product_id": 3})

    assert site.sent("event") == [["add_item"]]
    assert json.loads(site.posts[0].POST["payload"]) == {"product_id": 3}
    assert page.text("cart") == "1"


def test_exception_of_a_view_reaches_the_test(site: StubSite) -> None:
    def fail(request: object) -> HttpResponse:
        raise ZeroDivisionError

    site.page(root("counter", BUTTON))
    site.on("POST", "/components/counter/", fail)
    page = open_page("/")

    with pytest.raises(ZeroDivisionError):
        page.click("Add")


def test_load_trigger_fires_when_the_page_opens(site: StubSite) -> None:
    site.page(
        """<div hx-get="/news/" hx-trigger="load">...</div><p hx-get="/slow/" hx-trigger="load delay:1s">tick</p>"""
    )
    site.answers("/news/", HttpResponse("<b>News</b>"), method="GET")

    page = open_page("/")

    assert page.text("div") == "News"
    assert page.text("p") == "tick"


def test_plain_htmx_element_swaps_its_target(site: StubSite) -> None:
    site.page(
        """<input aria-label="Find" name="q" hx-get="/find/?page=2" hx-target="#out" hx-trigger="keyup">
        <ul id="out"></ul>"""
    )
    site.on("GET", "/find/", lambda request: HttpResponse(f"<li>{request.GET['q']} {request.GET['page']}</li>"))
    page = open_page("/")

    page.fill("Find", "ann")

    assert page.texts("#out li") == ["ann 2"]


def test_answer_that_triggers_itself_for_ever_is_stopped(site: StubSite) -> None:
    site.page(
        """<div hx-get="/again/" hx-trigger="again from:body" id="a"></div>
        <button hx-get="/again/" hx-swap="none">Go</button>"""
    )
    site.on("GET", "/again/", lambda request: render("x", HX_Trigger={"again": None}))
    page = open_page("/")

    with pytest.raises(NotUsable, match="More than 100 requests"):
        page.click("Go")
