"""Work for the database that sync code does at once and async code awaits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Generic, TypeVar

from asgiref.sync import sync_to_async

T = TypeVar("T")


class Work(Awaitable[T], Generic[T]):
    """Something that is done when it is made, unless that is in async code: then it is done when it is awaited.

    The component that made it refuses to be sealed while it is not done, so that a forgotten `await` is an error and
    the event is rolled back.
    """

    __slots__ = ("_result", "_work", "is_done", "name")

    def __init__(self, work: Callable[[], T], name: str) -> None:
        """`name` is how the author calls it, for errors. Raises what the work raises, if it is done at once."""
        self._work = work
        self._result: T
        self.name = name
        self.is_done = False
        if not _is_on_loop():
            self._do()

    def __await__(self) -> Generator[Any, None, T]:
        if not self.is_done:
            # In the thread that holds the event's transaction.
            yield from sync_to_async(self._do, thread_sensitive=True)().__await__()
        return self._result

    def __bool__(self) -> bool:
        if not self.is_done:
            raise TypeError(f"{self.name}() was called in async code: write `await self.{self.name}(...)`.")
        return bool(self._result)

    def result(self) -> T:
        """Return what came of it. Raises TypeError while it is not done."""
        bool(self)
        return self._result

    def _do(self) -> None:
        # Refused work is over too: what it raised is what the handler is told.
        self.is_done = True
        self._result = self._work()


def _is_on_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
