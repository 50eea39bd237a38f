"""The second run of an event finds the world as the first left it; its answer must be the first one all the same."""

from __future__ import annotations

from itertools import product

import pytest

from .conftest import require
from .laboratory import Bench, Laboratory
from .scenarios import DATABASES, on
from .visitors import Lost, Piece, Reply, Visitor, new_key, new_rid

MARKED = pytest.mark.parametrize("retry", [True, False], ids=["marked", "unmarked"])


def lose(bench: Bench, visitor: Visitor, piece: Piece, event: str, rid: str, fault: str, **payload: str) -> bytes:
    """Send an event whose process is killed; return what came of the answer."""
    with pytest.raises(Lost) as lost:
        visitor.send(bench.servers[0], piece, event, rid, fault=fault, **payload)
    return lost.value.body


@on(*DATABASES)
@MARKED
@pytest.mark.parametrize("event", ["look_and_buy", "look_and_tell"])
def test_a_second_run_that_would_refuse_answers_what_the_first_did(bench: Bench, event: str, retry: bool) -> None:
    visitor, piece = bench.visitor("shop")
    key, rid = new_key(), new_rid()
    bench.stock(key, 1)
    lose(bench, visitor, piece, event, rid, "after-commit", key=key)

    answer = visitor.insist(bench.servers[0], piece, event, rid, retry=retry, key=key)

    assert (answer.status, answer.told) == (200, "bought")
    assert (bench.database.effects(key), bench.left(key)) == (1, 0)
    # Another intention is told what is true now.
    late = visitor.send(bench.servers[0], piece, event, new_rid(), key=key)
    assert late.status == 422


@on(*DATABASES)
@MARKED
def test_an_event_may_delete_what_its_permission_needs(bench: Bench, retry: bool) -> None:
    key, rid = new_key(), new_rid()
    bench.database.run(f"INSERT INTO faults_paper (name) VALUES ('{key}')")
    visitor, piece = bench.visitor("shredder", key=key)
    lose(bench, visitor, piece, "shred", rid, "after-commit")

    answer = visitor.insist(bench.servers[1], piece, "shred", rid, retry=retry)

    assert (answer.status, answer.told) == (200, "shredded")
    assert bench.database.effects(key) == 1
    assert visitor.send(bench.servers[0], piece, "shred", new_rid()).status == 401


@on("sqlite")
@MARKED
@pytest.mark.parametrize("fault", ["after-write", "after-commit"])
def test_an_async_handler_is_applied_once(bench: Bench, fault: str, retry: bool) -> None:
    visitor, piece = bench.visitor("ledger")
    key, rid = new_key(), new_rid()
    # The hook on commit belongs to the sync handler; the record is the last thing that the async one lets happen.
    lose(bench, visitor, piece, "book_async", rid, fault.replace("after-commit", "before-answer"), key=key)

    assert visitor.insist(bench.servers[0], piece, "book_async", rid, retry=retry, key=key).told == "booked"
    assert bench.database.effects(key) == 1


@on(*DATABASES)
@pytest.mark.parametrize("fault", ["after-claim", "before-write", "before-answer", "during-answer"])
def test_an_event_that_writes_nothing_leaves_no_record(bench: Bench, fault: str) -> None:
    visitor, piece = bench.visitor("reader")
    key, rid = new_key(), new_rid()
    lose(bench, visitor, piece, "read", rid, fault, key=key)

    assert visitor.insist(bench.servers[0], piece, "read", rid, key=key).told == "0 effects"
    assert bench.records(rid) == 0


@on(*DATABASES)
@MARKED
@pytest.mark.parametrize("fault", ["after-record", "after-commit", "during-answer"])
def test_a_users_event_is_applied_once(bench: Bench, fault: str, retry: bool) -> None:
    visitor = Visitor()
    visitor.log_in(bench.servers[0], f"user-{new_key()}")
    piece = visitor.mount(bench.servers[0], "ledger")
    key, rid = new_key(), new_rid()
    lose(bench, visitor, piece, "book", rid, fault, key=key)

    assert visitor.insist(bench.servers[1], piece, "book", rid, retry=retry, key=key).told == "booked 0"
    assert bench.database.effects(key) == 1


