"""The root element: exactly one, stamped with whose it is, and otherwise as the template wrote it."""

from __future__ import annotations

import json
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core import Component, ComponentDefinitionError
from tests.renderers import Written


class Shows(Component):
    """Renders the HTML that it is given."""

    component_name = "shows"
    html: str
    renderer = Written(lambda component: component.html)


def rendered(html: str, cls: type[Component] = Shows) -> str:
    """Return the HTML as a browser would get it, the token replaced by T."""
    component = cls(component_id="c1")
    component.html = html  # type: ignore[attr-defined]
    result = component.dispatch()
    return str(result["html"].replace(result["state"].token, "T"))


STAMP = 'data-cf-component="shows" data-cf-id="c1" hx-sync:inherited="this:queue all" id="c1" data-cf-state="T"'


@pytest.mark.parametrize(
    ("html", "result"),
    [
        ("<div></div>", f"<div {STAMP}></div>"),
        ("<div>a</div>", f"<div {STAMP}>a</div>"),
        ("\n  <div>a</div>\n", f"<div {STAMP}>a</div>"),
        ("<!-- licence -->\n<div>a</div>", f"<div {STAMP}>a</div>"),
        ("<!-- a --><!-- <div> --><div>a</div><!-- b -->", f"<div {STAMP}>a</div><!-- b -->"),
        ("<my-card>a</my-card>", f"<my-card {STAMP}>a</my-card>"),
        ("<DIV>a</DIV>", f"<DIV {STAMP}>a</DIV>"),
        ("<div>a</DIV>", f"<div {STAMP}>a</DIV>"),
        ("<Div\n>a</div\n>", f"<Div {STAMP}\n>a</div\n>"),
        ('<div class="x">a</div>', f'<div {STAMP} class="x">a</div>'),
        ("<div class='x' hidden data-n=5>a</div>", f"<div {STAMP} class='x' hidden data-n=5>a</div>"),
        ('<div title="a > b">a</div>', f'<div {STAMP} title="a > b">a</div>'),
        ("<div title='\"><p>'>a</div>", f"<div {STAMP} title='\"><p>'>a</div>"),
        ('<div\n  class="x"\n>a</div>', f'<div {STAMP}\n  class="x"\n>a</div>'),
        ("<input>", f"<input {STAMP}>"),
        ("<input />", f"<input {STAMP} />"),
        ("<img src=x><!-- b -->", f"<img {STAMP} src=x>"),
        ("<div><div>a</div><div>b</div></div>", f"<div {STAMP}><div>a</div><div>b</div></div>"),
        ("<div><div><div></div></div>a</div>", f"<div {STAMP}><div><div></div></div>a</div>"),
        ("<div><!-- </div> -->a</div>", f"<div {STAMP}><!-- </div> -->a</div>"),
        ('<div><a title="</div>">a</a></div>', f'<div {STAMP}><a title="</div>">a</a></div>'),
        ("<div><script>'</div>'</script></div>", f"<div {STAMP}><script>'</div>'</script></div>"),
        ("<div><divider></divider></div>", f"<div {STAMP}><divider></divider></div>"),
        ("<p>a<br>b</p>", f"<p {STAMP}>a<br>b</p>"),
        ("<ul><li>a<li>b</ul>", f"<ul {STAMP}><li>a<li>b</ul>"),
        ("<li>a</li>", f"<li {STAMP}>a</li>"),
        ("<tr><td>a<td>b</tr>", f"<tr {STAMP}><td>a<td>b</tr>"),
        ("<td>a</td>", f"<td {STAMP}>a</td>"),
        ("<option value=1>a</option>", f"<option {STAMP} value=1>a</option>"),
        ("<tbody><tr><td>a</td></tr></tbody>", f"<tbody {STAMP}><tr><td>a</td></tr></tbody>"),
        ("<svg><path d='M0'/></svg>", f"<svg {STAMP}><path d='M0'/></svg>"),
    ],
)
def test_one_root_is_stamped_and_left_as_it_is(html: str, result: str) -> None:
    assert rendered(html) == result


