"""A database that goes away in the middle of an event: 503, nothing half done, and everything works once it is back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from .conftest import require
from .database_proxy import DatabaseProxy
from .databases import Database
from .laboratory import Bench, Laboratory
from .scenarios import on
from .visitors import Lost, Reply, Visitor, new_key, new_rid

SERVERS = ("postgresql", "mariadb")
BEHIND_A_PROXY = pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.xdist_group(f"faults-{kind}-gunicorn")) for kind in SERVERS]
)


@contextmanager
def behind_a_proxy(laboratory: Laboratory, kind: str) -> Iterator[tuple[Bench, DatabaseProxy]]:
    """Two servers that reach their database through a proxy, which is up again afterwards."""
    require(kind, "redis")
    proxy = laboratory.proxy(kind)
    try:
        yield laboratory.bench(kind, "gunicorn", "redis", HOST="127.0.0.1", PORT=proxy.port), proxy
    finally:
        proxy.lose_commits(False)
        proxy.come_back()


def terminate_open_transactions(database: Database) -> int:
    """Have the server end the connections that are in the middle of an event; return how many."""
    if database.kind == "postgresql":
        found = database.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{database.name}' AND state = 'idle in transaction'"
        )
    else:
        found = database.rows(
            "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx JOIN information_schema.processlist "
            f"ON id = trx_mysql_thread_id WHERE db = '{database.name}'"
        )
        for (thread,) in found:
            database.run(f"KILL {thread}")
    return len(found)


@on(*SERVERS)
def test_a_connection_that_ends_during_an_event_leaves_nothing(bench: Bench) -> None:
    visitor, piece = bench.visitor("shop")
    key, rid = new_key(), new_rid()
    bench.stock(key, 1)
    with ThreadPoolExecutor(1) as pool:
        reply = pool.submit(visitor.send, bench.servers[0], piece, "buy", rid, pause=2, key=key)
        while not terminate_open_transactions(bench.database):
            assert not reply.done(), "the event never had a transaction open"
            # Less often than every 0.1 s: InnoDB shows its last answer again while it is asked that often.
            time.sleep(0.2)
        refused: Reply = reply.result()

    assert (refused.status, refused.code) == (503, "unavailable")
    assert int(refused.headers["retry-after"]) >= 1
    assert (bench.database.effects(key), bench.left(key), bench.records(rid)) == (0, 1, 0)
    assert visitor.send(bench.servers[0], piece, "buy", rid, retry=True, key=key).told == "bought"
    assert (bench.database.effects(key), bench.database.effects(f"sent-{key}")) == (1, 1)


@BEHIND_A_PROXY
@pytest.mark.parametrize("component", ["shop", "stored"])
def test_a_commit_whose_confirmation_is_lost_is_found_in_the_record(
    laboratory: Laboratory, kind: str, component: str
) -> None:
    with behind_a_proxy(laboratory, kind) as (bench, proxy):
        visitor, piece = bench.visitor(component)
        key, rid = new_key(), new_rid()
        bench.stock(key, 1)
        event = "buy" if component == "shop" else "book"
        proxy.lose_commits(True)
        first = visitor.send(bench.servers[0], piece, event, rid, key=key)
        proxy.lose_commits(False)
        answer = visitor.insist(bench.servers[1], piece, event, rid, key=key)

        assert first.content() == answer.content()
        assert answer.told in ("bought", "booked 0")
        assert (bench.database.effects(key), bench.records(rid)) == (1, 1)
        following = visitor.send(bench.servers[1], piece.after(answer), event, new_rid(), key=key)
        assert following.told in ("sold out", "booked 0")


@BEHIND_A_PROXY
def test_events_go_on_as_soon_as_the_database_is_back(laboratory: Laboratory, kind: str) -> None:
    with behind_a_proxy(laboratory, kind) as (bench, proxy):
        visitor, piece = bench.visitor("ledger")
        user = Visitor()
        user.log_in(bench.servers[0], new_key())
        own = user.mount(bench.servers[0], "ledger")
        key, rid, users_rid = new_key(), new_rid(), new_rid()

        proxy.go_down()
        for retry in (False, True, True):
            # For whoever is logged in the database is gone before the event even begins.
            for reply in (
                visitor.send(bench.servers[0], piece, "book", rid, retry=retry, key=key),
                user.send(bench.servers[0], own, "book", users_rid, retry=retry, key=key),
            ):
                assert (reply.status, reply.code) == (503, "unavailable")
                assert int(reply.headers["retry-after"]) >= 1
        proxy.come_back()
        began = time.monotonic()

        assert visitor.send(bench.servers[0], piece, "book", rid, retry=True, key=key).told == "booked 0"
        assert user.send(bench.servers[0], own, "book", users_rid, retry=True, key=key).told == "booked 0"
        assert time.monotonic() - began < 1
        assert bench.database.effects(key) == 2


@on("postgresql", "sqlite", servers=["gunicorn", "daphne"])
def test_a_client_that_goes_away_gets_its_answer_later(bench: Bench) -> None:
    visitor, piece = bench.visitor("shop")
    key, rid = new_key(), new_rid()
    bench.stock(key, 1)
    impatient = Visitor(timeout=0.3, cookies=visitor.cookies, csrf=visitor.csrf)
    for _ in range(3):
        with pytest.raises(Lost):
            impatient.send(bench.servers[0], piece, "buy", rid, pause=1, key=key)

    answers = [visitor.insist(server, piece, "buy", rid, key=key) for server in bench.servers]

    assert [answer.told for answer in answers] == ["bought", "bought"]
    assert answers[0].content() == answers[1].content()
    assert (bench.database.effects(key), bench.left(key)) == (1, 0)
