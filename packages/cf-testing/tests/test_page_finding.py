"""Controls are found by the names that people call them, and a miss says what is there."""

from __future__ import annotations

import pytest

from cf_testing.dom.errors import Ambiguous, BadSelector, NotOnPage, NotUsable
from cf_testing.page import Page, open_page
from tests.stubsite import StubSite, root


@pytest.fixture
def show(site: StubSite):
    def show(body: str, **options: object) -> Page:
        site.page(body)
        return open_page("/", **options)  # type: ignore[arg-type]

    return show


@pytest.mark.parametrize(
    "html",
    [
        '<label for="q">Search</label><input id="q">',
        "<label>Search <input></label>",
        '<input aria-label="Search">',
        '<input placeholder="Search">',
        '<input title="Search">',
        '<span id="n">Search</span><input aria-labelledby="n">',
        '<label for="q"><b>Sea</b>rch</label><input id="q">',
        "<label>Search <textarea>old</textarea></label>",
        '<label for="q">By name</label><label for="q">Search</label><input id="q">',
    ],
)
def test_field_is_known_by_its_label(show, html: str) -> None:
    page = show(html)

    page.fill("Search", "ann")

    assert page.control("Search").value == "ann"


@pytest.mark.parametrize(
    "html",
    [
        "<button>Save changes</button>",
        "<button>\n  Save\n  <span>changes</span></button>",
        '<input type="submit" value="Save changes">',
        '<button aria-label="Save changes"><svg><path d=""/></svg></button>',
        '<button><img alt="Save changes"></button>',
        "<button><svg><title>Save changes</title></svg></button>",
        '<button>Save changes <span aria-hidden="true">→</span></button>',
        "<button>Save changes <i hidden>now</i></button>",
        '<a href="#top">Save changes</a>',
        '<div role="button">Save changes</div>',
        '<p hx-post="/x/">Save changes</p>',
        "<details><summary>Save changes</summary></details>",
    ],
)
def test_clickable_thing_is_known_by_its_text(show, html: str) -> None:
    assert show(html).control("Save changes").name == "Save changes"


def test_exact_name_wins_over_a_longer_one(show) -> None:
    page = show("<button id=a>Add</button><button id=b>Add all</button>")

    assert page.control("Add")["id"] == "a"


def test_name_may_be_part_of_a_longer_one(show) -> None:
    page = show("<button id=m>M <small>Only 3 left</small></button><button id=xl>XL</button>")

    assert page.control("M")["id"] == "m"
    assert page.control("only 3 left")["id"] == "m"


def test_parts_of_words_do_not_count(show) -> None:
    page = show("<button>Add address</button>")

    assert not page.shows("dress")


def test_ambiguous_name_lists_the_candidates(show) -> None:
    page = show('<li>Ann <button id="one">Edit</button></li><li>Bob <button id="two">Edit</button></li>')

    with pytest.raises(Ambiguous, match=r'(?s)2 things .* called .Edit.*id="one".*id="two".*page\.row'):
        page.click("Edit")


def test_missing_control_lists_what_is_there(show) -> None:
    page = show('<button>Add to Cart</button><a href="/shop/">Shop</a><input aria-label="Search">')

    with pytest.raises(NotOnPage) as caught:
        page.click("Buy")

    text = str(caught.value)
    assert "No button, link or other thing to click called 'Buy'" in text
    assert "'Add to Cart'" in text
    assert "'Shop'" in text
    assert "'Search'" not in text


def test_missing_control_says_that_something_else_has_the_name(show) -> None:
    page = show('<input aria-label="Search"><button>Go</button>')

    with pytest.raises(NotOnPage, match="Something else has that name: <input>"):
        page.click("Search")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<div hidden><button>Go</button></div>", "the attribute hidden"),
        ("<details><summary>More</summary><button>Go</button></details>", "the details are closed"),
        ("<dialog><button>Go</button></dialog>", "the dialog is not open"),
        ('<div style="display: none"><button>Go</button></div>', "its style hides it"),
        ("<div popover id=p><button>Go</button></div>", "the popover is not open"),
    ],
)
def test_hidden_control_is_not_there_and_the_message_says_why(show, html: str, reason: str) -> None:
    page = show(html)

    with pytest.raises(NotOnPage, match=f"nobody can see it.*{reason}"):
        page.click("Go")


