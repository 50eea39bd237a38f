"""Forms and links without component events: what a browser sends by itself, with and without scripts."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from cf_testing.page import NotOnPage, NotUsable, PageError, open_page
from tests.stubsite import StubSite, root

POST_FORM = '<form method="post" action="/send/">'
CSRF = '<input type="hidden" name="csrfmiddlewaretoken" value="{csrf}">'


@pytest.fixture
def echo(site: StubSite) -> StubSite:
    site.on("POST", "/send/", lambda request: HttpResponse("<h1>Sent</h1>"))
    site.on("GET", "/send/", lambda request: HttpResponse("<h1>Found</h1>"))
    return site


def test_link_is_followed_with_its_redirects(site: StubSite) -> None:
    site.page('<a href="old/?x=1#part">Next</a>', "/here/")
    site.on("GET", "/here/old/", lambda request: HttpResponseRedirect("/new/"))
    site.page("<h1>New</h1>", "/new/")
    page = open_page("/here/")

    page.click("Next")

    assert (page.path, page.text("h1")) == ("/new/", "New")
    assert site.last.headers["Referer"] == "http://testserver/here/"


def test_fragment_link_stays_on_the_page(site: StubSite) -> None:
    site.page('<a href="#below">Down</a>')
    page = open_page("/")

    page.click("Down")

    assert page.url == "/#below"
    assert len(site.requests) == 1


@pytest.mark.parametrize("href", ["https://example.com/", "//example.com/", "mailto:a@b.c", "javascript:x()"])
def test_link_out_of_the_site_is_refused(site: StubSite, href: str) -> None:
    site.page(f'<a href="{href}">Out</a>')

    with pytest.raises(NotUsable):
        open_page("/").click("Out")


def test_missing_page_is_an_error_unless_expected(site: StubSite) -> None:
    with pytest.raises(PageError) as caught:
        open_page("/nowhere/")
    assert caught.value.status == 404

    assert open_page("/nowhere/", expect=404).status == 404


def test_back_and_reload(site: StubSite) -> None:
    site.page('<a href="/two/">Two</a>')
    site.page("second", "/two/")
    page = open_page("/")
    page.click("Two")

    page.back()
    assert page.path == "/"
    page.reload()
    assert [request.path for request in site.requests] == ["/", "/two/", "/", "/"]


@pytest.mark.parametrize("javascript", [True, False])
def test_plain_form_is_posted_and_its_redirect_followed(site: StubSite, javascript: bool) -> None:
    site.page(f'{POST_FORM}{CSRF}<label>Name <input name="name"></label><button>Send</button></form>')
    site.on("POST", "/send/", lambda request: HttpResponseRedirect("/thanks/"))
    site.page("<h1>Thanks</h1>", "/thanks/")
    page = open_page("/", javascript=javascript)

    page.fill("Name", "Ann")
    page.click("Send")

    assert site.posts[0].POST["name"] == "Ann"
    assert page.path == "/thanks/"


def test_form_without_csrf_field_is_refused_by_django(site: StubSite, echo: StubSite) -> None:
    site.page('<form method="post" action="/send/"><button>Send</button></form>')
    page = open_page("/")

    with pytest.raises(PageError) as caught:
        page.click("Send")

    assert caught.value.status == 403


def test_get_form_replaces_the_query(echo: StubSite) -> None:
    echo.page(
        '<form action="/send/?old=1"><input name="q" value="a b"><input name="page" value="2">'
        "<button>Go</button></form>"
    )
    page = open_page("/")

    page.submit()

    assert page.url == "/send/?q=a+b&page=2"


def test_submitter_overrides_the_form(echo: StubSite) -> None:
    echo.page(
        f'<form method="post" action="/elsewhere/">{CSRF}'
        '<button formaction="/send/" formmethod="post" name="go" value="1">Go</button></form>'
    )
    page = open_page("/")

    page.click("Go")

    assert echo.posts[0].path == "/send/"
    assert echo.posts[0].POST["go"] == "1"


def test_button_outside_its_form(echo: StubSite) -> None:
    echo.page(
        f'<form id="f" method="post" action="/send/">{CSRF}<input name="a" value="1"></form>'
        '<button form="f">Go</button>'
    )
    page = open_page("/")

    page.click("Go")

    assert echo.posts[0].POST["a"] == "1"


def test_files_travel_in_multipart_forms(echo: StubSite) -> None:
    seen: list[tuple[str, bytes, str | None]] = []

    def receive(request: HttpRequest) -> HttpResponse:
        seen.extend((file.name, file.read(), file.content_type) for file in request.FILES.getlist("doc"))
        return HttpResponse("ok")

    echo.page(
        f'<form method="post" action="/send/" enctype="multipart/form-data">{CSRF}'
        '<label>Doc <input type="file" name="doc" multiple></label><label>Title <input name="title"></label>'
        "<button>Send</button></form>"
    )
    echo.on("POST", "/send/", receive)
    page = open_page("/")

    page.fill("Title", 'a "quoted" é')
    page.upload("Doc", SimpleUploadedFile("a.txt", b"one", "text/plain"), ("b.bin", b"two"))
    page.click("Send")

    assert seen == [("a.txt", b"one", "text/plain"), ("b.bin", b"two", "application/octet-stream")]
    assert echo.posts[0].POST["title"] == 'a "quoted" é'


def test_file_objects_can_be_uploaded(echo: StubSite) -> None:
    file = io.StringIO("text")
    file.name = "/tmp/notes.txt"
    echo.page("<label>Doc <input type=file name=doc></label>")
    page = open_page("/")

    page.upload("Doc", file)
    with pytest.raises(NotUsable, match="takes one file"):
        page.upload("Doc", ("a", b""), ("b", b""))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ('<input aria-label="F" name="f" required>', None, "required"),
        ('<input aria-label="F" name="f" type="email">', "nonsense", "no e-mail address"),
        ('<input aria-label="F" name="f" type="number" min="3">', "2", "less than 3"),
        ('<input aria-label="F" name="f" type="number">', "2.5", "not in steps of 1"),
        ('<input aria-label="F" name="f" pattern="[a-z]+">', "A1", "does not match"),
        ('<input aria-label="F" name="f" minlength="3">', "ab", "needs 3"),
        ('<input aria-label="F" name="f" type="date" max="2024-01-31">', "2024-02-01", "after 2024-01-31"),
    ],
)
def test_browser_objects_before_it_sends(echo: StubSite, field: str, value: str | None, reason: str) -> None:
    echo.page(f"{POST_FORM}{CSRF}{field}<button>Send</button><button formnovalidate>Skip</button></form>")
    page = open_page("/")
    if value is not None:
        page.fill("F", value)

    with pytest.raises(NotUsable, match=reason):
        page.click("Send")
    assert echo.posts == []

    page.click("Skip")
    assert echo.posts[0].POST["f"] == (value or "")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ('<input aria-label="F" readonly>', "x", "read-only"),
        ('<input aria-label="F" type="number">', "abc", "takes no 'abc'"),
        ('<input aria-label="F" maxlength="2">', "abc", "takes 2 characters"),
        ('<input aria-label="F">', "two\nlines", "takes no"),
    ],
)
def test_what_cannot_be_typed_is_refused(site: StubSite, field: str, value: str, reason: str) -> None:
    site.page(field)

    with pytest.raises(NotUsable, match=reason):
        open_page("/").fill("F", value)


def test_boxes_and_lists_send_what_is_chosen(echo: StubSite) -> None:
    echo.page(
        f"""{POST_FORM}{CSRF}
        <label><input type="checkbox" name="a" checked> A</label><label><input type="checkbox" name="b"> B</label>
        <label><input type="radio" name="r" value="1" checked> One</label>
        <label><input type="radio" name="r" value="2"> Two</label>
        <label>Many <select name="m" multiple><option>x<option value="why">y<option>z</select></label>
        <label>Single <select name="s"><option value="">Choose<option value="n">Norway</select></label>
        <button>Send</button></form>"""
    )
    page = open_page("/")

    page.uncheck("A")
    page.check("B")
    page.choose("Two")
    page.select("Many", "x", "y")
    page.select("Single", "Norway")
    page.click("Send")

    sent = echo.posts[0].POST
    assert "a" not in sent
    assert sent.getlist("b") == ["on"]
    assert sent.getlist("r") == ["2"]
    assert sent.getlist("m") == ["x", "why"]
    assert sent.getlist("s") == ["n"]


def test_click_on_a_label_ticks_its_box(site: StubSite) -> None:
    site.page('<label for="x" role="button">Yes</label><input type="checkbox" id="x" title="box">')
    page = open_page("/")

    page.click(page.one("label"))

    assert page.one("#x").is_checked


def test_reset_brings_the_markup_back(site: StubSite) -> None:
    site.page('<form><input aria-label="N" value="old"><button type="reset">Undo</button></form>')
    page = open_page("/")
    page.fill("N", "new")

    page.click("Undo")

    assert page.control("N").value == "old"


def test_enter_needs_a_button_where_there_are_several_fields(site: StubSite) -> None:
    site.page('<form action="/send/"><input name="a"><input name="b"></form>')

    with pytest.raises(NotUsable, match="Enter does nothing"):
        open_page("/").submit()


def test_enter_presses_the_first_button(echo: StubSite) -> None:
    echo.page(
        f'{POST_FORM}{CSRF}<input aria-label="N" name="n">'
        '<button name="b" value="first">1</button><button name="b" value="second">2</button></form>'
    )
    page = open_page("/")

    page.submit("N")

    assert echo.posts[0].POST["b"] == "first"


def test_enter_does_nothing_where_the_button_is_disabled(site: StubSite) -> None:
    site.page('<form action="/send/"><input name="a"><button disabled>Go</button></form>')

    with pytest.raises(NotUsable, match="disabled"):
        open_page("/").submit()


def test_submit_wants_to_know_which_form(site: StubSite) -> None:
    site.page('<form aria-label="One" action="/one/"></form><form aria-label="Two" action="/two/"></form>')
    site.page("2", "/two/")
    page = open_page("/")

    with pytest.raises(AssertionError, match="2 forms"):
        page.submit()
    page.submit("Two")

    assert page.path == "/two/"


def test_without_scripts_htmx_attributes_do_nothing(echo: StubSite) -> None:
    echo.page(
        root(
            "contact",
            f'<form method="post" action="/send/" hx-post="/components/contact/">{CSRF}<button>Send</button></form>'
            "<noscript>Please switch scripts on</noscript>",
        )
    )
    page = open_page("/", javascript=False)
    assert "Please switch scripts on" in page.text()

    page.click("Send")

    assert "HX-Request" not in echo.posts[0].headers
    assert page.text("h1") == "Sent"


def test_with_scripts_noscript_is_not_shown(site: StubSite) -> None:
    site.page("<noscript><button>Go</button></noscript>")
    page = open_page("/")

    assert page.text() == ""
    with pytest.raises(NotOnPage):
        page.click("Go")


def test_tabs_share_their_cookies(site: StubSite) -> None:
    def log_in(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("in")
        response.set_cookie("who", "ann")
        return response

    site.on("GET", "/in/", log_in)
    site.on("GET", "/", lambda request: HttpResponse(request.COOKIES.get("who", "nobody")))
    page = open_page("/")
    other = page.open_tab("/in/")

    page.reload()

    assert page.text() == "ann"
    assert other.text() == "in"


def test_secure_page(site: StubSite) -> None:
    site.on("GET", "/", lambda request: HttpResponse("yes" if request.is_secure() else "no"))

    assert open_page("/", secure=True).text() == "yes"


def test_redirect_loop_is_stopped(site: StubSite) -> None:
    site.on("GET", "/", lambda request: HttpResponseRedirect("/"))

    with pytest.raises(NotUsable, match="More than 20 redirects"):
        open_page("/")
