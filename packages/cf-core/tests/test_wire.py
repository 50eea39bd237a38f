"""Requests read and answers written: forms, JSON, pages without JavaScript, sizes, what a handler asks for besides."""

from __future__ import annotations

import asyncio
import io
import json
import time
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib import messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.asgi import ASGIHandler
from django.test import Client

from cf_core import Component
from cf_testing.parity import ENDPOINT, Shown, id_in, logged, new_rid, show, token_in
from tests.components import ran
from tests.permissions import Anyone
from tests.renderers import Inline

pytestmark = pytest.mark.django_db
MIB = 1_048_576
HTMX = {"HX-Request": "true"}


class Form(Component):
    """Takes what a form sends, and shows what came."""

    permission_classes = [Anyone]
    renderer = Inline("<div>{{ state }}</div>")

    def mount(self) -> None:
        self.state["got"] = None

    def on_save(
        self,
        state: str = "",
        event: str = "",
        payload: str = "",
        name: str = "",
        size: int = 0,
        tags: list[str] = [],  # noqa: B006 - as authors write it
        agreed: bool = True,
    ) -> None:
        ran.append("form.save")
        got = {"state": state, "event": event, "payload": payload, "name": name, "size": size, "tags": tags}
        self.state["got"] = {key: value for key, value in got.items() if value} | {"agreed": agreed}

    def on_text(self, text: str) -> None:
        ran.append("form.text")
        self.state["got"] = len(text)

    def on_upload(self, file: Any, title: str = "") -> None:
        ran.append("form.upload")
        self.state["got"] = [file.name, file.size, title]

    def on_complain(self) -> None:
        self.errors["name"] = ["Too short"]


@pytest.fixture
def form(register: Any, client: Client) -> Shown:
    register(Form, "form")
    return show(client, "form")


def got(shown: Shown) -> Any:
    """Return what the last event left in the state, as the JSON answer's HTML shows it."""
    import ast
    import html

    text = html.unescape(shown.html.partition(">")[2].removesuffix("</div>"))
    return ast.literal_eval(text)["got"]


# -- answers


def test_htmx_gets_the_root_with_its_new_token(client: Client) -> None:
    shown = show(client, "counter")
    before = shown.token
    response = shown.post("increment")
    html = response.content.decode()
    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert html.startswith(f'<div data-cf-component="counter" data-cf-id="{shown.id}"')
    assert response["X-Component"] == shown.id == id_in(html)
    assert response["Cache-Control"] == "no-store"
    assert token_in(html) != before
    assert not response.cookies


def test_json_gets_html_token_id_and_slots(client: Client) -> None:
    shown = show(client, "counter")
    response = shown.json("increment")
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert body == {"html": shown.html, "state": token_in(shown.html), "component_id": shown.id, "slots": {}}


def test_errors_of_the_component_are_422_with_its_html(form: Shown) -> None:
    response = form.post("complain")
    assert response.status_code == 422
    assert response["X-Component"] == form.id
    assert response.content.startswith(b"<div")
    body = form.json("complain").json()
    assert body["errors"] == {"name": ["Too short"]}
    assert (body["code"], body["error"]) == ("invalid", "Please check what you entered")
    assert body["html"] == form.html


def test_a_payload_that_does_not_fit_is_422_in_json_for_everybody(form: Shown) -> None:
    for response in (form.post("save", size="many"), form.json("save", {"size": "many"})):
        assert response.status_code == 422
        assert response["Content-Type"] == "application/json"
        assert response.json()["code"] == "invalid"
        assert list(response.json()["errors"]) == ["size"]


def test_a_get_mounts(client: Client) -> None:
    response = client.get("/components/counter/", {"initial": "4"}, headers=HTMX)
    assert response.status_code == 200
    assert b"<b>4</b>" in response.content
    body = client.get("/components/counter/", {"initial": "5"}, headers={"Accept": "application/json"}).json()
    assert "<b>5</b>" in body["html"]


def test_a_get_runs_no_event(client: Client) -> None:
    shown = show(client, "counter")
    ran.clear()
    for query in ({"event": "increment"}, {"event": "increment", "_state": shown.token}, {"_event": "increment"}):
        assert client.get("/components/counter/", query, headers=HTMX).status_code == 400
    assert "counter.increment" not in ran


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_are_not_allowed(client: Client, method: str) -> None:
    assert getattr(client, method)("/components/counter/", headers=HTMX).status_code == 405


