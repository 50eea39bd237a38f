"""What the page on events says: arguments, refusals, effects."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError
from django.http import Http404

from cf_core import Component, Invalid, registry
from cf_testing import assert_state, dispatch_event, open_page
from handbook.components.events import Basket, Booking, Guest, Meal
from handbook.models import Comment
from tests.helpers import EXAMPLES, code, table

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.urls")]

NAMES = {kind.__name__: kind for kind in (date, Decimal, UUID, Meal, Guest)} | {"Literal": Literal}
ROWS = list(csv.DictReader((EXAMPLES / "coercion.csv").read_text().splitlines()))


def taken(row: dict[str, str], *, is_form: bool) -> object:
    """Return what a handler with the row's annotation was given."""
    annotation = eval(row["annotation"].strip("`"), {**NAMES})
    sent = json.loads(row["sent"].strip("`"))
    got = []

    def on_take(self, value):
        got.append(value)

    on_take.__annotations__["value"] = annotation
    cls = type("Taker", (Component,), {"on_take": on_take, "__module__": __name__})
    arguments = cls._events["take"].arguments
    if is_form:
        text = sent if isinstance(sent, str) else json.dumps(sent)
        return arguments.from_form({"value": [text]})["value"]
    return arguments.coerce({"value": sent})["value"]


@pytest.mark.parametrize("column", ["as JSON", "as a form field"])
@pytest.mark.parametrize("row", ROWS, ids=[f"{row['annotation']} {row['sent']}" for row in ROWS])
def test_row_of_the_coercion_table_is_true(row: dict[str, str], column: str) -> None:
    is_form = column == "as a form field"
    if row[column] == "refused":
        with pytest.raises(Invalid):
            taken(row, is_form=is_form)
        return

    value = taken(row, is_form=is_form)

    expected = eval(row[column].strip("`"), {**NAMES})
    assert value == expected
    assert type(value) is type(expected)


def test_booking_takes_what_its_annotations_say() -> None:
    page = open_page("/show/?body={% live_component 'booking' %}")

    page.fill("Day", "2024-02-29")
    page.fill("Seats", 2)
    page.select("Meal", "Lunch")
    page.check("Quiet table")
    page.click("Book")

    assert "2024-02-29, 2" in page.text()
    booked = dispatch_event(Booking, "book", {"day": "2024-02-29", "meal": "lunch", "quiet": True}).state["booked"]
    assert booked == [{"day": date(2024, 2, 29), "seats": 1, "meal": Meal.LUNCH, "quiet": True}]
    invited = dispatch_event(Booking, "invite", {"guest": {"name": "Ada"}, "tags": ["new"]}).state["booked"]
    assert invited == [{"guest": "Ada", "tags": ("new",)}]


def test_events_are_those_that_the_class_defines() -> None:
    assert sorted(Booking.events()) == ["book", "invite", "wish"]

    class Quieter(Booking):
        on_invite = None

        def on__hidden(self):
            pass

    assert sorted(Quieter.events()) == ["book", "wish"]


def test_handler_with_unnamed_arguments_cannot_be_defined() -> None:
    for source in ("def on_x(self, *args): pass", "def on_x(self, **kwargs): pass", "def on_x(self, a, /): pass"):
        made: dict = {}
        exec(source, made)
        with pytest.raises(Exception, match="name every argument"):
            type("Wrong", (Component,), {"on_x": made["on_x"]})


def test_errors_are_rendered_with_422() -> None:
    page = open_page("/show/?body={% live_component 'booking' %}")

    page.component("booking").dispatch("wish", {"note": "a party"}, expect=422)

    assert "No parties, please." in page.text()


FAILURES = {
    "ValidationError": ValidationError({"text": ["No."]}),
    "Invalid": Invalid(errors={"text": ["No."]}),
    "PermissionDenied": PermissionDenied(),
    "Http404": Http404(),
    "DoesNotExist": Comment.DoesNotExist(),
    "IntegrityError": IntegrityError(),
    "OperationalError": OperationalError(),
    "anything else": RuntimeError(),
}


@pytest.mark.parametrize("raised", FAILURES)
def test_table_of_raised_errors_is_true_and_nothing_is_kept(raised: str, client, component_registry) -> None:
    rows = {cells[0]: cells[1] for cells in table("reference/events.md", "## Errors that the user can mend")}
    [answer] = [answer for names, answer in rows.items() if raised in names]

    @registry.register("failing")
    class Failing(Component):
        permission_classes = ()

        def on_fail(self):
            Comment.objects.create(text="never kept")
            raise FAILURES[raised]

    client.raise_request_exception = False
    token = client.get("/components/failing/", headers={"Accept": "application/json"}).json()["state"]
    body = json.dumps({"event": "fail", "state": token})
    response = client.post("/components/failing/", body, content_type="application/json")

    assert response.status_code == int(answer[:3])
    assert response.json()["code"] == code(answer)[0]
    assert not Comment.objects.exists()


def test_shelf_tells_the_basket() -> None:
    page = open_page("/handbook/basket/")

    page.click("Take the pear")

    assert page.emitted == [("product-taken", {"name": "pear"})]
    assert "Basket: 1" in page.text()
    assert [message.text for message in page.messages] == ["pear is in the basket."]


def test_basket_does_what_the_page_says() -> None:
    page = open_page("/handbook/basket/")

    page.click("Empty")
    assert page.announcements == ["The basket is empty."]
    assert page.focused is not None
    assert page.focused.get("id") == "basket-heading"

    page.click("Sort by name")
    assert page.url == "/handbook/basket/?order=name"

    before = page.component("basket").token
    page.click("Seen")
    assert page.answer.status == 204
    assert page.component("basket").token != before

    page.click("Check out")
    assert page.path == "/handbook/thanks/"


def test_address_of_another_site_is_refused() -> None:
    basket = dispatch_event(Basket)

    with pytest.raises(ValueError, match="leaves this site"):
        basket.redirect("https://evil.example/")
    assert_state(basket, names=[])


def test_listening_with_an_event_that_is_not_there_is_an_error() -> None:
    with pytest.raises(Exception, match="there is no on_missing"):
        type("Wrong", (Component,), {"listens": {"x": "missing"}})