@pytest.mark.parametrize(
    "html",
    [
        *("<p>a</p><p>b</p>", "<div></div><div></div>", "<div>a</div>\n<div>b</div>", "<div></div><input>"),
        *("<input><input>", "<div>a</div> text", "text <div>a</div>", "text", "<div>a</div>&nbsp;", "<br>text"),
        *("<div></div></div><p></p></div>", "<li>a</li><li>b</li>", "<div>a</div><!-- b --><p>c</p>"),
        *("<DIV></DIV><DIV></DIV>", "<!-- a --><p></p><p></p>", "<div>x</div>text</div>", "<tr></tr><tr></tr>"),
    ],
)
def test_several_roots_or_text_beside_one_are_refused(html: str) -> None:
    if "<" not in html:
        # The text of a test renderer: there is no element at all, and no transport would be served with it.
        assert rendered(html) == html
        return
    with pytest.raises(ComponentDefinitionError, match=r"The template of Shows has (more than one|no) root element"):
        rendered(html)


@pytest.mark.parametrize(
    "html", ["<!-- nothing -->", "<!doctype html>", "</div>", "< div></div>", "1 < 2", "<>", "<?php ?>"]
)
def test_no_root_is_refused(html: str) -> None:
    with pytest.raises(ComponentDefinitionError, match=r"The template of Shows has no root element. Wrap"):
        rendered(html)


def test_an_own_id_stays() -> None:
    assert 'id="mine"' in rendered('<div id="mine">a</div>')
    assert 'id="c1"' not in rendered('<div id="mine">a</div>').replace('data-cf-id="c1"', "")
    assert rendered("<div id=mine>a</div>").count(" id=") == 1
    assert rendered("<div ID='mine'>a</div>").lower().count(" id=") == 1
    assert rendered('<div class="id=x" data-id="3">a</div>').count(' id="c1"') == 1


def test_own_attributes_of_the_stamp_stay() -> None:
    html = rendered('<div data-cf-id="c1" data-cf-component="shows" data-cf-state="mine" hx-sync="this:drop">a</div>')
    assert html.count("data-cf-id") == 1
    assert html.count("data-cf-state") == 1
    assert 'data-cf-state="mine"' in html
    assert "queue all" not in html


def test_what_a_component_listens_to_is_stamped() -> None:
    class Listens(Shows):
        listens = {'sold "out"': "refresh", "closed": "refresh"}

        def on_refresh(self) -> None: ...

    (attributes,) = [attrs for tag, attrs in events_of(rendered("<div></div>", Listens))[:1]]
    assert json.loads(dict(attributes)["data-cf-listens"]) == {'sold "out"': "refresh", "closed": "refresh"}


def test_a_component_without_a_registered_name_is_stamped_with_its_classs() -> None:
    class Nameless(Component):
        renderer = Written(lambda component: "<p></p>")

    assert 'data-cf-component="Nameless"' in Nameless().dispatch()["html"]


@pytest.mark.parametrize("component_id", ["", "a b", 'a"b', "<a>", "é", "x" * 121, "a/b", "a'b", b"a", 1.5e300j])
def test_an_id_is_made_of_plain_characters(component_id: Any) -> None:
    with pytest.raises(ComponentDefinitionError, match="is no component id"):
        Shows(component_id=component_id)


@pytest.mark.parametrize("component_id", ["a", "cart-5", "cart_5", "cart.5:a", "x" * 120, "5", 5])
def test_an_id_of_plain_characters_is_taken(component_id: Any) -> None:
    component = Shows(component_id=component_id)
    component.html = "<p></p>"
    assert component.id == str(component_id)
    assert f'data-cf-id="{component_id}"' in component.dispatch()["html"]