def test_template_content_is_no_part_of_the_page(show) -> None:
    assert not show("<template><button>Go</button></template>").shows("Go")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<button disabled>Go</button>", "it has the attribute disabled"),
        ("<fieldset disabled><button>Go</button></fieldset>", "disabled fieldset"),
        ('<button aria-disabled="true">Go</button>', "aria-disabled"),
        ("<div inert><button>Go</button></div>", "inert"),
    ],
)
def test_disabled_control_is_refused(show, html: str, reason: str) -> None:
    page = show(html)

    with pytest.raises(NotUsable, match=reason):
        page.click("Go")


def test_legend_of_a_disabled_fieldset_stays_usable(show) -> None:
    page = show("<fieldset disabled><legend><label><input type=checkbox> Other</label></legend></fieldset>")

    page.check("Other")

    assert page.control("Other").is_checked


def test_closed_details_open_by_their_summary(show) -> None:
    page = show("<details><summary>More</summary><button>Go</button></details>")

    page.click("More")

    assert page.shows("Go")


def test_popover_and_dialog_open_by_their_buttons(show) -> None:
    page = show(
        '<button popovertarget="p">Menu</button><div popover id="p">Inside</div>'
        '<button commandfor="d" command="show-modal">Ask</button>'
        '<dialog id="d">Sure? <button commandfor="d" command="close">Close</button></dialog>'
    )

    page.click("Menu")
    page.click("Ask")
    assert "Inside" in page.text()
    assert "Sure?" in page.text()

    page.click("Close")
    assert "Sure?" not in page.text()


def test_row_is_found_by_its_text(show, site: StubSite) -> None:
    page = show(
        '<table><tr><td>Ann<td><a href="/ann/">Edit</a><tr><td>Bob<td><a href="/bob/">Edit</a></table>',
    )
    site.page("Bob's page", "/bob/")

    page.row("Bob").click("Edit")

    assert page.path == "/bob/"


def test_ambiguous_and_missing_rows_are_errors(show) -> None:
    page = show("<ul><li>Ann Smith<li>Ann Jones</ul>")

    with pytest.raises(Ambiguous):
        page.row("Ann")
    with pytest.raises(NotOnPage):
        page.row("Bob")


def test_text_is_that_of_a_component_or_a_selector(show) -> None:
    page = show(root("cart", "<b>2</b> items") + "<p class=note>Note <script>x()</script></p>")

    assert page.text("cart") == "2 items"
    assert page.text(".note") == "Note"
    assert page.text() == "2 items Note"


def test_one_wants_exactly_one(show) -> None:
    page = show("<p>a</p><p>b</p>")

    assert page.texts("p") == ["a", "b"]
    with pytest.raises(Ambiguous, match="2 elements"):
        page.one("p")
    with pytest.raises(NotOnPage, match=r"Nothing .* matches 'q'"):
        page.one("q")
    assert page.find("q") is None


def test_wrong_selector_is_named(show) -> None:
    with pytest.raises(BadSelector, match=r"'\]\['"):
        show("").all("][")


def test_component_is_found_by_name_id_or_dom_id(show) -> None:
    page = show(root("row", "one", id="a") + root("row", "two", id="b"))

    assert page.component("b").text() == "two"
    assert page.component("dom-a").text() == "one"
    assert [row.id for row in page.components("row")] == ["a", "b"]
    with pytest.raises(Ambiguous):
        page.component("row")
    with pytest.raises(NotOnPage, match="No component 'cart'"):
        page.component("cart")


def test_second_stamp_inside_the_root_is_no_component_of_its_own(show) -> None:
    page = show(root("row", '<button data-cf-component="row" data-cf-id="c1">x</button>'))

    assert page.component("row").text() == "x"
    assert len(page.components()) == 1


def test_group_tells_equal_radio_buttons_apart(show) -> None:
    page = show(
        "<fieldset><legend>Size</legend><label><input type=radio name=s value=l> Large</label></fieldset>"
        "<fieldset><legend>Font</legend><label><input type=radio name=f value=l> Large</label></fieldset>"
    )

    page.choose("Large", group="Font")

    assert page.one("[name=f]").is_checked
    assert not page.one("[name=s]").is_checked


def test_missing_option_lists_the_options(show) -> None:
    page = show("<label>Land <select><option>Norway<option>Sweden</select></label>")

    page.select("Land", "Sweden")
    assert page.control("Land").chosen == ["Sweden"]
    with pytest.raises(NotOnPage, match="'Norway', 'Sweden'"):
        page.select("Land", "Denmark")


def test_table_markup_is_read_as_a_browser_reads_it(show) -> None:
    page = show("<table><tr><td>in</td></tr><p>out</p></table>")

    assert page.one("table").text == "in"
    assert page.one("table > tbody > tr").text == "in"
    assert page.one("p").text == "out"
