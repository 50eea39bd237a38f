"""What stands in a template as an argument of a tag reaches the component as it was meant."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from django.contrib.auth.models import User
from django.template import Context, Template
from django.utils.safestring import SafeString, mark_safe

from cf_core import Component, extensions, registry
from tests.renderers import Inline, Written


class Echo(Component):
    def mount(self, name: str = "", title: str = "") -> None:
        self.state.update(name=name, title=title)

    def dehydrate(self) -> dict:
        seen.append(dict(self.state))
        return super().dehydrate()


seen: list[dict] = []


@pytest.fixture(autouse=True)
def registered():
    registry.register("tag_echo", replace=True)(Echo)
    seen.clear()
    yield
    registry.unregister("tag_echo")


def render(source: str, **context: object) -> str:
    return Template("{% load components %}" + source).render(Context(context))


def test_literal_of_a_template_is_plain_text() -> None:
    render('{% live_component "tag_echo" title="Hello" %}')

    assert seen[0]["title"] == "Hello"
    assert not isinstance(seen[0]["title"], SafeString)


def test_safe_text_loses_its_mark_and_nothing_else() -> None:
    render('{% live_component "tag_echo" title=html %}', html=mark_safe("<b>&amp;</b>"))

    assert seen[0]["title"] == "<b>&amp;</b>"
    assert type(seen[0]["title"]) is str


def test_param_may_be_called_name() -> None:
    render('{% live_component "tag_echo" name="Ada" %}')

    assert seen[0]["name"] == "Ada"


@pytest.mark.skipif(find_spec("django_cotton") is None, reason="needs django-cotton")
def test_attribute_of_a_cotton_component_may_be_called_name() -> None:
    assert "Ada" in render('{% cotton_component "tag_label" name="Ada" %}')


def test_component_with_an_apps_argument_has_its_parents_user(monkeypatch: pytest.MonkeyPatch) -> None:
    class Inner(Component):
        renderer = Written(lambda component: f"<b>{component.user.username}</b>")

    class Outer(Component):
        renderer = Inline('<p>{% live_component "tag_inner" app_argument=1 %}</p>')

    monkeypatch.setitem(extensions.tag_arguments, "app_argument", lambda component, value: None)
    registry.register("tag_inner", replace=True)(Inner)
    try:
        html = Outer(user=User(pk=1, username="ann")).dispatch()["html"]
    finally:
        registry.unregister("tag_inner")

    assert ">ann</b>" in html
