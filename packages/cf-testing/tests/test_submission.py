"""What forms send, held against Django's own reading of it, for forms that nobody thought of."""

from __future__ import annotations

from html import escape

import pytest
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from cf_testing.dom.fields import Fields, Upload, controls_of, default_value, sanitise
from cf_testing.dom.markup import Document, attribute
from cf_testing.dom.submission import URLENCODED, encode_multipart, encode_urlencoded, form_entries

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
entries = st.lists(st.tuples(names, texts), max_size=8)


def crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def posted(body: bytes, content_type: str) -> HttpRequest:
    return RequestFactory().generic("POST", "/", body, content_type)


@given(entries)
def test_urlencoded_body_is_read_as_it_was_meant(given_entries: list[tuple[str, str]]) -> None:
    read = QueryDict(encode_urlencoded(given_entries), encoding="utf-8")

    for name, _ in given_entries:
        assert read.getlist(name) == [crlf(value) for key, value in given_entries if key == name]


@given(entries)
def test_multipart_body_is_read_as_it_was_meant(given_entries: list[tuple[str, str]]) -> None:
    # A browser writes a quote in a name as %22, and nobody takes that back.
    plain = [(name, value) for name, value in given_entries if '"' not in name and "\\" not in name]
    request = posted(*encode_multipart(plain))

    for name, _ in plain:
        wanted = [crlf(value) for key, value in plain if key == name]
        assert request.POST.getlist(name.strip()) == wanted or name != name.strip()


@given(st.binary(max_size=200), names)
def test_files_arrive_byte_by_byte(content: bytes, name: str) -> None:
    request = posted(*encode_multipart([("file", Upload("a.bin", content, "image/png")), ("x", name)]))

    file = request.FILES["file"]
    assert (file.read(), file.content_type) == (content, "image/png")


controls = st.one_of(
    st.builds(lambda n, v: (f'<input name="{n}" value="{escape(v)}">', n), names, texts),
    st.builds(lambda n, v: (f'<input type="hidden" name="{n}" value="{escape(v)}">', n), names, texts),
    st.builds(lambda n, v: (f'<textarea name="{n}">\n{escape(v)}</textarea>', n), names, texts),
    st.builds(lambda n, v: (f'<input type="checkbox" name="{n}" value="{escape(v)}" checked>', n), names, texts),
    st.builds(lambda n, v: (f'<select name="{n}"><option value="{escape(v)}" selected></select>', n), names, texts),
).filter(lambda control: not set('<>&"') & set(control[1]))


@given(st.lists(controls, max_size=6), st.sets(st.integers(0, 5)))
def test_every_enabled_control_is_sent_once_and_in_order(parts: list[tuple[str, str]], disabled: set[int]) -> None:
    html = "".join(
        f"<fieldset{' disabled' if index in disabled else ''}>{part}</fieldset>"
        for index, (part, _) in enumerate(parts)
    )
    document = Document(f"<form>{html}</form>")
    (form,) = document.select("form")

    sent = form_entries(Fields(document), form)

    assert [name for name, _ in sent] == [name for index, (_, name) in enumerate(parts) if index not in disabled]


@given(texts)
def test_typed_text_is_what_is_sent(text: str) -> None:
    document = Document('<form><input name="one"><textarea name="many"></textarea></form>')
    (form,) = document.select("form")
    fields = Fields(document)
    for control in controls_of(document, form):
        fields.write(control, text)

    sent = dict(form_entries(fields, form))

    assert sent == {"one": text.replace("\r", "").replace("\n", ""), "many": text}
    assert QueryDict(encode_urlencoded(list(sent.items())))["many"] == crlf(text)


@given(st.lists(st.booleans(), min_size=1, max_size=5), st.integers(0, 4))
def test_one_radio_button_of_a_group_is_chosen(checked: list[bool], chosen: int) -> None:
    boxes = "".join(f"<input type=radio name=r value={i}{' checked' if on else ''}>" for i, on in enumerate(checked))
    document = Document(f"<form>{boxes}</form>")
    fields = Fields(document)
    nodes = document.select("input")
    (form,) = document.select("form")

    last = [str(index) for index, on in enumerate(checked) if on][-1:]
    assert [value for _, value in form_entries(fields, form)] == last

    node = nodes[chosen % len(nodes)]
    fields.tick(node, True)
    assert form_entries(fields, form) == [("r", attribute(node, "value"))]


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("number", "1e3", "1e3"),
        ("number", "one", ""),
        ("date", "2024-02-30x", ""),
        ("date", "2024-02-28", "2024-02-28"),
        ("email", " a@b.c ", "a@b.c"),
        ("text", "a\nb", "ab"),
        ("color", "#FF00AA", "#ff00aa"),
        ("color", "red", "#000000"),
        ("range", "x", "50"),
    ],
)
def test_browser_tidies_values_by_type(kind: str, value: str, kept: str) -> None:
    (node,) = Document(f'<input type="{kind}">').select("input")

    assert sanitise(node, value) == kept


def test_markup_is_the_default_of_a_textarea_without_its_first_line_break() -> None:
    (node,) = Document("<textarea>\n two\nlines</textarea>").select("textarea")

    assert default_value(node) == " two\nlines"


def test_names_that_repeat_keep_their_order() -> None:
    body = encode_urlencoded([("b", "1"), ("a", "2"), ("b", "3")])

    assert body == b"b=1&a=2&b=3"
    assert posted(body, URLENCODED).POST.getlist("b") == ["1", "3"]
