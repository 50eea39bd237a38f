"""htmx's attributes are read as htmx 4 reads them."""

from __future__ import annotations

from typing import Any

import pytest

from cf_testing.dom.attributes import htmx_attribute, triggers_of
from cf_testing.dom.errors import NotUsable
from cf_testing.dom.fields import Fields
from cf_testing.dom.hcon import as_form_value, parse_hcon, split_hcon
from cf_testing.dom.markup import Document, attribute
from cf_testing.dom.requests import build_request
from cf_testing.dom.selectors import find_extended


# The expected values were printed by htmx 4.0.1's own HCON.parse.
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"event": "add", "n": 2}', {"event": "add", "n": 2}),
        ("event:add", {"event": "add"}),
        ("event:add n:2, on", {"event": "add", "n": 2, "on": True}),
        ("a.b:1 'c.d':2", {"a": {"b": 1}, "c.d": 2}),
        ("x:\"two words\" y:'it'", {"x": "two words", "y": "it"}),
        ("from:<closest form/> delay:400ms", {"from": "closest form", "delay": "400ms"}),
        ("", {}),
    ],
)
def test_hcon(text: str, value: dict[str, Any]) -> None:
    assert parse_hcon(text) == value


def test_commas_inside_brackets_and_quotes_do_not_split() -> None:
    assert split_hcon("a[b,c], from:'x, y', d") == ["a[b,c]", " from:'x, y'", " d"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        (2, "2"),
        (2.0, "2"),
        (2.5, "2.5"),
        ([1, None, "a"], "1,,a"),
        ({}, "[object Object]"),
    ],
)
def test_values_become_the_texts_that_javascript_makes_of_them(value: Any, text: str) -> None:
    assert as_form_value(value) == text


def test_attributes_are_inherited_only_where_they_say_so() -> None:
    document = Document(
        """<div hx-target="#no" hx-vals:inherited='{"a": 1}'>
        <p hx-vals:append='{"b": 2}'><b id=x></b></p><i></i></div>"""
    )
    (b,), (p,), (i,) = document.select("b"), document.select("p"), document.select("i")

    assert htmx_attribute(b, "hx-target") is None
    assert parse_hcon(htmx_attribute(i, "hx-vals") or "") == {"a": 1}
    assert parse_hcon(htmx_attribute(p, "hx-vals") or "") == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("html", "events"),
    [
        ('<button hx-post="/">', ["click"]),
        ('<form hx-post="/">', ["submit"]),
        ('<input hx-post="/">', ["change"]),
        ('<input type=submit hx-post="/">', ["click"]),
        ('<select hx-post="/">', ["change"]),
        ('<a hx-post="/" hx-trigger="keyup[key==\'Enter\'] delay:1s, blur from:body">', ["keyup", "blur"]),
        ('<p hx-post="/" hx-trigger="every 2s [visible]">', ["every"]),
        ('<div hx-trigger:inherited="blur"><p hx-post="/"></div>', ["blur"]),
    ],
)
def test_triggers(html: str, events: list[str]) -> None:
    (node,) = Document(html).select("[hx-post]")

    assert [trigger.event for trigger in triggers_of(node)] == events


def test_filters_are_known_and_options_read() -> None:
    (node,) = Document("<a hx-post=/ hx-trigger=\"keyup[key=='a,b'] changed delay:400ms from:'#x, #y'\">").select("a")
    (trigger,) = triggers_of(node)

    assert trigger.has_filter
    assert trigger.options == {"changed": True, "delay": "400ms", "from": "#x, #y"}


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("this", ["me"]),
        ("closest div", ["outer"]),
        ("find i", ["i"]),
        ("findAll i", ["i", "i2"]),
        ("next p", ["after"]),
        ("previous p", ["before"]),
        ("next", ["after"]),
        ("previous", ["before"]),
        ("#before, #after", ["before", "after"]),
        ("this, closest div", ["me", "outer"]),
        ("body div", ["outer"]),
        ("closest table", []),
    ],
)
def test_extended_selectors(selector: str, found: list[str]) -> None:
    document = Document("<div id=outer><p id=before></p><b id=me><i id=i></i><i id=i2></i></b> <p id=after></p></div>")
    (me,) = document.select("#me")

    assert [attribute(node, "id") for node in find_extended(document, me, selector)] == found


def build(html: str, selector: str = "[hx-post], [hx-get]") -> Any:
    document = Document(html)
    return build_request(document, Fields(document), document.select(selector)[0])


def test_button_sends_its_form_and_itself() -> None:
    request = build('<form><input name=a value=1><button hx-post="/x/" name=b value=2>Go</button></form>')

    assert request.entries == [("a", "1"), ("b", "2")]
    assert (request.method, request.url, request.is_submit) == ("POST", "/x/", False)


def test_get_leaves_the_form_out() -> None:
    assert build('<form><input name=a value=1><button hx-get="/x/" name=b value=2>Go</button></form>').entries == [
        ("b", "2")
    ]


def test_element_that_is_no_control_sends_what_stands_in_it() -> None:
    assert build('<div hx-post="/x/"><input name=a value=1><input name=c type=checkbox></div>').entries == [("a", "1")]
    assert build('<div hx-get="/x/"><input name=a value=1></div>').entries == []


def test_values_take_the_place_of_fields() -> None:
    request = build("""<form hx-post="/x/" hx-vals='{"a": 3}'><input name=a value=1><input name=a value=2></form>""")

    assert request.entries == [("a", "3")]


def test_multipart_is_asked_for_by_the_form_or_by_htmx() -> None:
    assert build('<form enctype="multipart/form-data" hx-post="/x/"></form>').is_multipart
    assert build('<button hx-encoding="multipart/form-data" hx-post="/x/"></button>').is_multipart
    assert not build('<form hx-post="/x/"></form>').is_multipart


@pytest.mark.parametrize("value", ["js:{a: 1}", "{broken"])
def test_values_that_htmx_could_not_read_are_an_error(value: str) -> None:
    with pytest.raises(NotUsable, match="hx-vals"):
        build(f'<button hx-post="/x/" hx-vals="{value}"></button>')