def test_a_post_without_an_event_renders_the_state_again(client: Client) -> None:
    shown = show(client, "counter", initial=3)
    ran.clear()
    assert shown.post(None).status_code == 200
    assert "<b>3</b>" in shown.html
    assert ran == []


# -- without JavaScript


def post_page(client: Client, shown: Shown, event: str, referer: str | None, **fields: Any) -> Any:
    headers = {"Referer": referer} if referer is not None else {}
    data = {"event": event, "_state": shown.token, **fields}
    return client.post(ENDPOINT.format(shown.name), data, headers=headers)


def test_a_page_without_javascript_goes_back_where_it_came_from(client: Client) -> None:
    shown = show(client, "counter")
    response = post_page(client, shown, "increment", "http://testserver/shop/?page=2#top")
    assert (response.status_code, response["Location"]) == (303, "http://testserver/shop/?page=2#top")
    assert ran[-1] == "counter.increment"


@pytest.mark.parametrize(
    "referer",
    [
        *("", "http://evil.example/", "//evil.example/", "https://testserver.evil.example/", "javascript:alert(1)"),
        *(
            "http://testserver@evil.example/",
            "http:\\\\evil.example",
            "/\\evil.example",
            "http://[",
            "data:text/html,x",
        ),
        "ftp://testserver/",
    ],
)
def test_a_page_without_javascript_never_leaves_the_site(client: Client, referer: str) -> None:
    shown = show(client, "counter")
    response = post_page(client, shown, "increment", referer)
    assert (response.status_code, response["Location"]) == (303, "/")


def test_a_refused_page_gets_json_and_no_redirect(client: Client) -> None:
    shown = show(client, "counter")
    response = post_page(client, shown, "explode", "http://testserver/")
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_errors_of_a_page_without_javascript_are_shown(form: Shown) -> None:
    response = post_page(form.client, form, "complain", "http://testserver/")
    assert response.status_code == 422
    html = response.content.decode()
    assert html.startswith("<!doctype html>")
    assert f'data-cf-id="{form.id}"' in html
    assert '<a href="http://testserver/">Back</a>' in html


def test_messages_of_a_page_without_javascript_wait_for_the_next_page(talker: Shown) -> None:
    post_page(talker.client, talker, "say", "http://testserver/")
    response = talker.client.get("/place/talker/")
    assert [str(message) for message in messages.get_messages(response.wsgi_request)] == ["Saved \u2014 really"]


# -- forms


def test_a_button_may_carry_the_arguments_of_its_event(form: Shown) -> None:
    assert form.post("save?event=birth%26day&state=Bavaria", state="typed").status_code == 200
    assert got(form) == {"event": "birth&day", "agreed": True, "state": "Bavaria"}


def test_the_event_may_be_called_underscore_event(form: Shown) -> None:
    assert form.post("birthday", _event="save").status_code == 200
    assert got(form) == {"event": "birthday", "agreed": True}


def test_a_field_called_state_is_a_field_unless_it_is_a_token(form: Shown) -> None:
    assert form.post("save", state="Bavaria").status_code == 200
    assert got(form) == {"state": "Bavaria", "agreed": True}
    assert form.post("save", state=form.token, _state=None).status_code == 200
    assert got(form) == {"agreed": True}
    assert form.post("save", state="Bavaria", _state=None).status_code == 400


def test_an_own_token_wins_over_a_field_called_state(form: Shown) -> None:
    assert form.post("save", state="cf1.is.a.name").status_code == 200
    assert got(form)["state"] == "cf1.is.a.name"


def test_reserved_and_neighbouring_fields_are_no_payload(form: Shown) -> None:
    neighbours = {"csrfmiddlewaretoken": "x", "_name": "x", "_other": "x", "submit": "Save", "colour": "red"}
    assert form.post("save", name="Ann", **neighbours).status_code == 200
    assert got(form) == {"name": "Ann", "agreed": True}


def test_repeated_fields_are_a_list_and_the_last_one_of_a_single_field_counts(form: Shown) -> None:
    assert form.post("save", tags=["a", "b"], name=["first", "last"]).status_code == 200
    assert got(form) == {"tags": ["a", "b"], "name": "last", "agreed": True}


def test_a_checkbox_that_the_form_names_as_unchecked_is_false(form: Shown) -> None:
    assert form.post("save", _unchecked="agreed").status_code == 200
    assert got(form) == {"agreed": False}


