"""Whoever has dropped an entry does not see it again, though others do until the commit."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from cf_cache import CacheMixin, invalidate_tag
from cf_cache.signals import cache_miss
from cf_core import Component, Registry
from tests.components import Inline, ShownProduct, mounts
from tests.keeping import elsewhere, entry_of, key_of
from tests.models import Product


@pytest.fixture
def product() -> Product:
    return Product.objects.create(name="Old")


def shown(product: Product) -> str:
    component = ShownProduct()
    component.mount(product_id=product.pk)
    name: str = component.state["name"]
    return name


def shown_to_others(product: Product) -> str:
    """Return what another thread, with a connection of its own, is shown."""
    return elsewhere(lambda: shown(product))


def change(product: Product, name: str) -> None:
    Product.objects.filter(pk=product.pk).update(name=name)
    ShownProduct.invalidate_cache(product_id=product.pk)


@pytest.mark.django_db(transaction=True)
class TestInTransactions:
    def test_own_change_is_seen_before_the_commit_and_by_nobody_else(self, product: Product) -> None:
        shown(product)
        with transaction.atomic():
            change(product, "New")
            assert shown(product) == "New"
            assert shown_to_others(product) == "Old"

        assert shown_to_others(product) == "New"
        assert shown(product) == "New"

    def test_what_is_seen_before_the_commit_is_not_kept(self, product: Product) -> None:
        shown(product)
        before = entry_of(ShownProduct(), product_id=product.pk)
        with transaction.atomic():
            change(product, "New")
            shown(product)
            transaction.set_rollback(True)

        assert entry_of(ShownProduct(), product_id=product.pk) == before
        assert shown(product) == "Old"
        assert mounts == [product.pk, product.pk]

    def test_savepoint_that_is_rolled_back_takes_its_part_back(self, product: Product) -> None:
        shown(product)
        with transaction.atomic():
            with transaction.atomic():
                change(product, "New")
                transaction.set_rollback(True)
            assert shown(product) == "Old"

        assert mounts == [product.pk]

    def test_other_entries_are_still_shown(self, product: Product) -> None:
        other = Product.objects.create(name="Other")
        shown(other)
        with transaction.atomic():
            change(product, "New")
            assert shown(other) == "Other"

        assert mounts == [other.pk]

    def test_nobody_is_waited_for(self, product: Product) -> None:
        shown(product)
        cache.set(f"{key_of(ShownProduct(), product_id=product.pk)}:lock", "another", 60)
        with transaction.atomic():
            change(product, "New")
            assert shown(product) == "New"


class Titles(CacheMixin, Component):
    """All products; placed by what changes them."""

    renderer = Inline("<ul>{{ state.names|join:', ' }}</ul>")
    invalidate_on = [Product]

    def mount(self) -> None:
        mounts.append("titles")
        self.state["names"] = list(Product.objects.values_list("name", flat=True))


class Shelf(Component):
    """Shows the list once something was added."""

    renderer = Inline("<div>{% if state.added %}{% live_component 'titles' %}{% endif %}</div>")

    def on_add(self, name: str) -> None:
        Product.objects.create(name=name)
        self.state["added"] = True


@pytest.mark.django_db(transaction=True)
def test_component_that_an_event_places_shows_what_the_event_did(component_registry: Registry) -> None:
    component_registry.register("titles")(Titles)
    component_registry.register("shelf")(Shelf)
    Titles().dispatch()
    shelf = Shelf()
    shelf.dispatch()

    assert "One" in shelf.dispatch("add", {"name": "One"})["html"]
    assert "One" in Titles().dispatch()["html"]


class Untouched(CacheMixin, Component):
    """Its events run no statement."""

    renderer = Inline("<p>{{ state.count }}</p>")
    cache_tags = ["untouched"]

    def mount(self) -> None:
        mounts.append("untouched")
        self.state["count"] = len(mounts)

    def on_refresh(self) -> None:
        self.invalidate_cache()
        type(self)().mount()

    def on_tag(self) -> None:
        invalidate_tag("untouched")
        type(self)().mount()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("event", ["refresh", "tag"])
def test_event_without_a_statement_sees_what_it_dropped_as_dropped(event: str) -> None:
    component = Untouched()
    component.dispatch()
    component.dispatch(event)

    assert mounts == ["untouched", "untouched"]


@pytest.mark.django_db
def test_inside_a_test_case_what_is_dropped_is_not_shown_again(product: Product) -> None:
    shown(product)
    change(product, "New")

    assert shown(product) == "New"
    assert shown(product) == "New"


@pytest.mark.django_db
@pytest.mark.parametrize("event", ["refresh", "tag"])
def test_inside_a_test_case_what_an_event_drops_is_not_shown_again(event: str) -> None:
    component = Untouched()
    component.dispatch()
    component.dispatch(event)
    mounts.clear()

    Untouched().dispatch()

    assert mounts == ["untouched"]


@pytest.mark.django_db
def test_it_is_signalled_as_an_invalidation(product: Product) -> None:
    told: list[Any] = []

    def miss(reason: str, **kwargs: Any) -> None:
        told.append(reason)

    cache_miss.connect(miss)
    shown(product)
    change(product, "New")
    shown(product)

    assert told == ["empty", "invalidated"]


@pytest.mark.django_db
def test_inside_a_test_case_what_was_changed_before_may_be_cached(product: Product) -> None:
    Titles().dispatch()
    product.save()

    Titles().dispatch()
    Titles().dispatch()

    assert mounts == ["titles", "titles"]


@pytest.mark.django_db
def test_inside_a_test_case_a_rollback_takes_it_back(product: Product) -> None:
    Titles().dispatch()
    with transaction.atomic():
        product.save()
        transaction.set_rollback(True)

    Titles().dispatch()

    assert mounts == ["titles"]


@pytest.mark.django_db
def test_inside_a_test_case_what_waits_for_a_commit_may_be_run(
    product: Product, django_capture_on_commit_callbacks: Any
) -> None:
    Titles().dispatch()
    with django_capture_on_commit_callbacks(execute=True):
        product.save()

    Titles().dispatch()
    Titles().dispatch()

    assert mounts == ["titles", "titles"]
