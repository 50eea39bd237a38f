"""What is cached is the mounted state: a hit skips mount, and everything else is as on any page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cf_cache import CacheMixin
from cf_core import Component, CompositeComponent, Registry, compose
from cf_testing import dispatch_event
from tests.components import Inline, PlainTicker, ShownProduct, Ticker, mounts
from tests.keeping import entry_of
from tests.models import Product

VALUES = {
    "text": "ä ~d",
    "none": None,
    "price": Decimal("9.90"),
    "day": date(2026, 2, 28),
    "took": timedelta(seconds=3),
    "key": UUID(int=7),
    "pair": (1, "two"),
    "some": {1, 2},
    "by_number": {1: "one"},
    "bytes": b"\x00\xff",
    "~d": "no tag",
}


class Typed(CacheMixin, Component):
    """A state of many types."""

    renderer = Inline("<p></p>")

    def mount(self) -> None:
        mounts.append("typed")
        self.state.update(VALUES)


class Awaited(CacheMixin, Component):
    renderer = Inline("<p>{{ state.count }}</p>")

    async def mount(self, start: int = 1) -> None:
        await asyncio.sleep(0)
        mounts.append(start)
        self.state["count"] = start


class Listing(CacheMixin, Component):
    """Keeps rows in its state."""

    renderer = Inline("<ul>{% for product in state.products %}<li>{{ product.name }}</li>{% endfor %}</ul>")

    def mount(self) -> None:
        mounts.append("listing")
        self.state["products"] = list(Product.objects.order_by("pk"))


def test_second_render_does_not_mount() -> None:
    first, second = Ticker().dispatch(), Ticker().dispatch()

    assert mounts == ["ticker"]
    assert first["state"] == second["state"] == {"count": 1}


def test_component_without_a_cache_is_mounted_every_time() -> None:
    PlainTicker().dispatch()
    PlainTicker().dispatch()

    assert mounts == ["plain", "plain"]


def test_state_keeps_its_types() -> None:
    Typed().dispatch()
    restored = Typed()
    restored.dispatch()

    assert mounts == ["typed"]
    assert restored.state == VALUES
    assert {key: type(value) for key, value in restored.state.items()} == {k: type(v) for k, v in VALUES.items()}


def test_bare_mount_is_cached_too() -> None:
    Ticker().mount()
    second = Ticker()
    second.mount()

    assert mounts == ["ticker"]
    assert second.state == {"count": 1}


def test_bare_mount_goes_by_the_arguments_it_is_given(db: None) -> None:
    one, two = Product.objects.create(name="One"), Product.objects.create(name="Two")
    seen = []
    for arguments in [{"product_id": one.pk}, {"product_id": two.pk}, {"product_id": one.pk}]:
        component = ShownProduct()
        component.mount(**arguments)
        seen.append(component.state["name"])
    by_position = ShownProduct()
    by_position.mount(two.pk)

    assert seen == ["One", "Two", "One"]
    assert by_position.state["name"] == "Two"
    assert mounts == [one.pk, two.pk]


def test_bare_mount_and_lifecycle_share_entries(db: None) -> None:
    product = Product.objects.create(name="One")
    ShownProduct().mount(product_id=product.pk)

    assert "One" in ShownProduct(product_id=str(product.pk)).dispatch()["html"]
    assert mounts == [product.pk]


def test_async_mount_is_cached() -> None:
    async def both() -> tuple[Any, Any]:
        first = await Awaited(start=3).adispatch()
        component = Awaited(start=3)
        await component.mount(start=3)
        return first["state"], component.state

    first, second = asyncio.run(both())

    assert first == second == {"count": 3}
    assert mounts == [3]


def test_async_mount_is_cached_for_sync_callers() -> None:
    assert [Awaited().dispatch()["state"], Awaited().dispatch()["state"]] == [{"count": 1}, {"count": 1}]
    assert mounts == [1]


def test_hit_does_not_touch_the_database(db: None) -> None:
    product = Product.objects.create(name="One")
    ShownProduct(product_id=product.pk).dispatch()

    with CaptureQueriesContext(connection) as queries:
        result = ShownProduct(product_id=product.pk).dispatch()

    assert "One" in result["html"]
    assert len(queries) == 0


def test_rows_in_state_are_references_and_cost_one_query_when_they_are_used(db: None) -> None:
    Product.objects.bulk_create([Product(name=name) for name in ("One", "Two")])
    Listing().dispatch()
    Product.objects.filter(name="Two").update(name="Three")

    with CaptureQueriesContext(connection) as queries:
        component = Listing()
        component.mount()
        assert len(queries) == 0
        html = component.dispatch()["html"]

    assert mounts == ["listing"]
    assert "<li>One</li><li>Three</li>" in html
    assert len(queries) == 1


def test_entry_is_text_without_html_id_or_token() -> None:
    result = Ticker(component_id="the-one").dispatch()

    entry = entry_of(Ticker())
    assert isinstance(entry, str)
    assert '{"count":1}' in entry
    for secret in ("the-one", "<p>", result["state"].token, "csrf"):
        assert secret not in entry


def test_every_page_has_its_own_id_and_token(client: Client) -> None:
    pages = [client.get("/components/ticker/").content.decode() for _ in range(2)]

    assert mounts == ["ticker"]
    for attribute in ("data-cf-id", "data-cf-state"):
        first, second = (re.search(rf'{attribute}="([^"]+)"', page)[1] for page in pages)
        assert first != second


def test_events_of_a_cached_page_work(client: Client) -> None:
    for _ in range(2):
        token = re.search(r'data-cf-state="([^"]+)"', client.get("/components/ticker/").content.decode())[1]
        answer = client.post("/components/ticker/", {"event": "more", "_state": token}, headers={"HX-Request": "true"})
        assert "<p" in answer.content.decode()
        assert "101" in answer.content.decode()
    assert mounts == ["ticker"]


def test_event_does_not_change_what_is_cached() -> None:
    component = Ticker()
    component.dispatch()
    component.dispatch("more")

    assert Ticker().dispatch()["state"] == {"count": 1}


def test_mount_for_an_event_is_never_from_the_cache() -> None:
    Ticker().dispatch()

    assert dispatch_event(Ticker, "more").state == {"count": 102}
    assert mounts == ["ticker", "ticker"]
    assert Ticker().dispatch()["state"] == {"count": 1}


class Reloading(Ticker):
    def on_reload(self) -> None:
        self.mount()


def test_mount_called_by_a_handler_runs() -> None:
    component = Reloading()
    component.dispatch()
    component.dispatch("reload")

    assert mounts == ["ticker", "ticker"]
    assert component.state == {"count": 2}


class Child(Ticker):
    """Overrides mount and calls its parent's, which has a cache too."""

    def mount(self) -> None:
        super().mount()
        self.state["child"] = True


