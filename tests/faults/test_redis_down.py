"""Redis as the cache of answers and states: killed, restarted, emptied and hanging while events come in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from .conftest import require
from .laboratory import Bench, Laboratory
from .redis_server import RedisServer
from .test_parallel import equal_answer, send_copies
from .visitors import new_key, new_rid

pytestmark = pytest.mark.xdist_group("faults-postgresql-gunicorn")
WARNING = "event records alone hold"


@pytest.fixture
def bench(laboratory: Laboratory) -> Iterator[Bench]:
    """Two servers with a Redis, which is up again afterwards."""
    require("postgresql", "redis")
    made = laboratory.bench("postgresql", "gunicorn", "redis")
    for server in made.servers:
        server.pid()
    yield made
    redis_of(made).go_on()
    redis_of(made).start()


def redis_of(bench: Bench) -> RedisServer:
    assert bench.redis is not None
    return bench.redis


def test_without_redis_the_records_alone_hold(bench: Bench) -> None:
    visitor, piece = bench.visitor("shop")
    key, rid = new_key(), new_rid()
    bench.stock(key, 1)
    redis_of(bench).kill()

    answers = [
        visitor.send(server, piece, "buy", rid, retry=retry, key=key) for server in bench.servers for retry in (0, 1)
    ]

    assert {answer.told for answer in answers} == {"bought"}
    assert len({answer.content() for answer in answers}) == 1
    assert (bench.database.effects(key), bench.left(key), bench.records(rid)) == (1, 0, 1)
    # Told when the outage began, which for this server may have been in another test.
    assert WARNING in bench.servers[0].log.read_text()
    redis_of(bench).start()
    assert visitor.send(bench.servers[1], piece, "buy", rid, key=key).content() == answers[0].content()


def test_fifty_copies_have_one_effect_without_redis(bench: Bench) -> None:
    visitor, piece = bench.visitor("shop")
    key, rid = new_key(), new_rid()
    bench.stock(key, 50)
    redis_of(bench).kill()

    replies = send_copies(list(bench.servers), visitor, piece, "buy", rid, 0.05, key)

    assert equal_answer(list(bench.servers), visitor, piece, "buy", rid, key, replies).told == "bought"
    assert (bench.database.effects(key), bench.left(key)) == (1, 49)


def test_what_only_the_cache_could_remember_is_unavailable_until_it_is_back(bench: Bench) -> None:
    visitor, piece = bench.visitor("loose")
    kept, page = bench.visitor("stored")
    key, rid, stored_rid = new_key(), new_rid(), new_rid()
    redis_of(bench).kill()
    for reply in (
        visitor.send(bench.servers[0], piece, "book", rid, key=key),
        kept.send(bench.servers[0], page, "book", stored_rid, key=key),
    ):
        assert (reply.status, reply.code) == (503, "unavailable")
        assert int(reply.headers["retry-after"]) >= 1
    assert bench.database.effects(key) == 0

    redis_of(bench).start()
    began = time.monotonic()

    assert visitor.send(bench.servers[0], piece, "book", rid, retry=True, key=key).told == "booked 0"
    assert time.monotonic() - began < 1
    assert bench.database.effects(key) == 1
    # Redis kept nothing, so that component begins anew.
    assert kept.send(bench.servers[0], page, "book", stored_rid, retry=True, key=key).code == "state_expired"


@pytest.mark.parametrize("loss", ["kill", "flush", "restart"])
def test_redis_lost_during_an_event(bench: Bench, loss: str) -> None:
    """The claim is gone while its event still runs; a copy that comes then runs too, and one of them is undone."""
    visitor, piece = bench.visitor("shop")
    key, rid = new_key(), new_rid()
    bench.stock(key, 50)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(visitor.send, bench.servers[0], piece, "buy", rid, pause=1.5, key=key)
        time.sleep(0.5)
        if loss == "flush":
            redis_of(bench).flush()
        else:
            redis_of(bench).kill()
        if loss == "restart":
            redis_of(bench).start()
        second = visitor.send(bench.servers[1], piece, "buy", rid, retry=True, key=key)

    assert (first.result().told, second.told) == ("bought", "bought")
    assert first.result().content() == second.content()
    assert (bench.database.effects(key), bench.left(key), bench.records(rid)) == (1, 49, 1)


def test_a_redis_that_hangs_holds_an_event_for_its_timeout_only(bench: Bench) -> None:
    visitor, piece = bench.visitor("shop")
    loose, page = bench.visitor("loose")
    key, rid = new_key(), new_rid()
    bench.stock(key, 1)
    redis_of(bench).pause()
    began = time.monotonic()
    answer = visitor.send(bench.servers[0], piece, "buy", rid, key=key)
    refused = loose.send(bench.servers[0], page, "book", new_rid(), key=key)
    seconds = time.monotonic() - began
    redis_of(bench).go_on()

    assert (answer.told, refused.code) == ("bought", "unavailable")
    assert seconds < 10
    began = time.monotonic()
    assert visitor.send(bench.servers[1], piece, "buy", rid, retry=True, key=key).content() == answer.content()
    assert time.monotonic() - began < 1
    assert bench.database.effects(key) == 1
