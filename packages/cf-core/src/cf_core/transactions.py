"""The unit of work of an event: one transaction, opened at the event's first statement.

An event that never touches the database pays nothing; on SQLite, where a transaction takes the one write lock, a slow
event without queries blocks nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from types import TracebackType

    from .engine.component import Component

_READ = re.compile(r"\s*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|EXPLAIN|PRAGMA|SHOW)\b", re.I)
"""Statements that write nothing."""


class EventUnit:
    """Everything an event does on the component's database, kept or dropped together.

    Nests: inside another transaction it is a savepoint.
    """

    def __init__(self, component: Component) -> None:
        """Nothing is opened yet; `component` says on which database and whether at all (`atomic`)."""
        self.wrote = False
        self.touched = False
        self.queries = 0
        self._component = component
        self._is_atomic = component.atomic
        self._atomic: transaction.Atomic | None = None
        self._is_opening = False
        self._is_watching = False

    def __enter__(self) -> EventUnit:
        self._connection: BaseDatabaseWrapper = connections[self._component.using]
        self._connection.execute_wrappers.append(self._on_statement)
        # An event inside another one leaves the watching to the outer one, whose transaction comes first anyway.
        if self._is_atomic and not self._connection.in_atomic_block and "on_commit" not in vars(self._connection):
            self._watch_transactions()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.execute_wrappers.remove(self._on_statement)
        self._unwatch_transactions()
        try:
            if self._atomic is not None:
                self._atomic.__exit__(kind, error, trace)
        except BaseException:
            self._undo()
            raise
        if error is not None:
            self._undo()

    def _undo(self) -> None:
        for undo in reversed(self._component._undo):
            undo()

    def _open(self) -> None:
        if self._atomic is None and self._is_atomic and not self._is_opening:
            self._is_opening = True
            try:
                self._unwatch_transactions()
                atomic = transaction.atomic(using=self._component.using)
                atomic.__enter__()
                self._atomic = atomic
            finally:
                self._is_opening = False

    def _on_statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self._is_opening:
            return execute(sql, params, many, context)
        self._open()
        self.touched = True
        self.queries += 1
        if not self.wrote and not _READ.match(sql):
            self.wrote = True
        return execute(sql, params, many, context)

    # An author's own `transaction.atomic()` or `on_commit()` may come before the event's first statement: it must
    # find the event's transaction open, or it would commit on its own. Django asks the connection for its autocommit
    # mode first in both cases, so that is where the transaction is opened.

    def _watch_transactions(self) -> None:
        self._is_watching = True
        connection = self._connection
        connection.get_autocommit = self._get_autocommit  # type: ignore[method-assign]
        connection.on_commit = self._on_commit  # type: ignore[method-assign]
        connection.commit_on_exit = None  # type: ignore[assignment]

    def _unwatch_transactions(self) -> None:
        if self._is_watching:
            self._is_watching = False
            del self._connection.get_autocommit, self._connection.on_commit
            if self._connection.commit_on_exit is None:
                self._connection.commit_on_exit = True  # type: ignore[unreachable]  # None is this class's own

    def _get_autocommit(self) -> bool:
        # Atomic.__enter__ has just reset this flag from None; every other caller wants the truth.
        asked_by_atomic = self._connection.commit_on_exit is True
        self._open()
        return True if asked_by_atomic else self._connection.get_autocommit()

    def _on_commit(self, func: Callable[[], Any], robust: bool = False) -> None:
        self._open()
        self._connection.on_commit(func, robust)
