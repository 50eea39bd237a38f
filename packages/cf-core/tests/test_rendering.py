"""What a template sees, and the engines that render it."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.test import Client, RequestFactory
from django.utils.safestring import mark_safe

from cf_core import Component, ComponentDefinitionError
from cf_core.rendering import DjangoCottonRenderer, DjangoRenderer
from cf_testing.parity import Shown, show
from tests import processors
from tests.permissions import Anyone
from tests.renderers import Inline

pytestmark = pytest.mark.django_db


class Card(Component):
    permission_classes = [Anyone]
    template_name = "django_card.html"
    slots = ("body",)

    def mount(self, n: int = 0) -> None:
        self.state["n"] = n

    def on_add(self) -> None:
        self.state["n"] += 1


def request_for(path: str = "/here/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    return request


def inner(html: str) -> str:
    return html.partition(">")[2].rpartition("<")[0]


def dispatched(cls: type[Component], request: HttpRequest | None = None, /, **params: Any) -> str:
    component = cls(component_id="c1", **params)
    component.request = request
    return str(component.dispatch()["html"])


# -- which template


def test_the_template_is_named_or_found_by_the_registered_name(client: Client) -> None:
    assert "count: <b>0</b>" in show(client, "counter").html
    assert inner(dispatched(Card, n=3)).startswith("3|")


def test_a_component_without_a_template_is_an_empty_root(register: Any, client: Client) -> None:
    class Bare(Component):
        permission_classes = [Anyone]

        def mount(self) -> None:
            self.state["n"] = 1

        def on_add(self) -> None:
            self.state["n"] += 1

    register(Bare, "bare")
    shown = show(client, "bare")
    assert shown.html.startswith("<div data-cf-component")
    assert inner(shown.html) == ""
    assert shown.post("add").status_code == 200


def test_a_named_template_that_is_missing_is_an_error_that_names_it() -> None:
    class Wrong(Component):
        template_name = "no/such.html"

    with pytest.raises(ComponentDefinitionError, match=r"Wrong\.template_name is 'no/such\.html', which no"):
        Wrong().dispatch()


def test_a_template_that_a_template_misses_keeps_its_own_error(settings: Any) -> None:
    class Includes(Component):
        renderer = Inline("<p>{% include 'no/such-part.html' %}</p>")

    with pytest.raises(TemplateDoesNotExist, match=r"no/such-part\.html"):
        Includes().dispatch()


def test_the_instance_may_choose_its_template() -> None:
    class Chooses(Component):
        def mount(self) -> None:
            self.template_name = "django_card.html"

    assert inner(Chooses().dispatch()["html"]).startswith("|")


def test_the_renderer_is_a_port_of_one_method() -> None:
    class Upper:
        def render(self, component: Component, context: dict[str, Any]) -> str:
            return f"<p>{context['state']['n']} {sorted(context)}</p>"

    class Loud(Card):
        renderer = Upper()

    assert "5 ['component', 'component_id', 'errors', 'n', 'slots', 'state', 'user', 'user_id']" in dispatched(
        Loud, n=5
    )


# -- what it sees


def test_a_template_sees_state_errors_params_and_the_component() -> None:
    parts = inner(dispatched(Card, n=3, title="T")).split("|")
    assert parts[:2] == ["3", "T"]
    assert parts[4:7] == ["{}", "c1", "c1"]


def test_context_processors_come_last_and_the_components_names_win(ann: Any) -> None:
    request = request_for()
    request.user = ann
    parts = inner(dispatched(Card, request, title="T", shadowed="param")).split("|")
    assert parts[2] == "processed"
    assert parts[3] == "param"
    assert parts[7] == "ann"
    assert parts[8] == "/here/"


def test_no_param_takes_the_place_of_the_names_that_are_always_there() -> None:
    html = dispatched(Card, request_for(), state="x", errors="x", component="x", title="T", slots="x")
    assert inner(html).split("|")[4:7] == ["{}", "c1", "c1"]
    assert inner(html).startswith("0|")


def test_get_context_adds_names_and_wins_over_params() -> None:
    class More(Card):
        def get_context(self) -> dict[str, Any]:
            return {"title": "from get_context", "shadowed": "mine"}

    parts = inner(dispatched(More, request_for(), title="param")).split("|")
    assert parts[1] == "from get_context"
    assert parts[3] == "mine"


def test_without_a_request_no_processor_runs() -> None:
    assert inner(dispatched(Card)).split("|")[2] == ""
    assert processors.calls == []


def test_context_processors_run_once_a_request_however_many_components() -> None:
    request = request_for()
    page = Inline("{% for i in 'abcd' %}{% live_component 'counter' %}{% endfor %}").template(None)
    page.render({}, request)
    # Once for the page itself, which Django does, and once for all components in it.
    assert [seen for seen in processors.calls if seen is request] == [request] * 2


def test_context_processors_run_once_an_event(client: Client) -> None:
    shown = show(client, "counter")
    processors.calls.clear()
    shown.post("increment")
    assert len(processors.calls) == 1


def test_an_event_sees_what_its_handler_changed_for_the_processors(register: Any, client: Client, ann: Any) -> None:
    class Door(Component):
        permission_classes = [Anyone]
        transport = "http"
        renderer = Inline("<p>{{ user }}</p>")

        def on_enter(self) -> None:
            from django.contrib.auth import login

            login(self.request, ann, backend="django.contrib.auth.backends.ModelBackend")

    register(Door, "door")
    shown = show(client, "door")
    assert ">AnonymousUser<" in shown.html
    response = shown.post("enter")
    assert b">ann<" in response.content
    assert "sessionid" in response.cookies
    # The new token is the user's: the page goes on without a reload.
    assert shown.post("enter").status_code == 200


def test_csrf_token_is_there_for_templates(register: Any, client: Client) -> None:
    class Form(Component):
        permission_classes = [Anyone]
        renderer = Inline("<form>{% csrf_token %}</form>")

    register(Form, "form")
    html = client.get("/components/form/", headers={"HX-Request": "true"}).content.decode()
    assert 'name="csrfmiddlewaretoken" value="' in html


# -- values are values


HOSTILE = [
    "{{ request.user.password }}",
    "{% now 'Y' %}",
    "{% load static %}{% include 'x' %}",
    "{{ 7|add:7 }}",
    "{# x #}",
    "<c-note title='x' />",
    "{% cotton note %}",
    "${7*7} #{7*7} <%= 7 %>",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_values_are_never_read_as_template_source(register: Any, client: Client, value: str) -> None:
    from html import escape

    class Says(Component):
        permission_classes = [Anyone]
        renderer = Inline('<p title="{{ state.text }}">{{ state.text }}</p>')

        def mount(self, text: str = "") -> None:
            self.state["text"] = text

        def on_say(self, text: str) -> None:
            self.state["text"] = text

    register(Says, "says")
    shown = show(client, "says", text=value)
    assert f">{escape(value)}</p>" in shown.html
    shown.post("say", text=value + "!")
    assert f">{escape(value)}!</p>" in shown.html


@pytest.mark.parametrize(
    "value", ["<img src=x onerror=alert(1)>", "'\"><script>alert(1)</script>", "</p><p>", "&lt;", "\u2028</script>"]
)
def test_values_are_escaped(value: str) -> None:
    class Says(Component):
        renderer = Inline("<p title='{{ state.text }}'>{{ state.text }}</p>")

        def mount(self) -> None:
            self.state["text"] = value

    html = Says().dispatch()["html"]
    assert "<img" not in html
    assert "<script" not in html
    assert html.count("<p") == 1


def test_what_is_marked_safe_in_get_context_stays(register: Any) -> None:
    class Rich(Component):
        renderer = Inline("<p>{{ rich }}</p>")

        def get_context(self) -> dict[str, Any]:
            return {"rich": mark_safe("<b>x</b>")}

    assert "<b>x</b>" in Rich().dispatch()["html"]


def test_no_text_of_anybody_stands_in_for_the_token(register: Any, client: Client) -> None:
    """Text that looks like the place of the token must not be replaced by it: a link could carry it away."""

    class Avatar(Component):
        permission_classes = [Anyone]
        renderer = Inline('<p><img src="https://pictures.example/?{{ state.picture }}">{% component_state %}</p>')

        def mount(self, picture: str) -> None:
            self.state["picture"] = picture

    register(Avatar, "avatar")
    print_mark = "from cf_core.engine.stamp import TOKEN_MARK; print(TOKEN_MARK)"
    mark_elsewhere = subprocess.run(
        [sys.executable, "-c", print_mark], capture_output=True, text=True, check=True
    ).stdout
    for picture in ("cf-token-of-this-render", mark_elsewhere.strip()):
        shown = show(client, "avatar", picture=picture)
        assert f"example/?{picture}" in shown.html
        assert f">{shown.token}</p>" in shown.html


# -- Jinja2, cotton


needs_jinja2 = pytest.mark.skipif(find_spec("jinja2") is None, reason="Jinja2 is not installed")
needs_cotton = pytest.mark.skipif(find_spec("django_cotton") is None, reason="django-cotton is not installed")


@needs_jinja2
def test_any_template_backend_renders(register: Any, client: Client) -> None:
    from cf_core import compose

    class JinjaCard(Card):
        template_name = "jinja_card.html"

    register(JinjaCard, "jinja")
    component = compose(JinjaCard, {"title": "<T>", "n": 2}, body=mark_safe("<b>B</b>"))
    component.request = request_for()
    html = component.dispatch()["html"]
    assert "2 &lt;T&gt; /here/" in html
    assert "<b>B</b>" in html
    shown = Shown(client, "jinja", JinjaCard(title="T").dispatch()["html"])
    assert shown.post("add").status_code == 200
    assert "1 T /components/jinja/" in shown.html


@needs_cotton
def test_a_cotton_component_gets_the_context_as_attributes() -> None:
    class Panel(Card):
        template_name = "panel"
        renderer = DjangoCottonRenderer()

    html = dispatched(Panel, request_for(), title="T <b>", n=4)
    assert html.startswith('<section data-cf-component="Panel" data-cf-id="c1"')
    assert "<h1>T &lt;b&gt;</h1>4 c1" in html


@needs_cotton
def test_a_template_that_uses_cotton_renders() -> None:
    class Uses(Component):
        template_name = "uses_cotton.html"
        renderer = DjangoCottonRenderer()

        def mount(self) -> None:
            self.state["title"] = "{{ request.user.password }} <b>"

    html = dispatched(Uses, request_for())
    assert html.startswith('<aside data-cf-component="Uses"')
    assert "{{ request.user.password }} &lt;b&gt;" in html


@needs_cotton
@pytest.mark.parametrize("value", HOSTILE)
def test_values_of_a_cotton_component_are_never_read_as_template_source(value: str) -> None:
    from html import escape

    class Panel(Card):
        template_name = "panel"
        renderer = DjangoCottonRenderer()

    assert f"<h1>{escape(value)}</h1>" in dispatched(Panel, request_for(), title=value)


@needs_cotton
def test_cotton_without_a_name_uses_the_conventional_template(client: Client, register: Any) -> None:
    class Counts(Card):
        component_name = "counter"
        template_name = None
        renderer = DjangoCottonRenderer()

        def mount(self) -> None:  # type: ignore[override]
            self.state["count"] = 8

    assert "count: <b>8</b>" in dispatched(Counts)


@pytest.mark.parametrize("name", ["../x", "a/b", "a b", "x.y..z", "{{ x }}"])
def test_a_cotton_component_has_a_name(name: str) -> None:
    class Wrong(Component):
        template_name = name
        renderer = DjangoCottonRenderer()

    with pytest.raises(ComponentDefinitionError, match="is no cotton component"):
        Wrong().dispatch()


def test_cotton_that_is_not_installed_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panel(Component):
        template_name = "panel"
        renderer = DjangoCottonRenderer()

    monkeypatch.setitem(sys.modules, "django_cotton", None)
    with pytest.raises(ComponentDefinitionError, match=r"pip install 'cf-core\[cotton\]'"):
        Panel().dispatch()


def test_the_default_renderer_is_djangos() -> None:
    class Explicit(Card):
        renderer = DjangoRenderer()

    first, second = dispatched(Card, n=3), dispatched(Explicit, n=3)
    assert inner(first) == inner(second)


# -- a render outside any call


def test_render_gives_the_html_of_the_present_state(client: Client, register: Any) -> None:
    register(Card, "card")
    component = Card(n=3)
    component.dispatch()
    component.state["n"] = 9
    html = component.render()
    assert inner(html).startswith("9|")
    shown = Shown(client, "card", html)
    assert shown.post("add").status_code == 200
    assert inner(shown.html).startswith("10|")


def test_render_of_a_component_that_is_not_mounted_mounts_nothing(register: Any) -> None:
    component = Card(n=3)
    assert inner(component.render()).startswith("|")
    assert component.is_mounted is False
