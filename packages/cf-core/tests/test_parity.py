"""Every refusal of the table, by every transport: the same status and code, nothing done, nothing told."""

from __future__ import annotations

from typing import Any

import pytest

from cf_core.engine import errors
from cf_testing.parity import Refusal, World
from tests.parity_table import TABLE

CASES = TABLE.cases()


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "transport"), CASES.values(), ids=CASES)
def test_refusal(row: Refusal, transport: str, register: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World.populated(transport, settings=settings, monkeypatch=monkeypatch, register=register)

    TABLE.check(row, world)


def test_every_status_and_code_that_core_knows_is_in_the_table() -> None:
    def kinds(cls: type) -> set[tuple[int, str]]:
        below = {pair for sub in cls.__subclasses__() if sub.__module__ == errors.__name__ for pair in kinds(sub)}
        return below | {(cls.status, cls.code)}  # type: ignore[attr-defined]

    elsewhere = {(429, "rate_limited")}  # limits are those of cf_permissions
    assert kinds(errors.ComponentError) - elsewhere <= {(row.status, row.code) for row in TABLE.rows}
