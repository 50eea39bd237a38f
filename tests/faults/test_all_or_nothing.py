"""Handler, render, sealing, record and commit: if one of them fails nothing is kept and nothing is sent."""

from __future__ import annotations

import hashlib
import json

import pytest

from .laboratory import Bench, Laboratory
from .scenarios import DATABASES, on
from .visitors import new_key, new_rid


def assert_nothing_kept(bench: Bench, key: str, rid: str) -> None:
    assert bench.database.effects(key) == 0
    assert bench.database.effects(f"sent-{key}") == 0
    assert bench.records(rid) == 0


@on(*DATABASES)
@pytest.mark.parametrize(
    ("component", "event", "status", "code"),
    [
        ("ledger", "fail", 500, "internal"),
        ("broken", "book", 500, "internal"),
        ("ledger", "grow", 413, "too_large"),
        ("ledger", "dangle", 409, "state_conflict"),
    ],
    ids=["handler", "template", "sealing", "commit"],
)
def test_an_event_that_fails_leaves_nothing(bench: Bench, component: str, event: str, status: int, code: str) -> None:
    visitor, piece = bench.visitor(component)
    key, rid = new_key(), new_rid()

    # The refusal is not remembered: asked again it is tried again, and fails again.
    for retry in (False, True):
        for server in bench.servers:
            reply = visitor.send(server, piece, event, rid, retry=retry, key=key)
            assert (reply.status, reply.code) == (status, code)
            assert_nothing_kept(bench, key, rid)

    if component == "ledger":
        # The token from before is still good.
        assert visitor.send(bench.servers[0], piece, "book", new_rid(), key=key).told == "booked 0"
        assert (bench.database.effects(key), bench.database.effects(f"sent-{key}")) == (1, 1)


@on(*DATABASES)
def test_a_record_that_cannot_be_inserted_takes_the_effect_with_it(bench: Bench) -> None:
    visitor, piece = bench.visitor("ledger")
    key, rid = new_key(), new_rid()
    other = hashlib.sha256(json.dumps("something else").encode()).hexdigest()
    bench.database.run(
        "INSERT INTO cf_core_eventrecord (owner, request_id, component, event, digest, arguments, created_at, answer) "
        f"VALUES ('c:{piece.id}', '{rid}', 'ledger', 'book', '{other}', '', '2026-01-01 00:00:00', '')"
    )

    reply = visitor.send(bench.servers[0], piece, "book", rid, key=key)

    assert (reply.status, reply.code) == (422, "invalid")
    assert (bench.database.effects(key), bench.database.effects(f"sent-{key}")) == (0, 0)


@on("sqlite", "postgresql")
def test_a_hook_that_fails_after_the_commit_does_not_undo_the_event(bench: Bench) -> None:
    visitor, piece = bench.visitor("ledger")
    key, rid = new_key(), new_rid()

    replies = [visitor.send(server, piece, "hook", rid, key=key) for server in bench.servers]

    assert [reply.told for reply in replies] == ["booked", "booked"]
    assert replies[0].content() == replies[1].content()
    assert bench.database.effects(key) == 1
    assert "a hook of the author's failed" in bench.servers[0].log.read_text()


@pytest.mark.xdist_group("faults-postgresql-gunicorn")
def test_a_hook_that_fails_leaves_the_state_that_was_committed(
    laboratory: Laboratory, redis_and_postgresql: None
) -> None:
    bench = laboratory.bench("postgresql", "gunicorn", "redis")
    visitor, piece = bench.visitor("stored")
    key = new_key()

    answer = visitor.send(bench.servers[0], piece, "hook", new_rid(), key=key)
    following = visitor.send(bench.servers[1], piece.after(answer), "book", new_rid(), key=key)

    assert (answer.told, following.status, following.told) == ("booked", 200, "booked 0")
    assert bench.database.effects(key) == 2


@pytest.mark.xdist_group("faults-sqlite-gunicorn")
def test_a_hook_that_fails_is_no_second_chance_without_records(laboratory: Laboratory) -> None:
    bench = laboratory.bench("sqlite", "gunicorn", core={"EVENT_RECORDS": "off"})
    visitor, piece = bench.visitor("ledger")
    key, rid = new_key(), new_rid()

    replies = [visitor.send(bench.servers[0], piece, "hook", rid, retry=retry, key=key) for retry in (False, True)]

    assert [reply.told for reply in replies] == ["booked", "booked"]
    assert bench.database.effects(key) == 1


@pytest.mark.xdist_group("faults-postgresql-gunicorn")
def test_an_answer_counts_only_once_the_callers_transaction_is_committed(
    laboratory: Laboratory, redis_and_postgresql: None
) -> None:
    """ATOMIC_REQUESTS: the event is a savepoint in a transaction that may still fail."""
    bench = laboratory.bench("postgresql", "gunicorn", "redis", ATOMIC_REQUESTS=True)
    visitor, piece = bench.visitor("ledger")
    key, rid = new_key(), new_rid()

    for retry in (False, True):
        reply = visitor.send(bench.servers[0], piece, "dangle", rid, retry=retry, key=key)
        assert reply.status in (409, 500)
        assert_nothing_kept(bench, key, rid)
    booked = [visitor.insist(server, piece, "book", rid := new_rid(), key=key).told for server in bench.servers]
    assert booked == ["booked 0", "booked 0"]
    assert bench.database.effects(key) == 2
