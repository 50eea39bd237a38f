"""The gallery's components, used as a visitor uses them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from cf_testing import ComponentTestCase, Page, call_handler, dispatch_event, open_page
from gallery.components import Counter, Dice, Mishaps, TallyBoard, TodoList

pytestmark = pytest.mark.django_db


@pytest.fixture
def gallery() -> Page:
    """The gallery as a visitor sees it."""
    return open_page("/gallery/")


class TestCounter(ComponentTestCase):
    def test_it_begins_where_the_tag_says(self) -> None:
        counter = self.make_component(Counter, initial=5)

        counter.mount(initial=5)
        counter.on_increment()
        counter.on_increment(amount=-3)

        assert counter.state == {"count": 3}


def test_the_counter_counts(gallery: Page) -> None:
    counter = gallery.components("counter")[0]

    for _ in range(3):
        counter.click("One more")
    counter.click("One less")

    assert counter.text("output") == "7"


def test_a_panel_keeps_what_stands_in_its_slots(gallery: Page) -> None:
    panel = gallery.component("panel")
    panel.click("One more")

    panel.click("Frame")

    assert panel.text("output") == "4"
    assert "HTML from the view, escaped where it has to be: <3" in panel.text()
    assert "rendered 2 times" in panel.text()


def test_a_composite_and_its_children_keep_apart(gallery: Page) -> None:
    board = gallery.component("scoreboard")
    home, guests = board.components("tally")

    home.click("Add a point")
    home.click("Add a point")
    guests.click("Add a point")
    board.click("Next")

    assert board.text(".score-period strong") == "2"
    assert (home.text(".tally-points"), guests.text(".tally-points")) == ("2", "1")


def test_players_keep_their_points_when_others_come_go_and_move(gallery: Page) -> None:
    board = gallery.component("tally_board")
    board.row("Grace").click("Add a point for Grace")
    board.row("Grace").click("Add a point for Grace")

    board.click("Add a player")
    board.click("Shuffle")
    board.click("Remove Ada")

    assert sorted(board.texts(".tally-label")) == ["Edsger", "Grace"]
    assert board.row("Grace").text(".tally-points") == "2"
    board.row("Grace").click("Add a point for Grace")
    assert board.row("Grace").text(".tally-points") == "3"


def test_a_player_who_comes_back_begins_anew(gallery: Page) -> None:
    board = gallery.component("tally_board")
    board.row("Ada").click("Add a point for Ada")

    board.click("Remove Ada")
    board.click("Add a player")

    assert board.row("Ada").text(".tally-points") == "0"


def test_the_board_has_six_seats() -> None:
    board = dispatch_event(TallyBoard)
    for _ in range(5):
        board.on_add_player()

    assert board.state["players"] == [0, 1, 2, 3, 4, 5]
    assert board.errors == {"players": "Everybody is here already."}


def test_a_cotton_component_is_live(gallery: Page) -> None:
    card = gallery.component("greeting_card")

    card.click("Another language")

    assert card.text(".greeting") == "Hej, stranger!"
    assert "This one just hangs there." in gallery.text()


def test_figures_are_counted_when_they_come_into_view(product: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    gallery = open_page("/gallery/")
    figures = gallery.component("shop_figures")
    assert not figures.is_loaded

    gallery.load_lazy("shop_figures")

    assert "Pieces in stock 16" in figures.text()
    product.sizes.update(stock=1)
    figures.click("Refresh")
    assert "Pieces in stock 4" in figures.text()


def test_throws_wait_for_their_turn(gallery: Page) -> None:
    dice = gallery.component("dice")

    dice.click("Throw")
    dice.click("Throw")

    throws = [int(throw) for throw in dice.texts(".die")]
    assert len(throws) == 2
    assert f"Total {sum(throws)}" in dice.text()
    dice.click("Clear")
    assert "No throw yet" in dice.text()


def test_the_last_ten_throws_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(seconds: float) -> None: ...

    monkeypatch.setattr("asyncio.sleep", at_once)
    dice = dispatch_event(Dice)

    for _ in range(12):
        call_handler(dice, "throw")

    assert len(dice.state["throws"]) == 10


def test_an_item_is_added_with_its_date(gallery: Page) -> None:
    todo = gallery.component("todo_list")

    todo.fill("New item", "Buy milk")
    todo.fill("Due", "2099-01-02")
    todo.click("Add")

    assert "2 Jan" in todo.row("Buy milk").text()
    assert todo.control("New item").value == ""
    assert todo.text(".todo-head strong") == "3 open"


@pytest.mark.parametrize(
    ("title", "due", "message"),
    [
        ("", "", "What is there to do?"),
        ("   ", "", "What is there to do?"),
        ("x" * 61, "", "60 characters at most; these are 61."),
        ("Yesterday's paper", "2001-01-01", "That day is over."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(gallery: Page, title: str, due: str, message: str) -> None:
    todo = gallery.component("todo_list")
    todo.fill("New item", title)
    todo.fill("Due", due)

    todo.click("Add", expect=422)

    assert message in todo.text(".error-line")
    assert todo.control("New item").value == title
    assert len(todo.all(".todo-items li")) == 3


def test_items_are_ticked_filtered_and_removed(gallery: Page) -> None:
    todo = gallery.component("todo_list")

    todo.click("Write a component")
    todo.click("Only open ones")
    assert todo.texts(".todo-items .check") == ["Read the source below"]

    todo.click("Remove Read the source below")
    assert "Nothing to do." in todo.text()
    todo.click("Only open ones")
    assert todo.texts(".todo-items .check") == ["Click something", "Write a component"]


def test_eight_items_are_enough() -> None:
    todo = dispatch_event(TodoList)
    for number in range(8):
        todo.errors.clear()
        todo.on_add(title=f"Item {number}")

    assert len(todo.state["items"]) == TodoList.limit
    assert "8 are enough" in todo.errors["title"]


def test_dates_in_the_state_stay_dates() -> None:
    todo = dispatch_event(TodoList, "toggle", {"key": 2})

    assert todo.state["items"][1]["due"] == timezone.localdate()
    assert isinstance(todo.state["items"][1]["due"], datetime.date)


@pytest.mark.parametrize(
    ("button", "status"), [("Crash the handler", 500), ("Ask for too much", 403), ("Ask too often", 429)]
)
def test_a_mishap_leaves_the_component_alive(gallery: Page, button: str, status: int) -> None:
    mishaps = gallery.component("mishaps")
    mishaps.click("Still alive?")

    mishaps.click(button, expect=status)
    mishaps.click("Still alive?")

    assert "Yes, 2 times" in mishaps.text()


def test_a_crash_is_the_handlers_own() -> None:
    with pytest.raises(RuntimeError, match="crash button"):
        dispatch_event(Mishaps, "crash")


def test_the_source_opens_below_a_demo(gallery: Page) -> None:
    gallery.click(gallery.all("summary")[0])
    viewer = gallery.components("source_viewer")[0]
    viewer.load_lazy()
    assert "class Counter(Component)" in viewer.text("pre")

    viewer.click("counter.html")

    assert viewer.text(".source-path") == "gallery/templates/gallery/counter.html"
    assert "component_endpoint" in viewer.text("pre")


@pytest.mark.parametrize("file", [-1, 99])
def test_the_source_viewer_shows_no_file_beyond_its_list(file: int) -> None:
    viewer = dispatch_event("source_viewer", "show", {"file": file}, demo="counter")

    assert viewer.get_context()["shown"] in viewer.get_context()["files"]


@pytest.fixture
def post_event(client: Any) -> Callable[..., Any]:
    """Send an event without a token, as no page would."""

    def post(component: str, **fields: Any) -> Any:
        return client.post(f"/components/{component}/", fields, headers={"HX-Request": "true"})

    return post


@pytest.mark.parametrize("demo", ["../config/settings", "settings", "nothing"])
def test_the_source_viewer_takes_no_path_from_a_request(post_event: Callable[..., Any], demo: str) -> None:
    assert post_event("source_viewer", event="show", file=0, demo=demo).status_code in (400, 404)