class Heir(Ticker):
    """Inherits mount."""


def test_mount_of_a_subclass_is_cached_once_and_for_itself() -> None:
    for cls in (Ticker, Child, Heir):
        states = []
        for _ in range(2):
            component = cls()
            component.mount()
            states.append(component.state)
        assert states[0] == states[1]
        assert ("child" in states[0]) is (cls is Child)
    assert mounts == ["ticker"] * 3


class Made(PlainTicker):
    """Gets its cache from a subclass."""


class Later(Made):
    cache_ttl = 60


def test_inherited_mount_is_cached_where_the_subclass_says_so() -> None:
    for cls in (Made, Later):
        cls().mount()
        cls().mount()

    assert mounts == ["plain"] * 3


class Switched(Ticker):
    cache_ttl = 0


def test_zero_switches_the_cache_off() -> None:
    Switched().dispatch()
    Switched().mount()

    assert mounts == ["ticker", "ticker"]


def test_mixin_without_a_time_takes_the_default(settings: Any) -> None:
    settings.CF_CACHE = {"DEFAULT_TTL": 17}
    Typed().dispatch()

    assert '"ttl":17' in entry_of(Typed())


class Shaped(Ticker):
    state_version = 2


def test_state_of_another_version_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    Shaped().dispatch()
    monkeypatch.setattr(Shaped, "state_version", 3)
    Shaped().dispatch()

    assert mounts == ["ticker", "ticker"]


class Schooled(CacheMixin, Component):
    """Attributes that mount sets are gone on a hit, as they are after any event; hydrate brings them back."""

    renderer = Inline("<p>{{ component.name }}</p>")

    def mount(self) -> None:
        mounts.append("schooled")
        self.state["key"] = 7
        self.name = "seven"

    def hydrate(self, state: dict[str, Any]) -> None:
        super().hydrate(state)
        self.name = f"hydrated {state['key']}"


def test_state_is_restored_by_hydrate() -> None:
    assert "seven" in Schooled().dispatch()["html"]
    assert "hydrated 7" in Schooled().dispatch()["html"]


class Packed(Schooled):
    def dehydrate(self) -> dict[str, Any]:
        return {"key": self.state["key"] + 1}


def test_what_is_kept_is_what_dehydrate_says() -> None:
    Packed().dispatch()

    assert "hydrated 8" in Packed().dispatch()["html"]


class AsyncHydrated(Schooled):
    async def hydrate(self, state: dict[str, Any]) -> None:
        self.state = state
        self.name = "awaited"


def test_hydrate_may_be_async() -> None:
    AsyncHydrated().dispatch()

    assert "awaited" in AsyncHydrated().dispatch()["html"]


class AsyncRows(Listing):
    """Uses its rows in an async before_render, where they cannot be fetched on first use."""

    renderer = Inline("<p>{{ names }}</p>")

    async def before_render(self) -> None:
        self.names = [product.name for product in self.state["products"]]

    def get_context(self) -> dict[str, Any]:
        return {"names": ",".join(self.names)}


