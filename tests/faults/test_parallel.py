"""Many copies of one request at once, as a client that lost patience, a proxy or a double click sends them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from .conftest import require
from .laboratory import Bench, Laboratory
from .scenarios import DATABASES, on
from .servers import Server
from .visitors import Piece, Reply, Visitor, new_key, new_rid

COPIES = 50


def send_copies(
    servers: list[Server], visitor: Visitor, piece: Piece, event: str, rid: str, pause: float, key: str
) -> list[Reply]:
    """Send one request fifty times at once, in turn to the servers; return the replies in the order sent."""
    together = threading.Barrier(COPIES)

    def send(number: int) -> Reply:
        together.wait()
        return visitor.send(servers[number % len(servers)], piece, event, rid, pause=pause, key=key)

    with ThreadPoolExecutor(COPIES) as pool:
        return list(pool.map(send, range(COPIES)))


def equal_answer(
    servers: list[Server], visitor: Visitor, piece: Piece, event: str, rid: str, key: str, replies: list[Reply]
) -> Reply:
    """Return the one answer that all copies got, those that were told to wait by asking again."""
    assert {reply.code for reply in replies} <= {"", "in_progress"}
    waited = [number for number, reply in enumerate(replies) if reply.code == "in_progress"]
    for number in waited:
        assert int(replies[number].headers["retry-after"]) >= 1
        replies[number] = visitor.insist(servers[number % len(servers)], piece, event, rid, key=key)
    assert {reply.status for reply in replies} == {200}
    assert len({reply.content() for reply in replies}) == 1
    return replies[0]


def check_copies(bench: Bench, component: str, event: str, *, processes: int, pause: float) -> Reply:
    visitor, piece = bench.visitor(component)
    servers = list(bench.servers[:processes])
    key, rid = new_key(), new_rid()
    bench.stock(key, COPIES)
    replies = send_copies(servers, visitor, piece, event, rid, pause, key)
    answer = equal_answer(servers, visitor, piece, event, rid, key, replies)
    assert (bench.database.effects(key), bench.database.effects(f"sent-{key}")) == (1, 1)
    assert bench.left(key) == COPIES - (component == "shop")
    return answer


@on(*DATABASES)
@pytest.mark.parametrize("pause", [0, 1.3], ids=["quick", "slow"])
@pytest.mark.parametrize("processes", [1, 2])
def test_fifty_copies_have_one_effect(bench: Bench, processes: int, pause: float) -> None:
    assert check_copies(bench, "shop", "buy", processes=processes, pause=pause).told == "bought"


@on("sqlite", "postgresql", servers=["daphne"])
def test_fifty_copies_have_one_effect_under_asgi(bench: Bench) -> None:
    assert check_copies(bench, "shop", "buy", processes=2, pause=0.2).told == "bought"


@on("postgresql", caches=["redis"])
def test_copies_of_an_event_that_is_not_atomic_have_one_effect(bench: Bench) -> None:
    assert check_copies(bench, "loose", "book", processes=2, pause=0.2).told == "booked 0"


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        # psycopg's IsolationLevel.SERIALIZABLE
        pytest.param("postgresql", 4, marks=pytest.mark.xdist_group("faults-postgresql-gunicorn")),
        pytest.param("mariadb", "repeatable read", marks=pytest.mark.xdist_group("faults-mariadb-gunicorn")),
    ],
)
@pytest.mark.parametrize("event", ["buy", "look_and_tell"])
def test_fifty_copies_have_one_effect_at_stricter_isolation(
    laboratory: Laboratory, kind: str, level: object, event: str
) -> None:
    require(kind)
    bench = laboratory.bench(kind, "gunicorn", OPTIONS={"isolation_level": level})
    assert check_copies(bench, "shop", event, processes=2, pause=0.1).told == "bought"


@pytest.mark.xdist_group("faults-postgresql-gunicorn")
def test_the_next_event_goes_on_from_the_answer_that_won(laboratory: Laboratory, redis_and_postgresql: None) -> None:
    """State in a shared cache, answers in caches of their own: both processes run the event, one is undone."""
    bench = laboratory.bench("postgresql", "gunicorn", "redis", core={"ANSWER_CACHE": "local"})
    for _ in range(3):
        visitor, piece = bench.visitor("stored")
        key, rid = new_key(), new_rid()
        replies = send_copies(list(bench.servers), visitor, piece, "book", rid, 0.1, key)
        answer = equal_answer(list(bench.servers), visitor, piece, "book", rid, key, replies)

        following = visitor.send(bench.servers[0], piece.after(answer), "book", new_rid(), key=key, n=2)

        assert (following.status, following.told) == (200, "booked 2")
        assert bench.database.effects(key) == 2
