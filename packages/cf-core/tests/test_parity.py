"""Every refusal of the table, by every transport: the same status and code, nothing done, nothing told."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.test import Client

from tests import parity_table  # noqa: F401 - fills the table
from tests.parity import EVERY, HTTP, TABLE, TRANSPORTS, WITHOUT_TOKEN, Refusal, World
from tests.refusals import assert_refused

CASES = [
    pytest.param(row, transport, id=f"{transport}: {row.name}")
    for row in TABLE
    for transport in EVERY
    if transport in row.by
]


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "transport"), CASES)
def test_refusal(
    row: Refusal,
    transport: str,
    register: Any,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    ann: Any,
    bob: Any,
    boss: Any,
) -> None:
    users = {"ann": ann, "bob": bob, "boss": boss}
    clients = {name: Client() for name in users}
    for name, client in clients.items():
        client.force_login(users[name])
    world = World(
        transport, Client(), **clients, settings=settings, monkeypatch=monkeypatch, register=register, users=users
    )
    ask = row.arrange(world)

    status, code = row.but.get(transport, (row.status, row.code))
    if code is None:
        assert TRANSPORTS[transport](ask).status == status
        return
    outcome = assert_refused(
        lambda: TRANSPORTS[transport](ask),
        status,
        code,
        good=world.good,
        may_run=row.may_run,
        may_mount=transport in WITHOUT_TOKEN,
        may_alarm=row.may_alarm if transport in HTTP or row.status < 500 else 0,
    )
    for name, value in row.body.items():
        assert outcome.body.get(name) == value


def test_the_names_of_the_rows_are_unique() -> None:
    assert [name for name, number in Counter(row.name for row in TABLE).items() if number > 1] == []


def test_every_status_and_code_that_core_knows_is_in_the_table() -> None:
    from cf_core.engine import errors

    def kinds(cls: type) -> set[tuple[int, str]]:
        below = {pair for sub in cls.__subclasses__() if sub.__module__ == errors.__name__ for pair in kinds(sub)}
        return below | {(cls.status, cls.code)}  # type: ignore[attr-defined]

    elsewhere = {(429, "rate_limited")}  # limits are those of cf_permissions
    assert kinds(errors.ComponentError) - elsewhere <= {(row.status, row.code) for row in TABLE}
