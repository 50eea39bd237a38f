"""What the page on the tags of forms says."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import Client

import cf_forms
from cf_core import registry
from cf_forms.bound import BoundField, BoundForm
from cf_forms.definitions import KINDS, FormField
from cf_forms.templatetags.cf_forms import register as tags
from cf_testing import open_page
from tests.helpers import DOCS, assert_shown, code, showing, table

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.urls")]

PAGE = "reference/form-tags.md"


def test_every_tag_is_described() -> None:
    text = (DOCS / PAGE).read_text()

    assert [name for name in (*tags.tags, *tags.filters) if f"## {name}\n" not in text] == []


def test_every_kind_of_field_has_its_row() -> None:
    assert {name for row in table(PAGE, "## Kinds of fields") for name in code(row[0])} == KINDS


def test_every_template_is_named() -> None:
    folder = Path(cf_forms.__file__).parent / "templates/cf_forms"
    named = {name for row in table(PAGE, "## Templates") for name in code(row[0])}

    assert named == {path.name for path in folder.glob("*.html")}
    assert all(get_template(f"cf_forms/{name}") for name in named)


def test_names_of_fields_and_forms_exist() -> None:
    form = BoundForm(registry.get("shipment")())
    field = form["email"]
    assert isinstance(field, BoundField)
    for name in (name for row in table(PAGE, "### A field") for name in code(row[0])):
        assert hasattr(field, name), name
    for name in (name for row in table(PAGE, "### The form") for name in code(row[0])):
        assert hasattr(form, name), name
    assert {one.name for one in fields(FormField)} >= {"constraints", "options"}


def test_a_field_is_rendered_as_the_page_shows(client: Client) -> None:
    html = client.get(showing("{% live_component 'shipment' component_id='shipment' %}")).content.decode()
    start = html.index('<div class="cf-field cf-text')
    found = html[start : html.index("</div>", start) + 6]

    assert_shown("output/form_field.html", re.sub("(?<=>)(?=<)", "\n", found))


def test_errors_are_rendered_as_the_page_shows(client: Client) -> None:
    page = open_page(showing("{% live_component 'framed_shipment' component_id='shipment' %}"))
    page.fill("Name", "A")
    page.click("Ship it")
    html = page.one(".cf-error-summary").html

    assert_shown("output/form_errors.html", html)


def test_a_form_of_ones_own_is_sent(client: Client) -> None:
    page = open_page(showing("{% live_component 'framed_shipment' %}"))
    page.fill("Name", "Ann")
    page.fill("Email", "ann@example.org")
    page.select("Country", "it")
    page.choose("Fast")
    page.click("Ship it")

    assert "Sent by Ann" in page.text()
