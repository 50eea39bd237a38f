"""Two people change one row: nothing is lost, and whoever is late sees both values."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from cf_models import Conflict, NotSaved
from cf_testing import make_component
from tests.editors import Editor
from tests.models import Order

pytestmark = pytest.mark.django_db


def opened(order: Order, cls: type[Editor] = Editor) -> Any:
    """Return a component as a page shows it: sealed, and restored for the next event."""
    component = make_component(cls, pk=order.pk)
    component.mount()
    return component


def next_event(component: Any) -> Any:
    """Return the component as the next event finds it."""
    again = make_component(type(component), pk=component.params["pk"])
    again.hydrate(component.dehydrate())
    return again


def stored(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def edit(component: Any, **values: Any) -> Any:
    component.state.update(values)
    component.update_instance_from_state()
    component.save_instance()
    return component


def test_changes_of_different_fields_are_both_kept(order: Order) -> None:
    one, other = opened(order), opened(order)

    edit(next_event(one), notes="one")
    late = edit(next_event(other), status="paid")

    assert (stored(order).notes, stored(order).status) == ("one", "paid")
    assert late.state["notes"] == "one"


def test_change_of_the_same_field_is_shown_with_both_values(order: Order) -> None:
    one, other = opened(order), opened(order)
    edit(next_event(one), status="paid")
    late = next_event(other)

    with pytest.raises(NotSaved):
        edit(late, status="sent", notes="kept")

    assert late.conflicts == (Conflict("status", "Status", "Sent", "Paid"),)
    assert late.errors["status"] == ["Changed by someone else: it is now “Paid”, you entered “Sent”."]
    assert "changed by someone else" in late.errors["__all__"][0]
    assert late.state["status"] == "sent"
    assert (stored(order).status, stored(order).notes) == ("paid", "old")


def test_saving_again_overwrites_knowingly(order: Order) -> None:
    one, other = opened(order), opened(order)
    edit(next_event(one), status="paid")
    late = next_event(other)
    with pytest.raises(NotSaved):
        edit(late, status="sent")

    edit(next_event(late))

    assert stored(order).status == "sent"


def test_saving_again_writes_nothing_that_was_not_changed_here(order: Order) -> None:
    one, other = opened(order), opened(order)
    edit(next_event(one), status="paid", notes="one")
    late = next_event(other)
    with pytest.raises(NotSaved):
        edit(late, status="sent")

    late.update_instance_from_state()
    late.save_instance()

    assert (stored(order).status, stored(order).notes) == ("sent", "one")


@pytest.mark.parametrize("versioned", [False, True])
def test_next_event_after_a_conflict_writes_nothing_that_was_not_changed_here(order: Order, versioned: bool) -> None:
    cls = Versioned if versioned else Editor
    one, other = opened(order, cls), opened(order, cls)
    edit(next_event(one), status="paid", notes="one")
    late = next_event(other)
    with pytest.raises(NotSaved):
        edit(late, status="sent")

    edit(next_event(late))

    assert (stored(order).status, stored(order).notes) == ("sent", "one")


def test_the_same_change_after_the_other_is_no_conflict(order: Order) -> None:
    one, other = opened(order), opened(order)
    edit(next_event(one), status="paid")

    assert edit(next_event(other), status="paid").errors == {}


def test_stale_toggle_is_a_conflict(order: Order) -> None:
    """Both pages show it as not urgent, and both want it to be: the second click must not undo the first."""
    one, other = next_event(opened(order)), opened(order)
    one.instance.urgent = not one.instance.urgent
    one.save_instance()
    late = next_event(other)
    late.instance.urgent = not late.instance.urgent

    with pytest.raises(NotSaved):
        late.save_instance()

    assert late.errors["urgent"] == ["Changed by someone else: it is now “Yes”, you entered “No”."]
    assert stored(order).urgent is True


def test_own_changes_one_after_the_other_are_no_conflict(order: Order) -> None:
    component = opened(order)
    for notes in ("a", "b", "c"):
        component = edit(next_event(component), notes=notes, total=f"{len(notes)}")

    assert stored(order).notes == "c"


def test_overwriting_may_be_asked_for(order: Order) -> None:
    class Last(Editor):
        lost_updates = "overwrite"

    one, other = opened(order, Last), opened(order, Last)
    edit(next_event(one), status="paid")
    edit(next_event(other), status="sent")

    assert stored(order).status == "sent"


def test_expressions_lose_nothing_and_are_no_conflict(order: Order) -> None:
    one, other = next_event(opened(order)), opened(order)
    for component in (one, next_event(other)):
        component.instance.total = F("total") + 1
        component.save_instance()

    assert stored(order).total == 12


class Versioned(Editor):
    """Any change of the row is in the way."""

    version_field = "version"


def test_version_field_grows_with_every_save(order: Order) -> None:
    component = edit(next_event(opened(order, Versioned)), notes="a")
    edit(next_event(component), notes="b")

    assert stored(order).version == 3


def test_version_field_makes_any_change_a_conflict(order: Order) -> None:
    one, other = opened(order, Versioned), opened(order, Versioned)
    edit(next_event(one), notes="one")
    late = next_event(other)

    with pytest.raises(NotSaved):
        edit(late, status="paid")

    assert stored(order).status == "new"
    edit(next_event(late))
    assert (stored(order).status, stored(order).version) == ("paid", 3)


def test_version_field_may_be_a_time(order: Order) -> None:
    class Timed(Editor):
        version_field = "changed_at"

    one, other = opened(order, Timed), opened(order, Timed)
    edit(next_event(one), notes="one")

    late = next_event(other)
    with pytest.raises(NotSaved):
        edit(late, status="paid")


def test_nothing_of_the_values_can_be_read_from_what_travels(order: Order) -> None:
    component = opened(order)

    digests = component.dehydrate()["_row"]

    assert set(digests) == set(Editor.state_fields)
    assert all(len(digest) == 16 for digest in digests.values())
    assert len(set(digests.values())) == len(digests)


def test_key_that_was_retired_is_no_conflict(order: Order, settings: Any) -> None:
    component = opened(order)
    travels = component.dehydrate()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    again = make_component(Editor, pk=order.pk)
    again.hydrate(travels)

    assert edit(again, notes="new").errors == {}


def test_equal_values_are_equal_however_they_are_written(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(total="10.00", due=timezone.now())
    one, other = opened(order), opened(order)
    edit(next_event(one), total="12")
    late = next_event(other)

    edit(late, total="10", customer=str(order.customer_id))

    assert stored(order).total == 12
