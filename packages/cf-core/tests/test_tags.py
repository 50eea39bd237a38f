"""The tags and filters of `{% load components %}`."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from importlib.util import find_spec
from typing import Any

import django
import pytest
from django.http import HttpRequest, HttpResponse
from django.template import TemplateSyntaxError, engines
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy, override

from cf_core import Component, ComponentDefinitionError, NotFound, compose, extensions
from cf_testing.parity import Shown, new_rid, token_in
from tests.permissions import Anyone
from tests.renderers import Inline

pytestmark = pytest.mark.django_db


def render(source: str, request: HttpRequest | None = None, **context: Any) -> str:
    template = engines["django"].from_string("{% load components %}" + source)
    return template.render(context, request)


def get(path: str = "/") -> HttpRequest:
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    return request


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))


# -- component_scripts


def scripts(html: str) -> list[dict[str, str | None]]:
    return [attrs for tag, attrs in Elements(html).found if tag == "script"]


def test_the_scripts_bring_all_that_the_client_needs() -> None:
    html = render("{% component_scripts %}", get())
    tags = Elements(html).found
    assert [tag for tag, _ in tags] == ["meta", "link", "script", "script"]
    (client,) = [attrs for attrs in scripts(html) if "data-cf-csrf" in attrs]
    assert client["src"] == "/static/cf_core/component-client.min.js"
    assert client["data-cf-csrf-url"] == "/components/_csrf/"
    assert client["data-cf-endpoint"] == "/components/__name__/"
    assert isinstance(json.loads(client["data-cf-texts"] or "")["offline"], str)
    assert {attrs["src"] for attrs in scripts(html)} >= {"/static/cf_core/vendor/htmx.min.js"}
    assert all("defer" in attrs for attrs in scripts(html))
    meta = dict(tags[0][1])
    assert meta["name"] == "htmx-config"
    assert json.loads(meta["content"] or "")["mode"] == "same-origin"
    assert dict(tags[1][1])["href"] == "/static/cf_core/component-client.css"
    assert "<script>" not in html
    assert "style=" not in html


def test_the_files_that_the_scripts_name_are_there(settings: Any) -> None:
    from pathlib import Path

    import cf_core

    folder = Path(cf_core.__file__).parent / "static"
    for debug in (True, False):
        settings.DEBUG = debug
        for tag, attrs in Elements(render("{% component_scripts %}", get())).found:
            url = attrs.get("src") or attrs.get("href")
            if url:
                assert (folder / url.removeprefix("/static/")).is_file(), (tag, url)


def test_the_csrf_token_of_the_scripts_is_good() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(render("{% component_scripts %}{% live_component 'counter' %}", request))

    client = Client(enforce_csrf_checks=True)
    request = get()
    html = page(request).content.decode()
    (token,) = re.findall(r'data-cf-csrf="([^"]+)"', html)
    client.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
    data = {"event": "increment", "_state": token_in(html), "_rid": new_rid()}
    headers = {"HX-Request": "true", "X-CSRFToken": token}
    assert client.post("/components/counter/", data, headers=headers).status_code == 200


def test_development_gets_the_readable_client(settings: Any) -> None:
    settings.DEBUG = True
    assert "cf_core/component-client.js" in render("{% component_scripts %}", get())


def test_the_texts_are_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "cf_core.templatetags.components.CLIENT_TEXTS", {"offline": gettext_lazy("Monday"), "quote": '"<'}
    )
    with override("de"):
        (client,) = [attrs for attrs in scripts(render("{% component_scripts %}", get())) if "data-cf-texts" in attrs]
    assert json.loads(client["data-cf-texts"] or "") == {"offline": "Montag", "quote": '"<'}


def test_without_an_endpoint_the_scripts_say_what_to_add(settings: Any) -> None:
    settings.ROOT_URLCONF = "django.contrib.auth.urls"
    with pytest.raises(ComponentDefinitionError, match=r"path\('components/', include\('cf_core.urls'\)\)"):
        render("{% component_scripts %}", get())


def test_without_a_request_the_scripts_still_print() -> None:
    assert 'data-cf-csrf=""' in render("{% component_scripts %}")


@pytest.mark.parametrize("nonce", ["", "abc"])
def test_apps_add_their_scripts_after_the_clients(monkeypatch: pytest.MonkeyPatch, nonce: str) -> None:
    monkeypatch.setattr(extensions, "scripts", ["cf_forms/forms.js"])
    html = render("{% component_scripts %}", get(), **({"csp_nonce": nonce} if nonce else {}))
    last = scripts(html)[-1]
    assert last["src"] == "/static/cf_forms/forms.js"
    assert "defer" in last
    assert last.get("nonce", "") == nonce


def with_nonce(kind: str) -> tuple[HttpRequest, dict[str, Any]]:
    request = get()
    if kind == "django":
        request._csp_nonce = SimpleLazyObject(lambda: "n0nce")  # type: ignore[attr-defined]
    elif kind == "django-csp":
        request.csp_nonce = SimpleLazyObject(lambda: "n0nce")  # type: ignore[attr-defined]
    return request, {"csp_nonce": "n0nce"} if kind == "context" else {}


@pytest.mark.parametrize("kind", ["django", "django-csp", "context"])
def test_scripts_and_style_sheet_take_the_nonce(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    request, context = with_nonce(kind)
    monkeypatch.setattr(extensions, "live_script", "cf_realtime/live-client.js")
    html = render("{% component_scripts %}{% component_js 'c1' %}", request, **context)
    loading = [attrs for tag, attrs in Elements(html).found if tag in ("script", "link")]
    assert len(loading) == 4
    assert [attrs.get("nonce") for attrs in loading] == ["n0nce"] * 4


def test_without_a_policy_there_is_no_nonce() -> None:
    assert "nonce" not in render("{% component_scripts %}", get())


@pytest.mark.skipif(django.VERSION < (6, 0), reason="Django has a content security policy since 6.0")
def test_the_nonce_of_djangos_own_policy_is_taken() -> None:
    from django.middleware.csp import ContentSecurityPolicyMiddleware  # type: ignore[import-not-found]
    from django.test import override_settings
    from django.utils.csp import CSP  # type: ignore[import-not-found]

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(render("{% component_scripts %}", request))

    with override_settings(SECURE_CSP={"script-src": [CSP.NONCE], "style-src": [CSP.NONCE]}):
        response = ContentSecurityPolicyMiddleware(page)(get())
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', response.content.decode()))
    assert f"'nonce-{nonce}'" in response["Content-Security-Policy"]


@pytest.mark.skipif(find_spec("csp") is None, reason="django-csp is not installed")
def test_the_nonce_of_django_csp_is_taken() -> None:
    from csp.constants import NONCE
    from csp.middleware import CSPMiddleware
    from django.test import override_settings

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(render("{% component_scripts %}", request))

    policy = {"DIRECTIVES": {"script-src": [NONCE], "style-src": [NONCE]}}
    with override_settings(CONTENT_SECURITY_POLICY=policy):
        response = CSPMiddleware(page)(get())
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', response.content.decode()))
    assert f"'nonce-{nonce}'" in response["Content-Security-Policy"]


# -- live_component


def test_live_component_places_a_component_with_its_params() -> None:
    html = render("<main>{% live_component 'counter' initial=start %}</main>", get(), start=5)
    assert re.fullmatch(r'<main><div data-cf-component="counter".*>count: <b>5</b></div>\s*</main>', html, re.S)


def test_live_component_takes_a_component_id() -> None:
    assert 'data-cf-id="mine"' in render("{% live_component 'counter' component_id='mine' %}", get())
    assert 'data-cf-id="7"' in render("{% live_component 'counter' component_id=7 %}", get())


def test_live_component_of_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(NotFound, match=r"'conter'. Registered: counter, ledger"):
        render("{% live_component 'conter' %}", get())


def test_live_component_in_a_page_without_a_request_belongs_to_nobody() -> None:
    assert 'data-cf-component="counter"' in render("{% live_component 'counter' %}")
    assert "Authentication required" in render("{% live_component 'members' %}")


def test_live_component_takes_the_user_from_the_request_only(ann: Any) -> None:
    html = render("{% live_component 'members' user=ann %}", get(), ann=ann)
    assert "Authentication required" in html


def test_arguments_that_apps_reserve_reach_the_app_and_not_the_component(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setitem(extensions.tag_arguments, "cache", lambda component, value: seen.append((component, value)))
    html = render("{% live_component 'counter' initial=3 cache=60 component_id='mine' %}", get())
    ((component, value),) = seen
    assert value == 60
    assert isinstance(component, Component)
    assert component.params["initial"] == 3
    assert "<b>3</b>" in html
    assert 'data-cf-id="mine"' in html


def test_live_component_without_a_name_is_a_syntax_error() -> None:
    with pytest.raises(TemplateSyntaxError):
        render("{% live_component %}", get())


def test_live_component_can_be_kept_in_a_variable() -> None:
    html = render("{% live_component 'counter' initial=2 as made %}<i>{{ made }}</i>", get())
    assert html.startswith("<i><div data-cf-component")


# -- component_state, component_attrs


class Plain(Component):
    """Works without JavaScript: its template writes the token itself."""

    permission_classes = [Anyone]
    renderer = Inline(
        '<form><input name="_state" value="{% component_state state %}">'
        '<b title="{{ state|component_state }}">{{ state.n }}</b><u>{% component_state %}</u></form>'
    )

    def mount(self) -> None:
        self.state["n"] = 0

    def on_add(self) -> None:
        self.state["n"] += 1


def test_component_state_is_the_token_in_a_components_own_template(register: Any) -> None:
    register(Plain, "plain")
    html = render("{% live_component 'plain' %}", get())
    token = token_in(html)
    assert f'value="{token}"' in html
    assert f'title="{token}"' in html
    assert f"<u>{token}</u>" in html
    shown = Shown(Client(), "plain", html)
    assert shown.post("add").status_code == 200
    assert f'value="{shown.token}"' in shown.html
    response = Client().post("/components/plain/", {"event": "add", "_state": shown.token})
    assert response.status_code == 303


def test_component_state_of_a_result_is_its_token(register: Any) -> None:
    result = register(Plain, "plain")().dispatch()
    token = token_in(result["html"])
    assert render("{{ state|component_state }}", state=result["state"]) == token
    assert render("{% component_state state %}", state=result["state"]) == token


@pytest.mark.parametrize("state", [{"n": 1}, "cf1.x", None, 5])
def test_component_state_of_anything_else_is_an_error(state: Any) -> None:
    for source in ("{{ state|component_state }}", "{% component_state state %}"):
        with pytest.raises(ComponentDefinitionError, match="component_state needs the state"):
            render(source, state=state)


def test_component_attrs_makes_an_element_a_root(register: Any) -> None:
    component = register(Plain, "plain")(component_id="mine")
    result = component.dispatch()
    html = render("<div {% component_attrs component.id state %}></div>", component=component, state=result["state"])
    ((_, attrs),) = Elements(html).found
    assert attrs == {
        "data-cf-component": "plain",
        "data-cf-id": "mine",
        "data-cf-state": token_in(result["html"]),
    }


@pytest.mark.parametrize("arguments", ["", "component.id", "component_id", "component.id state"])
def test_component_attrs_knows_the_component_in_its_own_template(register: Any, arguments: str) -> None:
    class Button(Component):
        permission_classes = [Anyone]
        renderer = Inline(f"<div><button {{% component_attrs {arguments} %}}>+</button></div>")

    register(Button, "button")
    html = render("{% live_component 'button' %}", get())
    root, button = (attrs for _, attrs in Elements(html).found)
    for name in ("data-cf-component", "data-cf-id", "data-cf-state"):
        assert button[name] == root[name]


def test_component_attrs_on_the_root_itself(register: Any) -> None:
    class Own(Component):
        permission_classes = [Anyone]
        renderer = Inline("<div {% component_attrs component.id state %} class='x'>a</div>")

    register(Own, "own")
    html = render("{% live_component 'own' %}", get())
    assert html.count("data-cf-state=") == html.count("data-cf-id=") == html.count("data-cf-component=") == 1
    assert token_in(html).startswith("cf1.")


@pytest.mark.parametrize("arguments", ["", "'c1'", "'c1' state", "None state"])
def test_component_attrs_without_a_component_is_an_error(arguments: str) -> None:
    with pytest.raises(ComponentDefinitionError, match="component_attrs needs a component's id and state"):
        render(f"{{% component_attrs {arguments} %}}", state={"n": 1})


# -- component_js


def test_component_js_needs_the_app_that_has_a_socket() -> None:
    with pytest.raises(ComponentDefinitionError, match="'cf_realtime' in INSTALLED_APPS"):
        render("{% component_js 'c1' %}", get())


def test_component_js_prints_once_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "live_script", "cf_realtime/live-client.js")
    html = render(
        "{% component_js 'c1' %}{% component_js 'c2' %}{% for i in 'ab' %}{% component_js i %}{% endfor %}", get()
    )
    assert html == '<script src="/static/cf_realtime/live-client.js" defer></script>'


# -- component_errors


@pytest.mark.parametrize(
    ("errors", "messages"),
    [
        ({"email": ["a", "b"]}, ["a", "b"]),
        ({"email": ("a",)}, ["a"]),
        ({"email": "a"}, ["a"]),
        ({"email": gettext_lazy("Monday")}, ["Monday"]),
        ({"email": [gettext_lazy("Monday")]}, ["Monday"]),
        ({"email": 5}, ["5"]),
        ({"email": []}, []),
        ({"name": ["a"]}, []),
        ({}, []),
        (None, []),
        ("", []),
    ],
)
def test_component_errors_is_a_list_of_the_fields_messages(errors: Any, messages: list[str]) -> None:
    html = render('{% for message in errors|component_errors:"email" %}[{{ message }}]{% endfor %}', errors=errors)
    assert html == "".join(f"[{message}]" for message in messages)


def test_messages_of_errors_are_escaped() -> None:
    html = render('{% for m in errors|component_errors:"a" %}{{ m }}{% endfor %}', errors={"a": ["<img src=x>"]})
    assert html == "&lt;img src=x&gt;"


# -- cotton_component

needs_cotton = pytest.mark.skipif(find_spec("django_cotton") is None, reason="django-cotton is not installed")


@needs_cotton
def test_cotton_component_prints_a_cotton_component() -> None:
    html = render('{% cotton_component "note" title=title %}', get(), title="T")
    assert html.strip() == '<aside class="note"><h2>T</h2></aside>'


@needs_cotton
def test_values_of_a_cotton_component_are_no_template() -> None:
    title = "{{ request.user.password }}{% now 'Y' %}<b>"
    html = render('{% cotton_component "note" title=title %}', get(), title=title)
    assert "{{ request.user.password }}{% now &#x27;Y&#x27; %}&lt;b&gt;" in html


@pytest.mark.parametrize("name", ["../note", "no/te", "", "{{ x }}", "note'", 'note" :x="1', "a..b", "note\n"])
def test_a_cotton_name_is_a_name(name: str) -> None:
    with pytest.raises(ComponentDefinitionError, match="is no cotton component"):
        render("{% cotton_component name %}", get(), name=name)


# -- slots in a page


def test_a_composed_component_is_placed_by_its_html(register: Any) -> None:
    class Frame(Component):
        slots = ("body",)
        renderer = Inline("<main>{{ slots.body }}</main>")

    register(Frame, "frame")
    html = compose(Frame, body="<b>").dispatch()["html"]
    assert "&lt;b&gt;" in html
