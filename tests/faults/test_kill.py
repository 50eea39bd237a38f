"""kill -9 at every point of an event, and the same request id again: one effect, one answer."""

from __future__ import annotations

import pytest

from .laboratory import Bench
from .project.faultpoints import POINTS
from .scenarios import DATABASES, on
from .visitors import Lost, new_key, new_rid

DURABLE = ("after-commit", "before-answer", "during-answer")
"""Points at which the effect is committed already."""


def apply_once(bench: Bench, point: str, *, retry: bool, elsewhere: bool) -> None:
    """Sell the last one, have the server killed meanwhile, and ask again."""
    first, second = bench.servers
    visitor, piece = bench.visitor("shop")
    key, rid = new_key(), new_rid()
    bench.stock(key, 1)
    with pytest.raises(Lost) as lost:
        visitor.send(first, piece, "buy", rid, fault=point, key=key)
    assert bench.database.effects(key) == (point in DURABLE)

    answer = visitor.insist(second if elsewhere else first, piece, "buy", rid, retry=retry, key=key)

    assert (answer.status, answer.told) == (200, "bought")
    assert (bench.database.effects(key), bench.left(key), bench.records(rid)) == (1, 0, 1)
    assert answer.body.startswith(lost.value.body)
    for server in bench.servers:
        assert visitor.insist(server, piece, "buy", rid, key=key).content() == answer.content()
    assert bench.database.effects(key) == 1


@on("postgresql")
@pytest.mark.parametrize("elsewhere", [False, True], ids=["restarted", "other"])
@pytest.mark.parametrize("retry", [True, False], ids=["marked", "unmarked"])
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_event_is_applied_once(bench: Bench, point: str, retry: bool, elsewhere: bool) -> None:
    apply_once(bench, point, retry=retry, elsewhere=elsewhere)


@on("sqlite", "mariadb")
@pytest.mark.parametrize(("retry", "elsewhere"), [(True, False), (False, True)], ids=["restarted", "other-unmarked"])
@pytest.mark.parametrize("point", POINTS)
def test_it_is_on_every_database(bench: Bench, point: str, retry: bool, elsewhere: bool) -> None:
    apply_once(bench, point, retry=retry, elsewhere=elsewhere)


@on(*DATABASES, servers=["daphne"])
@pytest.mark.parametrize("point", POINTS)
def test_it_is_under_asgi(bench: Bench, point: str) -> None:
    kind = bench.database.kind
    apply_once(bench, point, retry=kind != "postgresql", elsewhere=kind != "sqlite")