def test_a_payload_field_of_json_stands_under_the_flat_fields(form: Shown) -> None:
    payload = json.dumps({"name": "Bob", "size": 3, "tags": ["x"]})
    assert form.post("save", payload=payload, name="Ann").status_code == 200
    assert got(form) == {"name": "Ann", "size": 3, "tags": ["x"], "agreed": True}


def test_a_payload_field_of_other_text_is_a_field(form: Shown) -> None:
    assert form.post("save", payload="10 kg").status_code == 200
    assert got(form) == {"payload": "10 kg", "agreed": True}


@pytest.mark.parametrize("text", ['{"size": NaN}', '{"size": 1, "size": 2}', '{"a":' * 5_000, '{"size": 1e999}'])
def test_json_in_a_payload_field_has_the_limits_of_json(form: Shown, text: str) -> None:
    response = form.post("save", payload=text)
    assert (response.status_code, response.json()["code"]) == (400, "malformed")


def test_files_are_arguments(form: Shown) -> None:
    file = SimpleUploadedFile("cat.png", b"x" * 2_000_000)
    assert form.post("upload", file=file, title="A cat").status_code == 200
    assert got(form) == ["cat.png", 2_000_000, "A cat"]


def test_a_multipart_form_is_a_form(form: Shown) -> None:
    assert form.post("save", name="Ann", size="4").status_code == 200
    encoded = f"event=save&_state={form.token}&_rid={new_rid()}&name=Ann&size=4"
    response = form.client.post(
        "/components/form/", encoded, content_type="application/x-www-form-urlencoded; charset=utf-8", headers=HTMX
    )
    assert response.status_code == 200


def test_an_answer_in_json_to_a_form(form: Shown) -> None:
    data = {"event": "save", "_state": form.token, "_rid": new_rid(), "name": "Ann"}
    response = form.client.post("/components/form/", data, headers={"Accept": "application/json"})
    assert response.status_code == 200
    assert "Ann" in response.json()["html"]


# -- sizes


@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 413)])
def test_a_json_body_of_one_mebibyte_passes_and_a_byte_more_does_not(
    form: Shown, settings: Any, extra: int, status: int
) -> None:
    settings.CF_CORE = {"STATE_MAX_BYTES": 4 * MIB}
    head = json.dumps({"event": "text", "state": form.token, "payload": {"text": ""}})
    body = head.replace('""', json.dumps("x" * (MIB - len(head) + extra)))
    assert len(body) == MIB + extra
    response = form.client.post("/components/form/", body, content_type="application/json")
    assert response.status_code == status
    assert ran == (["form.text"] if status == 200 else [])
    if status == 413:
        assert response.json() == {"error": "The request is too large", "code": "too_large", "limit": MIB}


@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 413)])
def test_a_form_of_one_mebibyte_passes_and_a_byte_more_does_not(form: Shown, extra: int, status: int) -> None:
    head = f"event=text&_state={form.token}&text="
    body = head + "x" * (MIB - len(head) + extra)
    kind = "application/x-www-form-urlencoded"
    response = form.client.post("/components/form/", body, content_type=kind, headers=HTMX)
    assert response.status_code == status
    assert ran == (["form.text"] if status == 200 else [])


@pytest.mark.parametrize(
    ("text", "status"), [("x" * (MIB - 2_000), 200), ("x" * MIB, 413), ("\U0001f600" * 270_000, 413)]
)
def test_the_fields_of_a_multipart_form_are_measured_in_bytes(form: Shown, text: str, status: int) -> None:
    response = form.post("text", text=text)
    assert response.status_code == status
    assert ran == (["form.text"] if status == 200 else [])


def test_ten_megabytes_of_fields_are_refused(form: Shown) -> None:
    response = form.post("text", text="x" * 10_000_000)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_the_limit_is_a_setting(form: Shown, settings: Any) -> None:
    settings.CF_CORE = {"MAX_BODY_BYTES": 1_000}
    assert form.json("text", {"text": "x" * 1_000}).json()["limit"] == 1_000
    assert form.json("text", {"text": "x" * 100}).status_code == 200


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", "9" * 40, "9" * 5_000, "", " 5", "0x10", "\u00b2"])
def test_a_content_length_that_is_none_is_refused_or_read_as_nothing(form: Shown, length: str) -> None:
    response = form.client.post(
        "/components/form/", b"event=save", content_type="application/json", CONTENT_LENGTH=length, headers=HTMX
    )
    assert response.status_code in (400, 413)
    assert ran == []


