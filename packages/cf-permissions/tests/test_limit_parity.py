"""Every refusal of a limit, by every transport: the same status and code, nothing done, nothing told."""

from __future__ import annotations

from typing import Any

import pytest

from cf_testing.parity import Refusal, World
from tests.limit_rows import TABLE

CASES = TABLE.cases()


@pytest.mark.django_db
@pytest.mark.usefixtures("limited", "clock")
@pytest.mark.parametrize(("row", "transport"), CASES.values(), ids=CASES)
def test_refusal(row: Refusal, transport: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World.populated(transport, settings=settings, monkeypatch=monkeypatch, register=None)  # type: ignore[arg-type]

    TABLE.check(row, world)
