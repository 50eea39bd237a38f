"""Context processors that the tests can watch."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

calls: list[HttpRequest] = []


def counted(request: HttpRequest) -> dict[str, Any]:
    """Add a name, and remember that it was asked."""
    calls.append(request)
    return {"from_processor": "processed", "shadowed": "by the processor"}
