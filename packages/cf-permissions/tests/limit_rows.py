"""The rows of rate limits in the parity matrix."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from cf_core import Unavailable
from cf_testing import dispatch_event
from cf_testing.parity import Ask, Table, World
from tests.limited import witness

TABLE = Table(good=("free", "submit"), witness=witness)
COUNTED = {"counts_in": "rl:"}


def _used_up(world: World, component: str, event: str, times: int) -> None:
    for _ in range(times):
        dispatch_event(component, event, user=world.users["ann"])


@TABLE.refusal("the component's limit is used up", 429, "rate_limited", body={"error": "Too many requests"}, **COUNTED)
def _(world: World) -> Ask:
    _used_up(world, "quiz", "submit", 3)
    return world.ask("quiz", "submit")


@TABLE.refusal("the component's limit is used up by its other event", 429, "rate_limited", **COUNTED)
def _(world: World) -> Ask:
    _used_up(world, "quiz", "later", 3)
    return world.ask("quiz", "submit")


@TABLE.refusal("the event's limit is used up", 429, "rate_limited", **COUNTED)
def _(world: World) -> Ask:
    _used_up(world, "poll", "submit", 2)
    return world.ask("poll", "submit")


@TABLE.refusal("a payload that does not fit, over the limit", 429, "rate_limited", **COUNTED)
def _(world: World) -> Ask:
    _used_up(world, "quiz", "submit", 3)
    return world.ask("quiz", "submit", payload={"answer": "many"})


@TABLE.refusal("nobody asks over the limit of a component for users", 401, "auth_required")
def _(world: World) -> Ask:
    _used_up(world, "exam", "submit", 2)
    return world.ask("exam", "submit", world.nobody)


@TABLE.refusal("the cache that counts is down", 503, "unavailable", body={"retry_after": 1})
def _(world: World) -> Ask:
    down: dict[str, Any] = {"BACKEND": "tests.caches.DownCache"}
    world.settings.CACHES = {**world.settings.CACHES, "down": down}
    world.settings.CF_PERMISSIONS = {"RATE_CACHE": "down"}
    with suppress(Unavailable):
        # The outage is told once, and that is now.
        _used_up(world, "quiz", "submit", 1)
    return world.ask("quiz", "submit")
