"""A form in a browser that runs no script: it posts, errors come back as a page, success redirects."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from cf_core import registry
from cf_forms import FormComponent
from tests.orders import Order

pytestmark = pytest.mark.django_db

URL = "/components/plain_order/"
REFERER = {"Referer": "http://testserver/shop/"}
GOOD = {
    "name": "Ada",
    "email": "ada@example.com",
    "address.street": "Main 1",
    "address.postcode": "12345",
    "items.0.article": "pen",
    "items.0.qty": "2",
    "terms": "on",
}
saved: list[Any] = []


@registry.register("plain_order")
class PlainOrder(FormComponent):
    schema = Order
    permission_classes: Any = []

    def on_submit(self) -> None:
        saved.append(self.validated_data.name)


@pytest.fixture(autouse=True)
def _nothing_saved() -> None:
    saved.clear()


def hidden(html: str) -> dict[str, str]:
    """Return the hidden fields that a form itself sends."""
    found = re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', html)
    return {name: unescape(value) for name, value in found}


def fields_of(client: Client) -> dict[str, str]:
    return hidden(client.get(URL).content.decode())


def test_a_form_that_fits_is_answered_by_a_redirect(client: Client) -> None:
    answer = client.post(URL, {**fields_of(client), **GOOD}, headers=REFERER)

    assert (answer.status_code, answer["Location"]) == (303, "http://testserver/shop/")
    assert saved == ["Ada"]


def test_a_form_that_does_not_comes_back_as_a_page(client: Client) -> None:
    answer = client.post(URL, {**fields_of(client), **GOOD, "email": "no"}, headers=REFERER)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.startswith("<!doctype html>")
    assert "Enter a valid email address." in html
    assert 'value="Ada"' in html
    assert 'href="http://testserver/shop/"' in html
    assert saved == []

    mended = client.post(URL, {**hidden(html), **GOOD}, headers=REFERER)
    assert mended.status_code == 303
    assert saved == ["Ada"]


def test_the_same_form_sent_twice_is_taken_once(client: Client) -> None:
    sent = {**fields_of(client), **GOOD}

    answers = [client.post(URL, sent, headers=REFERER).status_code for _ in range(3)]

    assert answers == [303, 303, 303]
    assert saved == ["Ada"]


def test_another_form_of_the_same_page_is_taken_too(client: Client) -> None:
    shown = fields_of(client)

    client.post(URL, {**shown, **GOOD}, headers=REFERER)
    client.post(URL, {**shown, **GOOD, "name": "Bo"}, headers=REFERER)

    assert saved == ["Ada", "Bo"]


def test_rows_are_added_by_a_button_of_the_form(client: Client) -> None:
    html = client.get(URL).content.decode()
    (button,) = set(re.findall(r'name="_event" value="(_add_row\?[^"]*_list=items[^"]*)"', html))

    answer = client.post(URL, {**hidden(html), **GOOD, "_event": unescape(button)}, headers=REFERER)

    assert answer.status_code == 200
    page = answer.content.decode()
    assert page.startswith("<!doctype html>")
    assert 'name="items.1.article"' in page
    assert saved == []