@pytest.mark.django_db
def test_rows_are_there_for_async_code() -> None:
    Product.objects.create(name="One")
    AsyncRows().dispatch()

    assert "One" in AsyncRows().dispatch()["html"]
    assert mounts == ["listing"]


class Refused(CacheMixin, Component):
    """Leaves an error behind."""

    renderer = Inline("<p>{{ errors }}</p>")

    def mount(self) -> None:
        mounts.append("refused")
        self.errors["api"] = "does not answer"


def test_mount_that_failed_softly_is_not_kept() -> None:
    Refused().dispatch()
    Refused().dispatch()

    assert mounts == ["refused", "refused"]


class Filling(CacheMixin, Component):
    slots = ["body"]
    renderer = Inline("<p>{{ slots.body }}</p>")

    def mount(self) -> None:
        mounts.append("filling")
        self.fill_slot("body", "text")


class Telling(CacheMixin, Component):
    renderer = Inline("<p></p>")

    def mount(self) -> None:
        mounts.append("telling")
        self.emit("mounted")


class Odd(CacheMixin, Component):
    def mount(self) -> None:
        self.state["object"] = object()


class Huge(CacheMixin, Component):
    def mount(self) -> None:
        self.state["text"] = "x" * 600_000


@pytest.mark.parametrize(
    ("cls", "why"), [(Filling, "slots"), (Telling, "effects"), (Odd, "object"), (Huge, "STATE_MAX_BYTES")]
)
def test_what_a_state_cannot_bring_back_is_not_kept_and_said_once(
    cls: type[Component], why: str, said: Callable[[], list[str]]
) -> None:
    for _ in range(3):
        cls().mount()

    assert entry_of(cls()) is None
    (line,) = said()
    assert cls.__name__ in line
    assert why in line


@pytest.mark.parametrize(("size", "is_kept"), [(100, True), (101, False)])
def test_state_may_be_as_large_as_a_token(size: int, is_kept: bool, settings: Any) -> None:
    settings.CF_CORE = {"STATE_MAX_BYTES": 100}

    class Sized(CacheMixin, Component):
        def mount(self) -> None:
            mounts.append(size)
            self.state["x"] = "x" * (size - len('{"x":""}'))

    Sized().mount()
    Sized().mount()

    assert mounts == [size] * (1 if is_kept else 2)


def test_slots_filled_from_outside_are_shown_on_a_hit() -> None:
    class Card(Ticker):
        slots = ["body"]
        renderer = Inline("<p>{{ state.count }} {{ slots.body }}</p>")

    assert "1 " in compose(Card, body="first").dispatch()["html"]
    html = compose(Card, body="second").dispatch()["html"]

    assert "second" in html
    assert mounts == ["ticker"]


def test_components_of_a_composite_are_cached_by_themselves(component_registry: Registry) -> None:
    class Dashboard(CompositeComponent):
        components = {"figures": "ticker", "more": "plain_ticker"}
        renderer = Inline("<div>{{ slots.figures }}{{ slots.more }}</div>")

    for _ in range(2):
        Dashboard().dispatch()

    assert mounts == ["ticker", "plain", "plain"]


class OnServer(Ticker):
    state_store = "cache"


class Locked(Ticker):
    locked_fields = ["count"]


@pytest.mark.parametrize("cls", [OnServer, Locked])
def test_state_that_stays_on_the_server_may_be_cached(cls: type[Component], component_registry: Registry) -> None:
    component_registry.register("kept_ticker")(cls)
    client = Client()

    for _ in range(2):
        shown = client.get("/components/kept_ticker/").content.decode()
        token = re.search(r'data-cf-state="([^"]+)"', shown)[1]
        sent = {"event": "more", "_state": token}
        answer = client.post("/components/kept_ticker/", sent, headers={"HX-Request": "true"})
        assert "101</p>" in answer.content.decode()

    assert mounts == ["ticker"]


def test_lazy_component_is_cached(client: Client) -> None:
    seen = []
    for _ in range(2):
        page = client.get("/page/", {"source": '{% live_component "ticker" lazy=True %}'}).content.decode()
        token = re.search(r'data-cf-state="([^"]+)"', page)[1]
        answer = client.post("/components/ticker/", {"event": "_lazy", "_state": token}, headers={"HX-Request": "true"})
        seen.append(re.search(r">(\d+)</p>", answer.content.decode())[1])

    assert seen == ["1", "1"]
    assert mounts == ["ticker"]


def test_mount_that_raises_leaves_nothing(db: None) -> None:
    with pytest.raises(Product.DoesNotExist):
        ShownProduct(product_id=999).dispatch()
    Product.objects.create(pk=999, name="Now")

    assert "Now" in ShownProduct(product_id=999).dispatch()["html"]