def stream(path: str, chunks: list[bytes], **headers: str) -> tuple[int, dict[str, Any]]:
    """Post a body in chunks, without Content-Length, through the ASGI handler."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    events = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    events.append({"type": "http.request", "body": b"", "more_body": False})
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if events:
            return events.pop(0)
        await asyncio.sleep(3_600)
        raise AssertionError

    async def send(message: Any) -> None:
        answers.append(message)

    handler = ASGIHandler()
    async_to_sync(handler)(scope, receive, send)
    body = b"".join(answer.get("body", b"") for answer in answers)
    return answers[0]["status"], json.loads(body) if body[:1] == b"{" else {}


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_without_a_content_length_is_measured_as_it_is_read(form: Shown, kind: str) -> None:
    if kind == "application/json":
        chunks = [b'{"event": "text", "payload": {"text": "', *[b"x" * 65_536] * 24, b'"}}']
    else:
        chunks = [f"event=text&_state={form.token}&text=".encode(), *[b"x" * 65_536] * 24]
    token = form.client.get("/components/_csrf/").json()["csrf"]
    cookie = f"csrftoken={form.client.cookies['csrftoken'].value}"
    status, body = stream(
        "/components/form/",
        chunks,
        content_type=kind,
        hx_request="true",
        host="testserver",
        cookie=cookie,
        x_csrftoken=token,
    )
    assert (status, body.get("code")) == (413, "too_large")
    assert ran == []


def test_deep_json_is_refused_quickly(form: Shown) -> None:
    body = b"[" * 100_000 + b"]" * 100_000
    began = time.perf_counter()
    response = form.client.post("/components/form/", body, content_type="application/json")
    assert response.status_code == 400
    # 3 ms on an idle machine; the limit only tells it from a parser that takes its time.
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "\ud83d\ude00" * 10},
        {"text": "a\r\n\tb\u2028"},
        {"text": "</script><img src=x onerror=alert(1)>"},
    ],
)
def test_text_of_every_kind_arrives(form: Shown, payload: dict[str, str]) -> None:
    text = payload["text"].encode("utf-16", "surrogatepass").decode("utf-16")
    assert form.json("text", {"text": text}).status_code == 200
    assert got(form) == len(text)


def test_values_are_escaped_where_they_are_shown(form: Shown) -> None:
    form.json("save", {"name": "\"'><img src=x onerror=alert(1)>{{ 7 }}{% now 'Y' %}"})
    assert "<img" not in form.html
    assert "{{ 7 }}{% now" in form.html


def test_twenty_levels_and_two_thousand_values_pass(register: Any, client: Client) -> None:
    class Anything(Component):
        permission_classes = [Anyone]
        renderer = Inline("<p></p>")

        def on_take(self, value: Any) -> None:
            ran.append("taken")

    register(Anything, "any")
    shown = show(client, "any")
    deep: Any = 1
    for _ in range(17):
        deep = [deep]
    assert shown.json("take", {"value": deep}).status_code == 200
    assert shown.json("take", {"value": [0] * 1_980}).status_code == 200
    assert shown.json("take", {"value": {f"k{i}": i for i in range(500)}}).status_code == 200
    assert shown.json("take", {"value": 2**53}).status_code == 200
    assert ran == ["taken"] * 4


class Bag(Component):
    """Keeps any key that a client names: the worst that an author can do."""

    permission_classes = [Anyone]
    renderer = Inline("<p>{{ state.n }}</p>")

    def on_put(self, key: str, value: Any = None) -> None:
        self.state[key] = value


NAMES = [
    *("__class__", "__init__.__globals__", "__dict__", "__proto__", "constructor.prototype", "_meta", "objects", "pk"),
    *("permission_classes", "renderer", "template_name", "state", "params", "request", "user", "user_id", "_events"),
    *("component_id", "is_mounted", "revision", "_token", "on_put", "SECRET_KEY", "~", "~M", "", ".", "a.b", "a__b"),
]


def test_no_name_of_a_client_reaches_an_attribute(register: Any, client: Client, settings: Any) -> None:
    import os
    import sys

    def everything() -> Any:
        module = {name: repr(value) for name, value in vars(sys.modules[__name__]).items() if name.isupper()}
        classes = [{name: id(value) for name, value in vars(cls).items()} for cls in (Bag, Component)]
        return module, classes, settings.SECRET_KEY, dict(os.environ)

    register(Bag, "bag")
    shown = show(client, "bag")
    shown.post("put", key="n")
    before = everything()
    for name in NAMES:
        for value in ("hunter2", ["hunter2"], {"__class__": "hunter2"}):
            assert shown.json("put", {"key": name, "value": value}).status_code == 200
        if name not in ("key", "value"):
            assert shown.json("put", {"key": "k", name: "hunter2"}).status_code == 422
            assert shown.post("put", **{"key": "k", name or "_": "hunter2"}).status_code in (200, 400)
    assert everything() == before
    assert shown.json("put", {"key": "n", "value": 5}).status_code == 200
    assert ">5<" in shown.html


# -- a thousand bad requests


def test_a_thousand_malformed_requests_are_refused_quietly(form: Shown) -> None:
    import random

    rand = random.Random(5)
    good = json.dumps({"event": "save", "state": form.token, "payload": {"name": "Ann"}, "rid": new_rid()}).encode()
    kinds = [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "text/plain",
        "",
    ]
    statuses: set[int] = set()
    with logged() as log:
        for _ in range(1_000):
            raw = bytearray(good)
            for _ in range(rand.randint(1, 6)):
                at = rand.randrange(len(raw))
                action = rand.randrange(3)
                if action == 0:
                    raw[at] = rand.randrange(256)
                elif action == 1:
                    del raw[at : at + rand.randint(1, 20)]
                else:
                    raw[at:at] = rand.choice([b"\r\n", b"\x00", b"{", b'"', b"\xff\xfe", b"[[[[", b"e999"])
            headers = rand.choice([{}, HTMX, {"Accept": "application/json"}, {"X-Component": "x\x01y"}])
            response = form.client.post(
                "/components/form/", bytes(raw), content_type=rand.choice(kinds), headers=headers
            )
            statuses.add(response.status_code)
    assert not [status for status in statuses if status >= 500]
    assert not log.alarms
    assert sum(len(record.getMessage()) for record in log.records) <= 300 * 1_000
    assert form.json("save").status_code == 200


# -- what a handler asks for besides HTML


class Talker(Component):
    permission_classes = [Anyone]
    renderer = Inline("<p>{{ state.n }}</p>")

    def mount(self) -> None:
        self.state["n"] = 0

    def on_say(self) -> None:
        messages.success(self.request, "Saved \u2014 really", extra_tags="big")

    def on_all(self) -> None:
        self.announce("Fertig \u00fc")
        self.focus("field-1")
        self.emit("sold", sku="A\u00e9", qty=2)
        self.emit("closed")
        self.push_url("/shop/?page=2")

    def on_go(self, to: str) -> None:
        self.redirect(to)

    def on_show(self, to: str) -> None:
        self.push_url(to)

    def on_quiet(self) -> None:
        self.state["n"] += 1
        self.skip_render()

    async def on_later(self) -> None:
        self.announce("later")


@pytest.fixture
def talker(register: Any, client: Client) -> Shown:
    register(Talker, "talker")
    return show(client, "talker")


def test_effects_reach_htmx_as_ascii_json(talker: Shown) -> None:
    response = talker.post("all")
    header = response["HX-Trigger"]
    assert header.isascii()
    assert json.loads(header) == {
        "component:announce": {"text": "Fertig \u00fc"},
        "component:focus": {"id": "field-1"},
        "component:emit": [
            {"name": "sold", "payload": {"sku": "A\u00e9", "qty": 2}},
            {"name": "closed", "payload": {}},
        ],
    }
    assert response["HX-Push-Url"] == "/shop/?page=2"


def test_effects_reach_json_in_the_body(talker: Shown) -> None:
    assert talker.json("all").json()["effects"] == {
        "announce": "Fertig \u00fc",
        "focus": "field-1",
        "emits": [["sold", {"sku": "A\u00e9", "qty": 2}], ["closed", {}]],
        "push_url": "/shop/?page=2",
    }


def test_an_async_handler_has_effects_too(talker: Shown) -> None:
    assert json.loads(talker.post("later")["HX-Trigger"]) == {"component:announce": {"text": "later"}}


def test_messages_reach_the_page_once(talker: Shown) -> None:
    response = talker.post("say")
    assert json.loads(response["HX-Trigger"]) == {
        "component:messages": [{"level": 25, "tags": "big success", "text": "Saved \u2014 really"}]
    }
    assert "HX-Trigger" not in talker.post("all", _event="quiet")
    page = talker.client.get("/place/talker/")
    assert list(messages.get_messages(page.wsgi_request)) == []


def test_a_redirect_goes_through_htmx_and_carries_the_token(talker: Shown) -> None:
    response = talker.post("go", to="/shop/?page=2")
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/shop/?page=2"
    assert "Location" not in response
    assert talker.json("go", {"to": "/a"}).json()["effects"] == {"redirect": "/a"}
    response = post_page(talker.client, talker, "go", "http://testserver/x/", to="/shop/")
    assert (response.status_code, response["Location"]) == (303, "/shop/")


EVIL = [
    *("//evil.example", "/\\evil.example", "\t//evil.example", "java\nscript:alert(1)", "javascript:alert(1)"),
    *(
        "http:evil.example",
        "HTTP://evil.example",
        "https://testserver/",
        "data:text/html,x",
        "\\\\evil.example",
        "///evil",
    ),
    *(
        "\x00//evil.example",
        "mailto:a@b.c",
        " //evil.example",
        "/\t/evil.example",
        "\r\n//evil.example",
        "JaVaScRiPt:1",
    ),
]


@pytest.mark.parametrize("url", EVIL, ids=ascii)
@pytest.mark.parametrize("event", ["go", "show"])
def test_a_handler_cannot_send_anybody_off_the_site(talker: Shown, event: str, url: str) -> None:
    response = talker.post(event, to=url)
    assert response.status_code in (400, 500)
    assert "HX-Redirect" not in response
    assert "HX-Push-Url" not in response


@pytest.mark.parametrize("url", ["/", "/a/b?c=d#e", "?page=2", "#top", "shop/2/", "/%09/evil.example", "/a:b", "./a:b"])
def test_paths_of_the_site_are_fine(talker: Shown, url: str) -> None:
    assert talker.post("go", to=url)["HX-Redirect"] == url


def test_line_breaks_in_a_url_make_no_header(talker: Shown) -> None:
    response = talker.post("show", to="/a\r\nSet-Cookie: x=1")
    assert response.status_code == 200
    assert "Set-Cookie" not in response
    assert "\n" not in response["HX-Push-Url"]


def test_skip_render_keeps_the_html_and_moves_the_state(talker: Shown) -> None:
    response = talker.post("quiet")
    assert response.status_code == 204
    assert response.content == b""
    assert response["X-Component"] == talker.id
    assert response["X-Component-State"] == talker.token
    body = talker.json("quiet").json()
    assert body["html"] == ""
    talker.post(None)
    assert ">2<" in talker.html


# -- CSRF


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def test_a_refused_csrf_token_is_403_in_json_for_components(strict: Client) -> None:
    shown = show(strict, "counter")
    ran.clear()
    for response in (shown.post("increment"), shown.json("increment")):
        assert response.status_code == 403
        assert response.json() == {"error": "The page is out of date", "code": "csrf_failed"}
        assert response["Cache-Control"] == "no-store"
    assert ran == []


def test_a_refused_csrf_token_of_another_page_is_djangos_page(strict: Client) -> None:
    response = strict.post("/components/counter/", {"event": "increment"})
    assert response.status_code == 403
    assert b"CSRF" in response.content
    assert response["Content-Type"].startswith("text/html")


def test_a_fresh_csrf_token_repairs_an_open_page(strict: Client) -> None:
    shown = show(strict, "counter")
    response = strict.get("/components/_csrf/")
    assert "no-store" in response["Cache-Control"]
    token = response.json()["csrf"]
    assert shown.post("increment", headers={"X-CSRFToken": token}).status_code == 200
    assert shown.json("increment", headers={"X-CSRFToken": token}).status_code == 200
    assert shown.post("increment", csrfmiddlewaretoken=token).status_code == 200


def test_the_csrf_address_only_gives(strict: Client) -> None:
    assert strict.post("/components/_csrf/").status_code in (403, 405)


def test_a_json_body_in_a_plain_text_form_is_no_way_around_csrf(client: Client) -> None:
    shown = show(client, "counter")
    ran.clear()
    body = json.dumps({"event": "increment", "state": shown.token})
    for kind in ("text/plain", "text/plain;application/json", "application/jsonp"):
        response = client.post("/components/counter/", body, content_type=kind)
        assert (response.status_code, response.json()["code"]) == (415, "media_type")
    assert ran == []


def test_the_body_stream_is_read_once(form: Shown) -> None:
    body = io.BytesIO(json.dumps({"event": "save", "state": form.token}).encode())
    response = form.client.post("/components/form/", body.read(), content_type="application/json; charset=utf-8")
    assert response.status_code == 200
