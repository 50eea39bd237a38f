"""Entries that end when a row of a model changes."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cf_cache import CacheMixin, changes
from cf_core import Component
from tests.components import Inline, mounts
from tests.keeping import elsewhere
from tests.models import Bargain, Label, Product

pytestmark = pytest.mark.django_db(transaction=True)


class All(CacheMixin, Component):
    """Everything goes, whichever row changes."""

    renderer = Inline("<p></p>")
    invalidate_on = [Product]

    def mount(self, product_id: int = 0) -> None:
        mounts.append(product_id)


class ByParam(All):
    invalidate_on = ["tests.Product"]

    @classmethod
    def invalidated_by(cls, instance: Product) -> Any:
        return {"product_id": instance.pk}


class ByTag(All):
    cache_tags = ["product:{product_id}", "any"]

    @classmethod
    def invalidated_by(cls, instance: Product) -> Any:
        return f"product:{instance.pk}"


class Choosy(All):
    """One answer of every kind."""

    invalidate_on = ["tests.product", Label]

    @classmethod
    def invalidated_by(cls, instance: Any) -> Any:
        if isinstance(instance, Label):
            return [{"product_id": product.pk} for product in instance.products.all()]
        return None if instance.name == "Unseen" else [{"product_id": instance.pk}, "some tag"]


class Plain(Component):
    """Cached by its plain attribute."""

    renderer = Inline("<p></p>")
    cache_ttl = 60
    invalidate_on = [Bargain]

    def mount(self, product_id: int = 0) -> None:
        mounts.append(product_id)


@pytest.fixture
def one() -> Product:
    return Product.objects.create(name="One")


@pytest.fixture
def two() -> Product:
    return Product.objects.create(name="Two")


def gone(cls: type[Component], *products: Product) -> list[Product]:
    """Return those whose entries are gone; all are there afterwards."""
    found = []
    for product in products:
        before = len(mounts)
        cls(product_id=product.pk).dispatch()
        if len(mounts) > before:
            found.append(product)
    return found


def test_save_drops_all_entries(one: Product, two: Product) -> None:
    gone(All, one, two)

    one.save()

    assert gone(All, one, two) == [one, two]


def test_new_row_drops_all_entries(one: Product) -> None:
    gone(All, one)

    Product.objects.create(name="Three")

    assert gone(All, one) == [one]


@pytest.mark.parametrize("cls", [ByParam, ByTag, Choosy])
def test_save_drops_what_the_class_says(cls: type[Component], one: Product, two: Product) -> None:
    gone(cls, one, two)

    one.save()

    assert gone(cls, one, two) == [one]


@pytest.mark.parametrize("cls", [All, ByParam, ByTag, Plain])
def test_delete_drops(cls: type[Component], one: Product) -> None:
    gone(cls, one)
    key = one.pk

    one.delete()

    assert gone(cls, Product(pk=key)) == [Product(pk=key)]


def test_row_that_does_not_matter(one: Product) -> None:
    gone(Choosy, one)

    Product.objects.create(name="Unseen")

    assert gone(Choosy, one) == []


def test_other_models_do_not_matter(one: Product) -> None:
    gone(All, one)

    Label.objects.create(name="Sale")

    assert gone(All, one) == []


def test_relation_drops(one: Product, two: Product) -> None:
    label = Label.objects.create(name="Sale")
    gone(ByParam, one, two)

    one.labels.add(label)

    assert gone(ByParam, one, two) == [one]
    for change in (lambda: one.labels.remove(label), lambda: one.labels.set([label]), lambda: one.labels.clear()):
        change()
        assert gone(ByParam, one, two) == [one]


def test_relation_changed_at_its_other_end_drops_all(one: Product, two: Product) -> None:
    label = Label.objects.create(name="Sale")
    gone(ByParam, one, two)

    label.products.add(one)

    assert gone(ByParam, one, two) == [one, two]


def test_rows_that_belong_to_the_changed_one(one: Product, two: Product) -> None:
    label = Label.objects.create(name="Sale")
    one.labels.add(label)
    gone(Choosy, one, two)

    label.save()

    assert gone(Choosy, one, two) == [one]


@pytest.mark.parametrize("cls", [All, Plain])
def test_proxy_and_its_model_are_one(cls: type[Component], one: Product) -> None:
    gone(cls, one)
    Bargain.objects.get(pk=one.pk).save()
    assert gone(cls, one) == [one]

    one.save()
    assert gone(cls, one) == [one]


def test_nothing_is_dropped_before_the_commit(one: Product) -> None:
    gone(All, one)
    with transaction.atomic():
        one.save()
        assert elsewhere(lambda: gone(All, one)) == []

    assert elsewhere(lambda: gone(All, one)) == [one]


def test_nothing_is_dropped_after_a_rollback(one: Product) -> None:
    gone(All, one)
    with transaction.atomic():
        one.save()
        transaction.set_rollback(True)

    assert gone(All, one) == []


def test_update_of_many_rows_has_no_signal(one: Product) -> None:
    gone(All, one)
    Product.objects.update(name="Other")

    assert gone(All, one) == []


def test_classes_are_not_kept_alive() -> None:
    class Short(All): ...

    assert Short in changes._listening[Product]
    del Short
    gc.collect()

    assert "Short" not in [cls.__name__ for cls in changes._listening[Product]]


def test_label_of_no_model_is_left_to_the_system_checks() -> None:
    class Wrong(All):
        invalidate_on = ["shop.NoSuchModel"]

    assert gone(Wrong, Product(pk=1)) == [Product(pk=1)]


def test_rows_of_other_models_are_deleted_as_fast_as_ever() -> None:
    assert All.invalidate_on == [Product]

    with CaptureQueriesContext(connection) as queries:
        Session.objects.all().delete()

    # With a listener Django fetches the rows first.
    assert not [query for query in queries if query["sql"].startswith("SELECT")]


def test_model_that_is_made_later_is_heard_of() -> None:
    class Heard(All): ...

    try:

        class Later(Product):
            class Meta:
                proxy = True
                app_label = "tests"

        Heard().mount()
        Later.objects.create(name="One")
        Heard().mount()
    finally:
        apps.all_models["tests"].pop("later")
        apps.clear_cache()

    assert mounts == [0, 0]
