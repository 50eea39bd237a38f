"""The unit of work of an event: one transaction, opened at the event's first statement.

An event that never touches the database pays nothing; on SQLite, where a transaction takes the one write lock, a slow
event without queries blocks nobody.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from types import TracebackType

    from .engine.component import Component

logger = logging.getLogger("cf_core.transactions")

_READ = re.compile(r"\s*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|EXPLAIN|PRAGMA|SHOW)\b", re.I)
"""Statements that write nothing."""


class EventUnit:
    """Everything an event does on the component's database, kept or dropped together.

    Nests: inside another event or transaction it is a savepoint.
    """

    def __init__(self, component: Component) -> None:
        """Nothing is opened yet; `component` says on which database and whether at all (`atomic`)."""
        self.wrote = False
        self.touched = False
        self.queries = 0
        self._component = component
        self._atomic: transaction.Atomic | None = None
        self._is_committed = False
        self._opener: _Opener | None = None

    def __enter__(self) -> EventUnit:
        self._connection: BaseDatabaseWrapper = connections[self._component.using]
        self._connection.execute_wrappers.append(self._on_statement)
        if self._component.atomic:
            self._opener = _Opener.of(self._connection)
            self._opener.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.execute_wrappers.remove(self._on_statement)
        if self._opener is not None:
            self._opener.remove(self)
        try:
            if self._atomic is not None:
                self._atomic.__exit__(kind, error, trace)
        except Exception:
            if not self._is_committed:
                raise
            # Only a hook on commit is left to fail then, and the event itself is done.
            component = self._component
            logger.exception("A hook failed after %s.%s was committed", component.component_name, component.event)
        if error is not None:
            self.undo()

    def undo(self) -> None:
        """Take back what the event left outside the database."""
        for undo in reversed(self._component._undo):
            undo()
        self._component._undo.clear()

    def open(self) -> None:
        """Begin the transaction, or the savepoint, unless that is done."""
        if self._atomic is None:
            atomic = transaction.atomic(using=self._component.using)
            is_outermost = not self._connection.in_atomic_block
            atomic.__enter__()
            self._atomic = atomic
            if is_outermost:
                # The first of the hooks: those of authors come later.
                type(self._connection).on_commit(self._connection, self._note_commit)

    def _note_commit(self) -> None:
        self._is_committed = True

    def _on_statement(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        opener = self._opener
        if opener is not None and not opener.is_open:
            if opener.is_opening:
                return execute(sql, params, many, context)
            opener.open()
        self.touched = True
        self.queries += 1
        # psycopg takes composed statements too; what they do is not looked into.
        if not self.wrote and not (isinstance(sql, str) and _READ.match(sql)):
            self.wrote = True
        return execute(sql, params, many, context)


class _Opener:
    """Opens the transactions of the events that run on one connection, the outermost first.

    An author's own `transaction.atomic()` or `on_commit()` may come before the first statement: it must find the
    events' transactions open, or it would commit on its own. Django asks the connection for its autocommit mode first
    where no transaction is open, so that is where they are opened.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.is_open = False
        self.is_opening = False
        self._connection = connection
        self._units: list[EventUnit] = []

    @classmethod
    def of(cls, connection: BaseDatabaseWrapper) -> _Opener:
        """Return the connection's opener: the events inside an event share its."""
        known = getattr(vars(connection).get("on_commit"), "__self__", None)
        return known if isinstance(known, cls) else cls(connection)

    def add(self, unit: EventUnit) -> None:
        """Open the unit's transaction too, once the database is needed."""
        connection = self._connection
        if not self._units:
            connection.get_autocommit = self._get_autocommit  # type: ignore[method-assign]
            connection.on_commit = self._on_commit  # type: ignore[method-assign]
            if connection.connection is None:
                connection.connect = self._connect  # type: ignore[method-assign]
                connection.temporary_connection = self._temporary_connection  # type: ignore[method-assign]
            self._prepare()
        self._units.append(unit)
        self.is_open = False

    def remove(self, unit: EventUnit) -> None:
        """Forget the unit; with the last one the connection is as it was."""
        self._units.remove(unit)
        if self._units:
            # The outer events are open if this one was, and only then.
            self.is_open = unit._atomic is not None
        else:
            for name in ("get_autocommit", "on_commit", "connect", "temporary_connection"):
                vars(self._connection).pop(name, None)
            self._restore()

    def open(self) -> None:
        """Open what is not open yet."""
        self.is_opening = True
        try:
            self._restore()
            for unit in self._units:
                unit.open()
        finally:
            self.is_opening = False
        self.is_open = True

    def _prepare(self) -> None:
        connection = self._connection
        if not connection.in_atomic_block:
            connection.commit_on_exit = None  # type: ignore[assignment]
            connection.atomic_blocks = _Unopened()

    def _restore(self) -> None:
        connection = self._connection
        if connection.commit_on_exit is None:
            connection.commit_on_exit = True  # type: ignore[unreachable]  # None is this class's own
        if isinstance(connection.atomic_blocks, _Unopened):
            connection.atomic_blocks = []

    def _get_autocommit(self) -> bool:
        connection = self._connection
        if self.is_opening or connection.in_atomic_block:
            return type(connection).get_autocommit(connection)
        # Atomic.__enter__ has just set this flag; every other caller wants the truth.
        asked_by_atomic = connection.commit_on_exit is True
        self.open()
        return asked_by_atomic or type(connection).get_autocommit(connection)

    def _connect(self) -> None:
        # What a new connection does first, such as setting its isolation level, comes before any transaction.
        was_opening, self.is_opening = self.is_opening, True
        try:
            type(self._connection).connect(self._connection)
        finally:
            self.is_opening = was_opening
        if not was_opening:
            self._prepare()

    def _temporary_connection(self) -> AbstractContextManager[Any]:
        # Django asks for the server's version on a connection that it closes again; the event goes on with it.
        self._connection.ensure_connection()
        return type(self._connection).temporary_connection(self._connection)

    def _on_commit(self, func: Callable[[], Any], robust: bool = False) -> None:
        if not self.is_open:
            self.open()
        type(self._connection).on_commit(self._connection, func, robust)


class _Unopened(list[transaction.Atomic]):
    """The blocks of a connection whose transaction is about to be opened: a durable block is refused at once.

    It could only be a savepoint, which is what the author ruled out.
    """

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, index: Any) -> Any:
        return transaction.atomic()
