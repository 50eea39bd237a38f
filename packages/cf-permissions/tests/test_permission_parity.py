"""Every refusal of a permission, by every transport: the same status and code, nothing done, nothing told."""

from __future__ import annotations

from typing import Any

import pytest

from cf_testing.parity import Refusal, World
from tests.permission_rows import EVERYTHING, TABLE

CASES = TABLE.cases()


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "transport"), CASES.values(), ids=CASES)
def test_refusal(
    row: Refusal, transport: str, component_registry: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, cls in EVERYTHING.items():
        component_registry.register(name)(cls)
    world = World.populated(transport, settings=settings, monkeypatch=monkeypatch)

    TABLE.check(row, world)
