"""Several people at once, each with a connection of their own: nothing is lost and nobody is told what is not so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from cf_models import DjangoModelComponent, NotSaved, RowGone
from cf_testing import dispatch_event, make_component
from tests.databases import on_every_database
from tests.models import Customer, Order
from tests.renderers import Inline

pytestmark = on_every_database


@pytest.fixture
def order(alias: str) -> Order:
    customer = Customer.objects.using(alias).create(name="Ada")
    return Order.objects.using(alias).create(customer=customer, total=0)


@pytest.fixture
def editor(alias: str) -> type[Any]:
    class Editor(DjangoModelComponent):
        model = Order
        using = alias
        state_fields = ["status", "notes", "place", "number"]
        renderer = Inline("<p></p>")

        def on_count(self) -> None:
            self.instance.place = (self.instance.place or 0) + 1
            self.save_instance()

        async def on_acount(self) -> None:
            self.instance.place = (self.instance.place or 0) + 1
            await self.save_instance()

    return Editor


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work` in threads that begin together; return what each came to, exceptions too."""
    barrier = threading.Barrier(number)

    def run(index: int) -> Any:
        try:
            barrier.wait(20)
            return work(index)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


@pytest.mark.parametrize("event", ["count", "acount"])
def test_every_count_is_in_the_row_or_its_user_knows(editor: type[Any], order: Order, alias: str, event: str) -> None:
    def work(index: int) -> int:
        counted = 0
        for _ in range(5):
            component = dispatch_event(editor, event, user=None, pk=order.pk)
            counted += 0 if component.errors.get("place") else 1
        return counted

    results = at_once(4, work)

    assert all(isinstance(result, int) for result in results), results
    order.refresh_from_db(using=alias)
    assert order.place == sum(results)
    assert order.place >= 1


def test_of_two_who_change_one_field_the_second_is_told(editor: type[Any], order: Order, alias: str) -> None:
    """Both have read the row before either saves: only the lock shows the second one what the first has done."""
    both_have_read = threading.Barrier(2)

    def work(index: int) -> Any:
        component = make_component(editor, user=None, pk=order.pk)
        component.mount()
        both_have_read.wait(20)
        component.instance.notes = f"of {index}"
        try:
            return component.save_instance().result()
        except NotSaved:
            return component.conflicts[0]

    first, second = sorted(at_once(2, work), key=lambda result: result is not True)

    order.refresh_from_db(using=alias)
    assert first is True
    assert second.theirs == order.notes
    assert second.mine != order.notes


def test_two_who_change_different_fields_keep_both(editor: type[Any], order: Order, alias: str) -> None:
    both_have_read = threading.Barrier(2)

    def work(index: int) -> Any:
        component = make_component(editor, user=None, pk=order.pk)
        component.mount()
        both_have_read.wait(20)
        component.state.update([("notes", "new"), ("status", "paid")][index : index + 1])
        component.update_instance_from_state()
        return component.save_instance().result()

    assert at_once(2, work) == [True, True]
    order.refresh_from_db(using=alias)
    assert (order.notes, order.status) == ("new", "paid")


def test_value_that_two_take_at_once_is_told_at_its_field(editor: type[Any], order: Order, alias: str) -> None:
    """Validation finds the value free for both; the second meets the constraint of the database."""
    customer = order.customer
    rows = [Order.objects.using(alias).create(customer=customer) for _ in range(4)]

    def work(index: int) -> Any:
        component = make_component(editor, user=None, pk=rows[index].pk)
        component.mount()
        component.state["number"] = "A1"
        component.update_instance_from_state()
        try:
            return component.save_instance().result()
        except NotSaved as refused:
            return refused.errors

    results = at_once(4, work)

    taken = {"number": ["Order with this Number already exists."]}
    assert sorted(results, key=str) == sorted([True, taken, taken, taken], key=str)
    assert Order.objects.using(alias).filter(number="A1").count() == 1


def test_constraint_that_validation_could_not_foresee_stands_at_its_field(
    editor: type[Any], order: Order, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Order.objects.using(alias).create(customer=order.customer)
    component = make_component(editor, user=None, pk=order.pk)
    component.mount()
    component.instance.number = "A1"
    monkeypatch.setattr(Order, "validate_unique", _late_look(Order.validate_unique))
    Order.objects.using(alias).filter(pk=other.pk).update(number="A1")

    with pytest.raises(NotSaved) as refused:
        component.save_instance()

    assert refused.value.errors == {"number": ["Order with this Number already exists."]}


def _late_look(validate: Callable[..., None]) -> Callable[..., None]:
    """Return a validation that sees nothing the first time, as if the other row came right after it."""
    looks: list[int] = []

    def look(self: Order, exclude: Any = None) -> None:
        looks.append(1)
        if len(looks) > 1:
            validate(self, exclude=exclude)

    return look


def test_row_that_was_deleted_before_it_is_saved_is_told(editor: type[Any], order: Order, alias: str) -> None:
    component = make_component(editor, user=None, pk=order.pk)
    component.mount()
    component.instance.notes = "new"
    Order.objects.using(alias).filter(pk=order.pk).delete()

    with pytest.raises(RowGone):
        component.save_instance()

    assert not Order.objects.using(alias).exists()
