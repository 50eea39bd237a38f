"""Components that read of several databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import transaction

from cf_cache import CacheMixin
from cf_cache.shelf import Shelf
from cf_core import Component
from tests.components import Inline, mounts
from tests.keeping import elsewhere, entry_of
from tests.models import Product

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "other"])


class Names(CacheMixin, Component):
    """Shows rows of a database that is not the component's."""

    renderer = Inline("<p></p>")
    invalidate_on = [Product]

    def mount(self) -> None:
        mounts.append("names")
        self.state["names"] = list(Product.objects.using("other").values_list("name", flat=True))


def shown() -> Any:
    component = Names()
    component.mount()
    return component.state["names"]


@contextmanager
def all_open() -> Iterator[None]:
    with ExitStack() as stack:
        for alias in ("default", "other"):
            stack.enter_context(transaction.atomic(using=alias))
        yield


def test_what_another_database_may_never_commit_is_not_kept() -> None:
    with transaction.atomic(using="other"):
        Product.objects.db_manager("other").bulk_create([Product(name="Never")])
        assert shown() == ["Never"]
        transaction.set_rollback(True, using="other")

    assert shown() == []


def test_what_is_mounted_inside_transactions_is_kept_when_all_are_committed() -> None:
    with all_open():
        shown()
        assert entry_of(Names()) is None

    assert entry_of(Names()) is not None


@pytest.mark.parametrize("alias", ["default", "other"])
def test_what_is_mounted_inside_transactions_is_not_kept_if_one_is_rolled_back(alias: str) -> None:
    with all_open():
        shown()
        transaction.set_rollback(True, using=alias)

    assert entry_of(Names()) is None


@pytest.mark.parametrize("invalidate", [lambda: Names.invalidate_cache(), lambda: None])
def test_entries_are_dropped_once_the_database_that_was_written_is_committed(invalidate: Any) -> None:
    shown()
    with transaction.atomic(using="other"):
        Product.objects.using("other").create(name="New")
        invalidate()
        assert elsewhere(shown) == []
        assert shown() == ["New"]

    assert shown() == ["New"]


def test_many_changes_of_one_transaction_are_dropped_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(Shelf, "discard", lambda self, keys: asked.append(keys))
    with transaction.atomic():
        for number in range(50):
            Product.objects.create(name=str(number))
        with transaction.atomic():
            Product.objects.create(name="in a savepoint")

    assert 1 <= len(asked) <= 2
