"""What the pages on slots, nested and lazy components say."""

from __future__ import annotations

import pytest
from django.utils.safestring import mark_safe

from cf_core import ComponentDefinitionError, compose, registry
from cf_testing import assert_rendered, open_page
from handbook.components.composing import Card
from tests.helpers import showing

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.urls")]


def test_card_keeps_what_is_in_its_slots() -> None:
    page = open_page("/handbook/card/")
    page.click("Add")

    page.component("card").dispatch("rename", {"title": "Renamed"})

    assert page.text() == "Renamed Close Tally 4 Add Plain HTML"


def test_slot_that_a_render_leaves_out_is_empty_from_then_on() -> None:
    page = open_page("/handbook/card/")

    page.click("Close")
    page.click("Open")

    assert page.text() == "Two counters in a card Close Plain HTML"


def test_child_survives_its_parents_event(component_registry) -> None:
    registry.register("open_card")(type("OpenCard", (Card,), {"template_name": "components/desk.html"}))
    page = open_page("/handbook/desk/")
    assert "Tally 5" in page.text()
    assert "Right" in page.text()

    page.click("Add")
    page.click("Close")

    assert "Tally 6" in page.text()
    assert "Open" in page.text()


def test_text_in_a_slot_is_escaped_unless_marked_safe() -> None:
    assert "&lt;b&gt;" in compose(Card, {"title": "x"}, body="<b>").dispatch()["html"]
    assert "<b></b>" in compose(Card, {"title": "x"}, body=mark_safe("<b></b>")).dispatch()["html"]


def test_filled_slot_of_a_composite_shows_that() -> None:
    desk = compose(registry.get("desk"), {"title": "R"}, left=mark_safe("<i>Mine</i>"))

    result = desk.dispatch()

    assert_rendered(result, "Mine", "R", without="Tally")


def test_unknown_slot_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(
        ComponentDefinitionError, match=r"Unknown slot 'footr' for Card\. Expected one of: body, footer"
    ):
        compose(Card, {"title": "x"}, footr="")


def test_items_are_components_of_their_own() -> None:
    page = open_page("/handbook/todo/")
    page.click("Done: Buy milk")
    assert page.find("s") is not None

    page.fill("New task", "Write docs")
    page.click("Add task")

    assert "3 tasks" in page.text()
    assert page.find("s") is not None
    page.component("todo_list").dispatch("remove", {"number": 1})
    assert [item.text() for item in page.components("todo_item")] == [
        "Call Ada Done: Call Ada",
        "Write docs Done: Write docs",
    ]
    assert page.find("s") is None


def test_lazy_component_is_mounted_when_it_comes_into_view() -> None:
    page = open_page("/handbook/statistics/")
    assert page.text() == "Scroll down. Adding up…"

    page.load_lazy("statistics")

    assert page.text() == "Scroll down. The sum is 499500."


def test_default_placeholder_loads_too() -> None:
    page = open_page(showing("{% live_component 'tally' start=3 lazy=True %}"))
    assert page.text() == "Loading…"

    page.load_lazy()

    assert "Tally 3" in page.text()


def test_two_equal_ids_are_an_error_in_development(settings, client) -> None:
    settings.DEBUG = True
    body = "{% live_component 'tally' component_id='t' %}"
    assert client.get(showing(body)).status_code == 200

    with pytest.raises(ComponentDefinitionError, match="id 't'"):
        client.get(showing(body * 2))
