"""Events that read before they write, many at once; and a database that is locked by somebody else."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from .laboratory import Bench, Laboratory
from .scenarios import DATABASES, on
from .visitors import Reply, new_key, new_rid

THREADS, TIMES = 8, 10


@on(*DATABASES)
def test_no_increment_is_lost(bench: Bench) -> None:
    key = new_key()
    bench.stock(key, 0)

    def count(number: int) -> list[int]:
        server = bench.servers[number % 2]
        visitor, piece = bench.visitor("shop")
        return [visitor.send(server, piece, "count", new_rid(), key=key).status for _ in range(TIMES)]

    with ThreadPoolExecutor(THREADS) as pool:
        statuses = [status for replies in pool.map(count, range(THREADS)) for status in replies]

    assert statuses == [200] * (THREADS * TIMES)
    assert (bench.left(key), bench.database.effects(key)) == (THREADS * TIMES, THREADS * TIMES)


@on(*DATABASES)
def test_no_more_is_sold_than_there_is(bench: Bench) -> None:
    key = new_key()
    bench.stock(key, 12)

    def buy(number: int) -> list[str]:
        visitor, piece = bench.visitor("shop")
        return [visitor.send(bench.servers[number % 2], piece, "buy", new_rid(), key=key).told for _ in range(5)]

    with ThreadPoolExecutor(THREADS) as pool:
        told = [answer for answers in pool.map(buy, range(THREADS)) for answer in answers]

    assert (told.count("bought"), told.count("sold out")) == (12, THREADS * 5 - 12)
    assert (bench.left(key), bench.database.effects(key)) == (0, 12)


@on("postgresql", "mariadb")
def test_of_two_events_in_a_deadlock_one_is_tried_again(bench: Bench) -> None:
    names, rids = (new_key(), new_key()), (new_rid(), new_rid())
    for name in names:
        bench.stock(name, 10)

    def swap(number: int, *, insist: bool = False) -> Reply:
        visitor, piece = visitors[number]
        ask = visitor.insist if insist else visitor.send
        first, second = names if number == 0 else names[::-1]
        return ask(bench.servers[number], piece, "swap", rids[number], pause=1, key=first, first=first, second=second)

    visitors = [bench.visitor("shop") for _ in names]
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(swap, (0, 1)))

    assert sorted(reply.status for reply in replies) == [200, 503]
    loser = 0 if replies[0].status == 503 else 1
    assert int(replies[loser].headers["retry-after"]) >= 1
    assert bench.database.effects(names[loser]) == 0
    assert swap(loser, insist=True).told == "swapped"
    assert [bench.database.effects(name) for name in names] == [1, 1]
    assert [bench.left(name) for name in names] == [10, 10]


@pytest.mark.xdist_group("faults-sqlite-gunicorn")
@pytest.mark.parametrize("retry", [True, False], ids=["marked", "unmarked"])
def test_a_locked_sqlite_is_unavailable_and_then_goes_on(laboratory: Laboratory, retry: bool) -> None:
    options = laboratory.database("sqlite").settings["OPTIONS"] | {"timeout": 0.5}
    bench = laboratory.bench("sqlite", "gunicorn", OPTIONS=options)
    visitor, piece = bench.visitor("shop")
    key, rid = new_key(), new_rid()
    bench.stock(key, 1)
    locker = sqlite3.connect(bench.database.settings["NAME"], isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    try:
        refused = visitor.send(bench.servers[0], piece, "buy", rid, key=key)
        # Who only reads is not held up.
        reader, page = bench.visitor("reader")
    finally:
        locker.execute("ROLLBACK")
        locker.close()

    assert (refused.status, refused.code) == (503, "unavailable")
    assert int(refused.headers["retry-after"]) >= 1
    assert (bench.database.effects(key), bench.left(key), bench.records(rid)) == (0, 1, 0)
    began = time.monotonic()
    answer = visitor.send(bench.servers[0], piece, "buy", rid, retry=retry, key=key)
    assert (answer.status, answer.told) == (200, "bought")
    assert time.monotonic() - began < 2
    assert (bench.database.effects(key), bench.left(key)) == (1, 0)
    assert reader.send(bench.servers[0], page, "read", new_rid(), key=key).told == "1 effects"
