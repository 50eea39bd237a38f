"""The components that several test modules use; discovered as in any app."""

from __future__ import annotations

from typing import Any

from cf_cache import CacheMixin
from cf_core import Component, registry
from cf_core.rendering import DjangoRenderer
from tests.models import Product
from tests.permissions import Anyone, LoggedIn, Staff

mounts: list[Any] = []
"""The mounts that ran, oldest first; emptied before every test."""


class Inline(DjangoRenderer):
    """Renders a Django template given as text."""

    def __init__(self, source: str) -> None:
        self._source = source

    def template(self, component: Any) -> Any:
        from django.template import engines

        return engines["django"].from_string("{% load components cf_cache %}" + self._source)


@registry.register("shown_product")
class ShownProduct(CacheMixin, Component):
    """One product by its key."""

    renderer = Inline("<p>{{ state.name }}</p>")
    cache_ttl = 300

    def mount(self, product_id: int, detail: str = "short") -> None:
        mounts.append(product_id)
        self.state["name"] = Product.objects.get(pk=product_id).name

    def on_rename(self, name: str) -> None:
        Product.objects.filter(pk=self.params["product_id"]).update(name=name)
        self.state["name"] = name
        self.invalidate_cache()

    def on_fail(self, name: str) -> None:
        Product.objects.filter(pk=self.params["product_id"]).update(name=name)
        self.invalidate_cache()
        raise LookupError


@registry.register("ticker")
class Ticker(Component):
    """Counts its mounts; cached by a plain attribute."""

    permission_classes = [Anyone]
    renderer = Inline("<p>{{ state.count }}</p>")
    cache_ttl = 60

    def mount(self) -> None:
        mounts.append("ticker")
        self.state["count"] = len(mounts)

    def on_more(self) -> None:
        self.state["count"] += 100


@registry.register("plain_ticker")
class PlainTicker(Component):
    """Counts its mounts; not cached."""

    renderer = Inline("<p>{{ state.count }}</p>")

    def mount(self) -> None:
        mounts.append("plain")
        self.state["count"] = len(mounts)


@registry.register("greeting")
class Greeting(CacheMixin, Component):
    """Says who it was mounted for; every user's own."""

    permission_classes = [LoggedIn]
    renderer = Inline("<p>{{ state.name }}</p>")

    def mount(self) -> None:
        mounts.append(self.user.username)
        self.state["name"] = self.user.username


@registry.register("staff_figures")
class StaffFigures(CacheMixin, Component):
    """For staff, with a key of its own: one entry for all of them."""

    permission_classes = [Staff]
    renderer = Inline("<p>{{ state.secret }}</p>")

    def get_cache_key(self, name: str, params: Any, state: Any) -> str:
        return "figures"

    def mount(self) -> None:
        mounts.append("figures")
        self.state["secret"] = "hunter2-canary"
