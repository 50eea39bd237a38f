"""Waiting for commits: what has changed is dropped once it is durable, and whoever changed it does not see it before.

The transaction around a whole test (`TestCase`) does not count as one: nothing would ever be durable in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cf_core.engine.outbox import Outbox, current_outbox

from . import generations


class Ending:
    """Ends generations; known by its class among all that waits for a commit."""

    __slots__ = ("is_done", "names")

    def __init__(self, names: Iterable[str]) -> None:
        self.names = set(names)
        self.is_done = False

    def __call__(self) -> None:
        """End them."""
        generations.end(self.names)
        self.is_done = True


class Storing:
    """Calls a function once several databases have committed; not if one of them rolls back."""

    __slots__ = ("_function", "_open")

    def __init__(self, function: Callable[[], None], aliases: Iterable[str]) -> None:
        self._function = function
        self._open = set(aliases)

    def committed(self, alias: str) -> None:
        """Note that a database has committed."""
        self._open.discard(alias)
        if not self._open:
            self._function()


def end_after_commit(names: Iterable[str], using: str) -> None:
    """End these generations once what was written to the database `using` is durable: on commit, or at the end of an
    event that has no transaction yet, or without either now. Not if the transaction or the event fails.

    The change may have been another database's: after the commit of whatever else is open they end once more.
    """
    names = set(names)
    for alias in open_aliases():
        if alias != using:
            _on_commit(names, alias)
    if connections[using].in_atomic_block:
        _on_commit(names, using)
        return
    outbox = current_outbox.get()
    if outbox is None:
        generations.end(names)
    else:
        # `on_commit` would open the event's transaction, which an event without statements does without.
        outbox.add(Ending(names))


def _on_commit(names: set[str], alias: str) -> None:
    """Have one ending for all that a transaction changes, as long as the same savepoints are open."""
    connection = connections[alias]
    if connection.run_on_commit:
        savepoints, last, *_ = connection.run_on_commit[-1]
        if isinstance(last, Ending) and not last.is_done and savepoints == set(connection.savepoint_ids):
            last.names |= names
            return
    transaction.on_commit(Ending(names), using=alias)


def after_commits(function: Callable[[], None], aliases: Collection[str]) -> None:
    """Call it once all of these databases have committed; without any, now."""
    if not aliases:
        function()
        return
    storing = Storing(function, aliases)
    for alias in aliases:
        transaction.on_commit(partial(storing.committed, alias), using=alias)


def open_aliases() -> list[str]:
    """Return the databases that have a transaction open here."""
    return [connection.alias for connection in connections.all(initialized_only=True) if depth(connection) > 0]


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
