"""What the pages on template tags and rendering say."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template
from django.test import Client

from cf_core import Component, ComponentDefinitionError, registry
from cf_testing import open_page
from handbook.components.custom_renderer import Badge, Note
from tests.helpers import assert_shown, showing

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.urls")]


def test_tags_of_the_page_work() -> None:
    page = open_page("/handbook/tags/?query=tea")

    assert page.component("first").name == "tally"
    assert page.one("p.hint").text == "Press a button."
    assert page.control("Search").value == "tea"
    assert not page.component("statistics").is_loaded
    page.click("Add")
    assert "Tally 4" in page.text()


def test_state_and_attributes_of_a_dispatched_component(client: Client) -> None:
    html = client.get("/handbook/dispatched/").content.decode()

    [token] = set(re.findall(r"cf1\.[\w.=-]+", html))
    assert f'<p data-token="{token}">3</p>' in html
    assert f'value="{token}"' in html
    assert re.search(rf'<section data-cf-component="tally" data-cf-id="\w+" data-cf-state="{token}">', html)


def test_state_of_anything_else_has_no_token() -> None:
    with pytest.raises(ComponentDefinitionError, match="not dict"):
        Template("{% load components %}{{ state|component_state }}").render(Context({"state": {}}))


def test_scripts_are_those_of_the_page(client: Client, settings) -> None:
    html = client.get(showing("")).content.decode()
    head = html[html.index("<head>") + 6 : html.index("</head>")]
    head = re.sub(r'(data-cf-csrf=")[^"]+', r"\1...", head)
    head = re.sub(r'(data-cf-texts=")[^"]+', r"\1...", head)

    assert_shown("output/scripts.html", re.sub("><(?!/)", ">\n<", head))
    settings.DEBUG = True
    assert "component-client.js" in client.get(showing("")).content.decode()


def test_root_is_stamped_as_the_page_shows() -> None:
    html = registry.get("tally")(component_id="c0123456789abcdef").dispatch()["html"]
    root = re.sub(r'(data-cf-state=")[^"]+', r"\1cf1...", html[: html.index(">") + 1])

    assert_shown("output/stamped.html", root)


def test_second_root_is_an_error() -> None:
    class TwoRoots(Component):
        renderer = type("R", (), {"render": lambda self, component, context: "<p>One</p><p>Two</p>"})()

    with pytest.raises(ComponentDefinitionError) as refused:
        TwoRoots().dispatch()

    assert_shown("output/two_roots.txt", str(refused.value))


def test_switch_knows_itself() -> None:
    page = open_page(showing("{% live_component 'switch' %}"))

    page.click("Off")
    page.click("On")

    assert page.text() == "Off"


def test_errors_filter_gives_the_messages() -> None:
    page = open_page(showing("{% live_component 'sign_up' %}"))

    page.fill("E-mail", "ada")
    page.click("Sign up", expect=422)

    assert [element.text for element in page.all("[role=alert]")] == ["An address has an @ in it.", "Try again."]


def test_script_of_the_socket_needs_its_app() -> None:
    with pytest.raises(ComponentDefinitionError, match="cf_realtime"):
        Template("{% load components %}{% component_js 'x' %}").render(Context())


def test_jinja_template_works() -> None:
    page = open_page(showing("{% live_component 'clock_face' hour=11 %}"))

    page.click("Later")

    assert page.text() == "2 o'clock Later"


def test_cotton_component_is_a_template() -> None:
    page = open_page(showing("{% live_component 'note' text='Buy milk and bread' %}"))

    page.click("Shorten")

    assert page.text() == "Buy milk a Shorten"
    assert Note.renderer is not None


def test_own_renderer_makes_the_html() -> None:
    page = open_page(showing("{% live_component 'badge' label='<Django>' %}"))

    page.click("<Django> 0 stars")

    assert page.text() == "<Django> 1 stars"
    assert Badge.renderer is not None
