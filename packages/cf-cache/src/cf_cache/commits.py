"""Waiting for commits: what has changed is dropped once it is durable, and whoever changed it does not see it before.

The transaction around a whole test (`TestCase`) does not count as one: nothing would ever be durable in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cf_core.engine.outbox import Outbox, current_outbox

from . import generations


class Ending:
    """Ends generations; known by its class among all that waits for a commit."""

    __slots__ = ("is_done", "names")

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self.is_done = False

    def __call__(self) -> None:
        """End them."""
        generations.end(self.names)
        self.is_done = True


def end_after_commit(names: Iterable[str], using: str) -> None:
    """End these generations once what was written to the database `using` is durable: see `after_commit`."""
    after_commit(Ending(names), using)


def after_commit(function: Callable[[], None], using: str) -> None:
    """Call it on commit, or at the end of an event that has no transaction yet, or without either now.

    It is not called if the transaction or the event fails.
    """
    if connections[using].in_atomic_block:
        transaction.on_commit(function, using=using)
        return
    outbox = current_outbox.get()
    if outbox is None:
        function()
    else:
        # `on_commit` would open the event's transaction, which an event without statements does without.
        outbox.add(function)


def is_pending(names: Callable[[], Iterable[str]]) -> bool:
    """Return whether one of the generations ends with a transaction, or an event, that is still open here.

    `names` is asked only if there is anything to compare them with.
    """
    waiting: set[str] = set()
    for ending in _endings(current_outbox.get() or ()):
        waiting |= ending.names
    for connection in connections.all(initialized_only=True):
        is_open = depth(connection) > 0
        for ending in _endings(function for _, function, *_ in connection.run_on_commit):
            if is_open:
                waiting |= ending.names
            elif not ending.is_done:
                # Only a test is still around it.
                ending()
    return bool(waiting) and not waiting.isdisjoint(names())


def depth(connection: BaseDatabaseWrapper) -> int:
    """Return how many transactions and savepoints are open."""
    blocks: list[Any] = connection.atomic_blocks
    return sum(not block._from_testcase for block in blocks)


def _endings(functions: Iterable[Any]) -> Iterator[Ending]:
    """Yield those among what waits; what a rollback dropped is not there any more."""
    for function in functions:
        outbox = getattr(function, "__self__", None)
        if isinstance(outbox, Outbox):
            yield from _endings(outbox)
        elif isinstance(function, Ending):
            yield function
