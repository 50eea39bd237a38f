"""The components of the project's source documents, as they are written there."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from cf_core import Registry
from cf_models import DjangoModelComponent
from cf_testing import dispatch_event, make_component
from cf_testing.parity import show
from tests.models import Customer, Order
from tests.renderers import Inline

pytestmark = pytest.mark.django_db

User = get_user_model()
PAGE_SIZE = 25
RENDERER = Inline("<p>{{ state.status }} {{ state.notes }}</p>")

sent: list[Any] = []


class OrderEditor(DjangoModelComponent):
    """Sets state, then saves; or sets the instance."""

    renderer = RENDERER
    model = Order
    state_fields = ["status", "notes", "total"]
    select_related = ["customer"]
    prefetch_related = []

    def on_save(self) -> None:
        self.update_instance_from_state()
        self.save_instance()

    def on_update_status(self, status: str) -> None:
        self.instance.status = status
        self.save_instance()

    def on_type(self, notes: str) -> None:
        self.state["notes"] = notes


class TodoItem(DjangoModelComponent):
    """Toggles a column of the instance."""

    renderer = RENDERER
    model = Order
    state_fields = ["notes", "urgent"]

    def on_toggle(self) -> None:
        self.instance.urgent = not self.instance.urgent
        self.save_instance()


class GradePoster(DjangoModelComponent):
    """Saves in an async handler, and tells only what was saved."""

    renderer = RENDERER
    model = Order
    state_fields = ["status", "notes"]
    select_related = ["customer"]

    async def on_post_grade(self, score: str, feedback: str) -> None:
        self.state["status"] = score
        self.state["notes"] = feedback
        self.update_instance_from_state()
        await self.save_instance()
        sent.append((self.instance.customer_id, self.instance.customer.name, score))


class UserList(DjangoModelComponent):
    """A list of a model's rows, with no row of its own."""

    renderer = RENDERER
    model = User
    state_fields = ["username", "email", "is_active", "date_joined"]

    def mount(self) -> None:
        self.state.update({"query": "", "page": 1, "users": [], "total": 0, "page_count": 1})
        self._load_page()

    def _load_page(self) -> None:
        qs = User.objects.order_by("-date_joined")
        query = self.state.get("query", "").strip()
        if query:
            qs = qs.filter(username__icontains=query) | qs.filter(email__icontains=query)
        total = qs.count()
        start = (self.state["page"] - 1) * PAGE_SIZE
        users = qs[start : start + PAGE_SIZE].values("id", "username", "email", "is_active", "is_staff", "date_joined")
        self.state.update(
            {"users": [dict(u) for u in users], "total": total, "page_count": max(1, -(-total // PAGE_SIZE))}
        )

    def on_search(self, query: str) -> None:
        self.state["query"] = query
        self.state["page"] = 1
        self._load_page()

    def on_toggle_status(self, user_id: int) -> None:
        user = User.objects.get(pk=user_id)
        user.is_active = not user.is_active
        user.save(update_fields=["is_active"])
        for row in self.state["users"]:
            if row["id"] == user_id:
                row["is_active"] = user.is_active
                break


@pytest.fixture(autouse=True)
def _nothing_sent() -> None:
    sent.clear()


def test_order_editor(order: Order, component_registry: Registry, client: Client) -> None:
    component_registry.register("order_editor")(OrderEditor)
    shown = show(client, "order_editor", pk=order.pk)

    shown.post("type", notes="typed")
    assert Order.objects.get().notes == "old"
    answer = shown.post("save")
    assert "typed" in answer.content.decode()
    assert Order.objects.get().notes == "typed"
    assert "paid" in shown.post("update_status", status="paid").content.decode()
    assert Order.objects.get().status == "paid"


def test_order_editor_dispatches_alone(order: Order) -> None:
    result = OrderEditor(pk=order.pk).dispatch()

    assert result["state"]["notes"] == "old"
    assert "old" in result["html"]


@pytest.mark.django_db(transaction=True)
def test_order_editor_dispatches_in_an_async_receiver() -> None:
    from asgiref.sync import async_to_sync

    customer = Customer.objects.create(name="Ada")
    order = Order.objects.create(customer=customer, notes="old")
    result = async_to_sync(OrderEditor(pk=order.pk).adispatch)()

    assert result["state"]["notes"] == "old"


def test_todo_item(order: Order) -> None:
    component = dispatch_event(TodoItem, "toggle", pk=order.pk)

    assert Order.objects.get().urgent is True
    assert component.state["urgent"] is True


def test_grade_poster(order: Order) -> None:
    dispatch_event(GradePoster, "post_grade", {"score": "paid", "feedback": "well done"}, pk=order.pk)

    assert Order.objects.values_list("status", "notes").get() == ("paid", "well done")
    assert sent == [(order.customer_id, "Ada", "paid")]


def test_user_list_works_without_a_row(django_user_model: Any) -> None:
    for name, is_active in (("alice", True), ("bob", True), ("carol", False)):
        django_user_model.objects.create_user(
            name, email=f"{name}@example.com", is_active=is_active, date_joined=timezone.now()
        )
    component = make_component(UserList, user=None)
    component.mount()
    assert component.state["total"] == 3
    component.state["page"] = 3
    component.on_search("alice")
    assert (component.state["total"], component.state["page"]) == (1, 1)
    carol = django_user_model.objects.get(username="carol")
    component.on_toggle_status(carol.pk)
    carol.refresh_from_db()
    assert carol.is_active


def test_user_list_by_http(ann: Any, component_registry: Registry, client: Client) -> None:
    component_registry.register("user_list")(UserList)
    shown = show(client, "user_list")

    assert shown.post("search", query="ann").status_code == 200
    assert shown.post("toggle_status", user_id=str(ann.pk)).status_code == 200
    ann.refresh_from_db()
    assert ann.is_active is False