@on("sqlite", servers=["gunicorn", "daphne"])
@MARKED
@pytest.mark.parametrize("fault", ["after-commit", "before-answer", "during-answer"])
def test_a_session_that_began_with_the_lost_answer_does_not_make_it_another_visitors(
    bench: Bench, fault: str, retry: bool
) -> None:
    visitor, piece = bench.visitor("basket")
    key, rid = new_key(), new_rid()
    lose(bench, visitor, piece, "book", rid, fault, key=key)
    # Half an answer is enough for its cookie.
    assert ("sessionid" in visitor.cookies) == (fault == "during-answer")

    assert visitor.insist(bench.servers[0], piece, "book", rid, retry=retry, key=key).told == "booked"
    assert bench.database.effects(key) == 1


@on("sqlite")
@MARKED
def test_a_view_that_needs_no_token_applies_an_event_once(bench: Bench, retry: bool) -> None:
    visitor = bench.visitor("ledger")[0]
    key, rid, nothing = new_key(), new_rid(), Piece("ledger", "", "")
    with pytest.raises(Lost):
        visitor.send(bench.servers[0], nothing, "book", rid, path="/open-ledger/", fault="after-commit", key=key)

    answer = visitor.insist(bench.servers[0], nothing, "book", rid, path="/open-ledger/", retry=retry, key=key)

    assert answer.told == "booked 0"
    assert bench.database.effects(key) == 1


@on("postgresql", caches=["redis"])
@MARKED
@pytest.mark.parametrize("fault", ["after-record", "after-commit"])
def test_state_on_the_server_goes_on_from_the_answer(bench: Bench, fault: str, retry: bool) -> None:
    visitor, piece = bench.visitor("stored")
    key, rid = new_key(), new_rid()
    lose(bench, visitor, piece, "book", rid, fault, key=key, n="1")

    answer = visitor.insist(bench.servers[1], piece, "book", rid, retry=retry, key=key, n="1")
    following = visitor.send(bench.servers[1], piece.after(answer), "book", new_rid(), key=key, n="2")

    assert (answer.told, following.told) == ("booked 1", "booked 2")
    assert bench.database.effects(key) == 2


@on("sqlite")
def test_the_same_id_for_something_else_is_refused(bench: Bench) -> None:
    visitor, piece = bench.visitor("ledger")
    key, rid = new_key(), new_rid()
    lose(bench, visitor, piece, "book", rid, "after-commit", key=key)

    for server in bench.servers:
        for retry in (False, True):
            other = visitor.send(server, piece, "book", rid, retry=retry, key=f"{key}x")
            assert (other.status, other.code) == (422, "invalid")
        # A refused stranger does not stand in the way of the request itself.
        assert visitor.send(server, piece, "book", rid, retry=True, key=key).told == "booked 0"
    assert (bench.database.effects(key), bench.database.effects(f"{key}x")) == (1, 0)


@pytest.mark.parametrize(
    ("database", "cache"),
    [
        pytest.param(database, cache, marks=pytest.mark.xdist_group(f"faults-{database}-gunicorn"))
        for database, cache in (("postgresql", "redis"), ("sqlite", "file"), ("mariadb", "database"))
    ],
)
def test_a_claim_that_outlives_its_process_ends(laboratory: Laboratory, database: str, cache: str) -> None:
    """A shared cache keeps the killed process's claim for ten seconds: 409 in_progress meanwhile, then the answer."""
    require(database, cache)
    bench = laboratory.bench(database, "gunicorn", cache)
    visitor, piece = bench.visitor("shop")
    asked: dict[tuple[str, bool], tuple[str, str]] = {}
    first: dict[tuple[str, bool], Reply] = {}
    for case in product(("before-write", "after-record", "after-commit", "before-answer"), (True, False)):
        asked[case] = key, rid = new_key(), new_rid()
        bench.stock(key, 1)
        lose(bench, visitor, piece, "buy", rid, case[0], key=key)
        first[case] = visitor.send(bench.servers[1], piece, "buy", rid, retry=case[1], key=key)

    waited = {case for case, reply in first.items() if reply.code == "in_progress"}
    # Where the effect is committed, a client that says that it asks again need not wait for the claim.
    assert waited == set(product(("before-write", "after-record"), (True, False))) | {("after-commit", False)}
    for case, (key, rid) in asked.items():
        answer = visitor.insist(bench.servers[0], piece, "buy", rid, retry=case[1], key=key)
        assert (answer.status, answer.told) == (200, "bought"), case
        assert (bench.database.effects(key), bench.left(key), bench.records(rid)) == (1, 0, 1), case
        if case not in waited:
            assert answer.content() == first[case].content(), case
