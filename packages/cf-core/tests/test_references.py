"""Model instances in state: they travel as references, and are fetched when they are needed."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cf_core import Component, UnserialisableState
from cf_testing.parity import Shown, show
from tests.components import ran
from tests.models import Badge, Item
from tests.permissions import Anyone
from tests.renderers import Inline

pytestmark = pytest.mark.django_db


class Shelf(Component):
    """Holds rows in every place of its state."""

    permission_classes = [Anyone]
    renderer = Inline("<p>{% if state.show %}{{ state.item.name }}{% endif %}{{ state.seen }}</p>")

    def mount(self) -> None:
        items = list(Item.objects.order_by("id"))
        badge = Badge.objects.first()
        self.state.update(
            item=items[0],
            items=items,
            nested={"first": {"of": items[:2]}, "pair": (items[0], badge), 5: items[-1]},
            badge=badge,
            show=False,
            seen="",
        )

    def on_nothing(self) -> None:
        ran.append("nothing")

    def on_show(self) -> None:
        self.state["show"] = True

    def on_read(self) -> None:
        state = self.state
        self.state["seen"] = ",".join(
            [state["item"].name, *(item.name for item in state["items"]), state["nested"]["first"]["of"][1].name]
        )

    def on_read_badge(self) -> None:
        self.state["seen"] = self.state["nested"]["pair"][1].title

    async def on_read_async(self) -> None:
        self.state["seen"] = ",".join(item.name for item in self.state["items"])

    async def on_nothing_async(self) -> None:
        ran.append("nothing")

    def on_change(self) -> None:
        item = self.state["item"]
        item.stock += 1
        item.save()
        self.state["seen"] = f"{item.stock} {isinstance(item, Item)} {item == self.state['items'][0]}"

    def on_query(self) -> None:
        children = Item.objects.filter(parent=self.state["item"])
        self.state["seen"] = str(children.count())
        Item.objects.create(name="child", parent_id=self.state["item"].pk)

    def on_forget(self) -> None:
        self.state.clear()

    def on_keep_unsaved(self) -> None:
        self.state["new"] = {"items": [Item(name="unsaved")]}


@pytest.fixture
def items() -> list[Item]:
    Badge.objects.create(title="gold")
    return [Item.objects.create(name=name) for name in ("a", "b", "c")]


@pytest.fixture
def shelf(items: list[Item], register: Any, client: Client) -> Shown:
    register(Shelf, "shelf")
    shown = show(client, "shelf")
    ran.clear()
    return shown


def seen(shown: Shown) -> str:
    return shown.html.partition(">")[2].removesuffix("</p>")


def selects(queries: CaptureQueriesContext, table: str) -> int:
    return sum(f'FROM "{table}"' in query["sql"] for query in queries.captured_queries)


def test_rows_travel_as_references(shelf: Shown, items: list[Item]) -> None:
    text = urlsafe_b64decode(shelf.token.split(".")[2]).decode()
    assert "tests.item" in text
    assert '"a"' not in text
    assert "gold" not in text


def test_rows_come_back_wherever_they_stood(shelf: Shown) -> None:
    assert shelf.post("read").status_code == 200
    assert seen(shelf) == "a,a,b,c,b"
    assert shelf.post("read_badge").status_code == 200
    assert seen(shelf) == "gold"


def test_one_query_per_class_and_request(shelf: Shown) -> None:
    with CaptureQueriesContext(connection) as queries:
        shelf.post("read")
    assert selects(queries, "tests_item") == 1
    assert selects(queries, "tests_badge") == 0


def test_rows_that_nobody_looks_at_are_not_fetched(shelf: Shown) -> None:
    with CaptureQueriesContext(connection) as queries:
        shelf.post("nothing")
    assert ran == ["nothing"]
    assert queries.captured_queries == []


def test_the_template_may_be_the_first_to_look(shelf: Shown) -> None:
    shelf.post("show")
    assert seen(shelf) == "a"


def test_an_async_handler_finds_them_fetched(shelf: Shown) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert shelf.post("read_async").status_code == 200
    assert seen(shelf) == "a,b,c"
    assert selects(queries, "tests_item") == 1
    assert selects(queries, "tests_badge") == 1


def test_a_row_behaves_like_itself(shelf: Shown, items: list[Item]) -> None:
    shelf.post("change")
    assert seen(shelf) == "1 True True"
    assert Item.objects.get(pk=items[0].pk).stock == 1
    shelf.post("query")
    assert seen(shelf) == "0"
    shelf.post("read")
    assert seen(shelf).startswith("a,")


def test_a_row_is_as_it_is_now(shelf: Shown, items: list[Item]) -> None:
    Item.objects.filter(pk=items[0].pk).update(name="renamed")
    shelf.post("read")
    assert seen(shelf).startswith("renamed,renamed,")


@pytest.mark.parametrize("event", ["read", "show"])
def test_a_row_that_is_gone_is_not_found(shelf: Shown, items: list[Item], event: str) -> None:
    items[0].delete()
    response = shelf.json(event)
    assert (response.status_code, response.json()) == (404, {"error": "Not found", "code": "not_found"})


@pytest.mark.parametrize("event", ["nothing", "nothing_async", "forget"])
def test_a_row_that_is_gone_harms_nobody_who_does_not_look(shelf: Shown, items: list[Item], event: str) -> None:
    items[2].delete()
    assert shelf.post(event).status_code == 200


def test_an_async_handler_that_looks_at_a_row_that_is_gone_is_told_so(shelf: Shown, items: list[Item]) -> None:
    items[1].delete()
    response = shelf.json("read_async")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_row_that_is_not_saved_is_refused_with_its_place(shelf: Shown) -> None:
    with pytest.raises(UnserialisableState, match=r"state\['new'\]\['items'\]\[0\] is a Item that is not saved yet"):
        Shelf().dispatch("keep_unsaved")
    assert shelf.json("keep_unsaved").status_code == 500


def test_references_survive_many_events(shelf: Shown) -> None:
    for _ in range(3):
        assert shelf.post("nothing").status_code == 200
    shelf.post("read")
    assert seen(shelf) == "a,a,b,c,b"


def test_rows_in_params_travel_too(items: list[Item], register: Any) -> None:
    class Line(Component):
        permission_classes = [Anyone]
        renderer = Inline("<p>{{ item.name }} {{ state.stock }}</p>")

        def mount(self, item: Item) -> None:
            self.state["stock"] = item.stock

        def on_look(self) -> None:
            self.state["stock"] = self.params["item"].pk

    register(Line, "line")
    html = Line(item=items[1]).dispatch()["html"]
    shown = Shown(Client(), "line", html)
    assert shown.post("look").status_code == 200
    assert seen(shown) == f"b {items[1].pk}"


def test_references_are_fetched_through_the_base_manager_and_its_database(items: list[Item], register: Any) -> None:
    shown = Shown(Client(), "shelf", register(Shelf, "shelf")().dispatch()["html"])
    assert f'["tests.item",{items[0].pk},"default"]' in urlsafe_b64decode(shown.token.split(".")[2]).decode()


def test_a_query_set_is_no_state(items: list[Item], register: Any) -> None:
    class Bad(Component):
        renderer = Inline("<p></p>")

        def mount(self) -> None:
            self.state["rows"] = Item.objects.all()

    with pytest.raises(UnserialisableState, match=r"state\['rows'\].*QuerySet"):
        register(Bad, "bad")().dispatch()


def test_the_user_may_stand_in_the_state(ann: Any, client: Client, register: Any) -> None:
    class Profile(Component):
        permission_classes = [Anyone]
        renderer = Inline("<p>{{ state.user.username }}</p>")

        def mount(self) -> None:
            self.state["user"] = self.user

        def on_look(self) -> None:
            assert self.state["user"] == self.user

    register(Profile, "profile")
    client.force_login(ann)
    shown = show(client, "profile")
    assert shown.post("look").status_code == 200
    assert seen(shown) == "ann"
    with pytest.raises(UnserialisableState, match="AnonymousUser"):
        Profile(user=AnonymousUser()).dispatch()