def test_a_class_may_say_what_its_id_is() -> None:
    class Cart(Shows):
        def get_component_id(self) -> str:
            return f"cart-{self.params['user_id']}"

    assert Cart(user_id=5).id == "cart-5"
    assert Cart(user_id=5, component_id="own").id == "own"


# -- a stamped document is the same document


class _Events(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[tuple[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.events.append((f"<{tag}", attrs))

    def handle_endtag(self, tag: str) -> None:
        self.events.append((f"</{tag}", None))

    def handle_data(self, data: str) -> None:
        self.events.append(("text", data))

    def handle_comment(self, data: str) -> None:
        self.events.append(("comment", data))


def events_of(html: str) -> list[tuple[str, Any]]:
    parser = _Events()
    parser.feed(html)
    parser.close()
    return parser.events


def written_attributes(name: str, value: str, quote: str) -> str:
    from html import escape

    if quote == "none":
        return f" {name}"
    return f" {name}={quote}{escape(value, quote=True)}{quote}"


names = st.sampled_from(
    ["class", "title", "data-a", "hx-post", "aria-label", "hidden", "x-on:click", "@click", ":href"]
)
values = st.text(st.sampled_from("ab \n\t<>/='\"&é-id}{"), max_size=8)
attributes = st.builds(written_attributes, names, values, st.sampled_from(['"', "'", "none"]))
starts = st.lists(attributes, max_size=3, unique_by=lambda text: text.split("=")[0].strip()).map("".join)
plain = st.text(st.sampled_from("ab c<>&/é"), min_size=1, max_size=6).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
)
comments = st.sampled_from(["<!-- x -->", "<!-- </div> -->", "<!-- <div> <p> -->"])
voids = st.builds(
    lambda tag, attrs, end: f"<{tag}{attrs}{end}>",
    st.sampled_from(["br", "img", "input"]),
    starts,
    st.sampled_from(["", " /"]),
)
nested_tags = st.sampled_from(["div", "span", "section", "DIV", "my-card", "divx"])


def element(tags: st.SearchStrategy[str], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda tag, attrs, body: f"<{tag}{attrs}>{''.join(body)}</{tag}>", tags, starts, st.lists(inner, max_size=4)
    )


contents = st.recursive(plain | comments | voids, lambda inner: element(nested_tags, inner), max_leaves=8)
roots = element(st.sampled_from(["div", "section", "p", "li", "tr", "td", "ul", "DIV", "my-card"]), contents)


@given(roots)
def test_a_stamped_element_is_the_same_element_with_attributes_more(html: str) -> None:
    before, after = events_of(html), events_of(rendered(html))
    assert after[1:] == before[1:]
    (tag, own), (stamped_tag, stamped) = before[0], after[0]
    assert stamped_tag == tag
    added = [pair for pair in stamped if pair not in own]
    assert dict(added) == {
        "data-cf-component": "shows",
        "data-cf-id": "c1",
        "data-cf-state": "T",
        "hx-sync:inherited": "this:queue all",
        "id": "c1",
    }
    assert [pair for pair in stamped if pair in own] == own


@given(st.lists(roots, min_size=2, max_size=3))
def test_several_elements_are_never_taken_for_one(parts: list[str]) -> None:
    with pytest.raises(ComponentDefinitionError):
        rendered("".join(parts))


@given(roots, plain.filter(lambda text: unescape(text).strip()), st.booleans())
def test_text_beside_an_element_is_never_overlooked(html: str, text: str, before: bool) -> None:
    with pytest.raises(ComponentDefinitionError):
        rendered(text + html if before else html + text)


@given(st.text(st.sampled_from("<>/!-='\" \ndivpbr"), max_size=40))
def test_no_text_breaks_it_otherwise_than_by_refusing(html: str) -> None:
    try:
        result = rendered(html)
    except ComponentDefinitionError:
        return
    assert "<" not in html or 'data-cf-id="c1"' in result
