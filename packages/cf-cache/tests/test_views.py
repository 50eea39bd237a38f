"""Views that cache the state of what they serve."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, RequestFactory

from cf_cache import CacheMixin, invalidate_component, invalidate_tag
from cf_cache.rules import rule_of
from cf_core import Component, ComponentDefinitionError, Registry
from cf_core.views import ComponentView
from tests.components import Inline, StaffFigures, mounts
from tests.models import Product
from tests.permissions import Anyone
from tests.views import ProductPageView

pytestmark = pytest.mark.django_db(transaction=True)


class UncachedProduct(Component):
    """A product whose class says nothing of caches, with events."""

    renderer = Inline("<p>{{ state.name }} {{ state.size }}</p>")

    def mount(self) -> None:
        mounts.append(self.params["product_id"])
        self.state.update(name=Product.objects.get(pk=self.params["product_id"]).name, size="?")

    def on_select_size(self, size: str) -> None:
        self.state["size"] = size


@pytest.fixture(autouse=True)
def _registered(component_registry: Registry) -> None:
    component_registry.register("uncached_product")(UncachedProduct)


@pytest.fixture
def product() -> Product:
    return Product.objects.create(pk=7, name="Seven")


def text(answer: HttpResponse) -> str:
    return re.search(r">([^<]*)</p>", answer.content.decode())[1].strip()


def test_page_of_a_product_is_mounted_once(client: Client, product: Product) -> None:
    assert [text(client.get("/product/7/")) for _ in range(3)] == ["Seven ?"] * 3
    assert mounts == [7]


def test_other_products_have_other_entries(client: Client, product: Product) -> None:
    Product.objects.create(pk=8, name="Eight")

    assert [text(client.get(f"/product/{pk}/")) for pk in (7, 8, 7)] == ["Seven ?", "Eight ?", "Seven ?"]
    assert mounts == [7, 8]


def test_events_go_past_the_cache(client: Client, product: Product) -> None:
    client.get("/product/7/")
    event = {"event": "select_size", "size": "M"}

    assert text(client.post("/product/7/", event, headers={"HX-Request": "true"})) == "Seven M"
    assert mounts == [7, 7]
    assert text(client.get("/product/7/")) == "Seven ?"
    assert mounts == [7, 7]


def test_post_without_an_event_is_a_first_render(client: Client, product: Product) -> None:
    client.get("/product/7/")

    assert text(client.post("/product/7/", {}, headers={"HX-Request": "true"})) == "Seven ?"
    assert mounts == [7]


def test_component_elsewhere_is_not_cached(client: Client, product: Product) -> None:
    client.get("/product/7/")
    UncachedProduct(product_id=7).dispatch()

    assert mounts == [7, 7]


@pytest.mark.parametrize(
    "invalidate",
    [
        lambda: ProductPageView.invalidate_cache(product_id=7),
        lambda: ProductPageView.invalidate_cache(),
        lambda: ProductPageView().invalidate_cache(product_id=7),
        lambda: invalidate_component("uncached_product", product_id=7),
        lambda: invalidate_component(UncachedProduct),
    ],
    ids=["key", "view", "instance", "params", "component"],
)
def test_entries_of_a_view_can_be_dropped(client: Client, product: Product, invalidate: Any) -> None:
    client.get("/product/7/")
    Product.objects.update(name="Changed")

    invalidate()

    assert text(client.get("/product/7/")) == "Changed ?"


@pytest.mark.parametrize(
    "invalidate",
    [
        lambda: ProductPageView.invalidate_cache(product_id=8),
        lambda: invalidate_component("uncached_product", product_id=8),
    ],
)
def test_entries_of_other_params_stay(client: Client, product: Product, invalidate: Any) -> None:
    client.get("/product/7/")

    invalidate()

    client.get("/product/7/")
    assert mounts == [7]


def served(view: type[ComponentView], **kwargs: Any) -> str:
    return text(view.as_view()(RequestFactory().get("/"), **kwargs))


class DefaultKeyView(CacheMixin, ComponentView):
    component_name = "uncached_product"
    cache_ttl = 60


class LooseView(CacheMixin, ComponentView):
    """Serves what the URL names."""


def test_view_without_a_key_of_its_own_has_the_default_one(product: Product) -> None:
    Product.objects.create(pk=8, name="Eight")

    assert [served(DefaultKeyView, product_id=pk) for pk in (7, 8, 7)] == ["Seven ?", "Eight ?", "Seven ?"]
    assert mounts == [7, 8]


def test_view_without_a_key_of_its_own_drops_by_params(product: Product) -> None:
    served(DefaultKeyView, product_id=7)

    DefaultKeyView.invalidate_cache(product_id=7)

    served(DefaultKeyView, product_id=7)
    assert mounts == [7, 7]


def test_view_of_many_components_says_how_to_drop_by_params(product: Product) -> None:
    served(LooseView, name="uncached_product", product_id=7)
    served(LooseView, name="uncached_product", product_id=7)
    assert mounts == [7]

    with pytest.raises(ImproperlyConfigured, match="invalidate_component"):
        LooseView.invalidate_cache(product_id=7)
    LooseView.invalidate_cache()

    served(LooseView, name="uncached_product", product_id=7)
    assert mounts == [7, 7]


def test_views_with_equal_keys_do_not_meet(client: Client, product: Product) -> None:
    class Other(ProductPageView): ...

    client.get("/product/7/")
    served(Other, product_id=7)

    assert mounts == [7, 7]


def test_view_adds_to_the_default_key(product: Product) -> None:
    class Themed(CacheMixin, ComponentView):
        component_name = "uncached_product"

        def get_cache_key(self, name: str, params: Any, state: Any) -> str:
            return f"{super().get_cache_key(name, params, state)}:{self.request.GET.get('theme')}"

    view = Themed.as_view()
    for address in ("/?theme=dark", "/?theme=light", "/?theme=dark"):
        view(RequestFactory().get(address), product_id=7)

    assert mounts == [7, 7]


def test_key_of_the_component_holds_under_a_view_without_one(component_registry: Registry) -> None:
    class OpenFigures(StaffFigures):
        permission_classes = [Anyone]

    class Same(DefaultKeyView):
        component_name = "open_figures"

    component_registry.register("open_figures")(OpenFigures)
    served(Same)
    OpenFigures().mount()
    assert mounts == ["figures"]

    OpenFigures().invalidate_cache()
    served(Same)
    assert mounts == ["figures", "figures"]


def test_time_of_the_view_comes_before_that_of_the_class(product: Product) -> None:
    class Never(DefaultKeyView):
        cache_ttl = 0
        component_name = "ticker"

    served(Never)
    served(Never)

    assert mounts == ["ticker", "ticker"]


def test_wrong_time_of_a_view_says_so(product: Product) -> None:
    class Wrong(DefaultKeyView):
        cache_ttl = "300"

    with pytest.raises(ComponentDefinitionError, match=r"Wrong\.cache_ttl is '300'"):
        rule_of(UncachedProduct(), Wrong())


def test_tags_of_a_view_count(product: Product) -> None:
    class Tagged(DefaultKeyView):
        cache_tags = ["page:{product_id}"]

    served(Tagged, product_id=7)
    invalidate_tag("page:8")
    served(Tagged, product_id=7)
    assert mounts == [7]

    invalidate_tag("page:7")
    served(Tagged, product_id=7)
    assert mounts == [7, 7]
