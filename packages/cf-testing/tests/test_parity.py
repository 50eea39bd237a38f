"""What the matrix says of a refusal that does not hold, and of rows that cannot be asked."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache

from cf_testing.parity import Ask, Outcome, Table, Witness, World, assert_refused

REFUSED = Outcome(403, "forbidden", '{"error": "No"}')
SERVED = Outcome(200, None, "<p></p>")

pytestmark = pytest.mark.django_db


def refused(witness: Witness, do: Callable[[], object] = lambda: None, outcome: Outcome = REFUSED) -> Outcome:
    """Check a refusal that answers `outcome`, and meanwhile does something."""

    def ask() -> Outcome:
        do()
        return outcome

    return assert_refused(ask, 403, "forbidden", witness=witness, good=lambda: SERVED)


def test_a_refusal_that_leaves_no_trace_holds() -> None:
    assert refused(Witness()) is REFUSED


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome(200, None, ""), "answered 200 None, expected 403 forbidden"),
        (Outcome(403, "forbidden", "Traceback (most recent call last)"), "the answer shows 'Traceback'"),
        (Outcome(403, "forbidden", "the salary is canary-9000"), "the answer shows 'canary-9000'"),
        (Outcome(403, "forbidden", "", sets_cookie=True), "a cookie was set"),
    ],
)
def test_an_answer_that_tells_too_much_is_noticed(outcome: Outcome, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        refused(Witness(canaries=("canary-9000",)), outcome=outcome)


def test_a_handler_that_ran_is_noticed() -> None:
    witness = Witness()

    with pytest.raises(AssertionError, match=r"ran safe\.open"):
        refused(witness, lambda: witness.ran.append("safe.open"))


def test_what_changed_is_noticed() -> None:
    witness = Witness()

    with pytest.raises(AssertionError, match="the rows changed"):
        refused(witness, lambda: get_user_model().objects.create(username="mallory"))
    with pytest.raises(AssertionError, match="the cache changed"):
        refused(witness, lambda: cache.set("left", "behind"))
    with pytest.raises(AssertionError, match="the messages changed"):
        refused(witness, lambda: witness.sent.append("mail"))


def test_counting_is_no_change_where_the_row_says_so() -> None:
    def ask() -> Outcome:
        cache.set("rl:counts", 1)
        return REFUSED

    assert_refused(ask, 403, "forbidden", witness=Witness(), good=lambda: SERVED, counts_in="rl:")


def test_a_log_that_a_client_can_write_lines_into_is_noticed() -> None:
    with pytest.raises(AssertionError, match="an unfit log message"):
        refused(Witness(), lambda: logging.getLogger("cf_core").info("no event %s", "a\nforged line"))


def test_a_server_that_serves_nobody_afterwards_is_noticed() -> None:
    with pytest.raises(AssertionError, match="A good request was refused afterwards with 500"):
        assert_refused(lambda: REFUSED, 403, "forbidden", witness=Witness(), good=lambda: Outcome(500, "internal", ""))


def test_two_rows_of_one_name_are_refused() -> None:
    table = Table(good=("counter", "increment"), witness=Witness())
    table.refusal("twice", 403, "forbidden")(arrange)

    with pytest.raises(ValueError, match="two rows 'twice'"):
        table.refusal("twice", 403, "forbidden")


def test_a_row_for_a_transport_that_there_is_not_is_refused() -> None:
    table = Table(good=("counter", "increment"), witness=Witness())
    table.refusal("by pigeon", 403, "forbidden", by=("pigeon",))(arrange)

    with pytest.raises(ValueError, match="pigeon"):
        table.cases()


def arrange(world: World) -> Ask:
    raise NotImplementedError
