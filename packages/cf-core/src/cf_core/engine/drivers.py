"""The two ways to run a lifecycle: one for sync callers, one for async callers.

Each resolves a yielded value only when it is awaitable, so that a component of plain `def`s costs no event loop,
and one of `async def`s no second copy of the lifecycle (as httpx runs its auth flows).
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from contextvars import Context, ContextVar, copy_context
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from asgiref.sync import SyncToAsync, async_to_sync, sync_to_async

from .ports import Pause

T = TypeVar("T")


def run_sync(steps: Generator[Any, Any, T], *, entry: str | None = None) -> T:
    """Run a lifecycle to its end from sync code.

    With `entry`, the name of the async way in, being called on a running event loop is a RuntimeError at once;
    without it only where something has to be awaited there.
    """
    if entry is not None:
        _refuse_running_loop(steps, entry)
    try:
        value = steps.send(None)
        while True:
            if value is None or value is True or value is False:
                value = steps.send(value)
            elif inspect.isawaitable(value):
                _refuse_running_loop(steps, "the async driver")
                try:
                    result = async_to_sync(_wait_for)(value)
                except BaseException as error:  # noqa: BLE001 - the lifecycle hears of it and unwinds
                    value = steps.throw(error)
                    continue
                value = steps.send(result)
            elif type(value) is Pause:
                time.sleep(value.seconds)
                value = steps.send(None)
            else:
                value = steps.send(value)
    except StopIteration as stop:
        result_value: T = stop.value
        return result_value
    finally:
        steps.close()


async def run_async(steps: Generator[Any, Any, T]) -> T:
    """Run a lifecycle to its end from async code.

    Its sync stretches run in the thread-sensitive thread, one hop for as long as nothing has to be awaited. A call
    that is cancelled there is not abandoned: the stretch is waited for, then the cancellation is thrown into the
    lifecycle in the same thread, so that its transaction is rolled back where it was opened. Calls that share a
    thread, and so a database connection, take turns.
    """
    try:
        async with _turn():
            return await _run_async(steps)
    finally:
        steps.close()


async def _run_async(steps: Generator[Any, Any, T]) -> T:
    send: Any = None
    error: BaseException | None = None
    while True:
        step, cancelled = await _hop(steps, send, error)
        send, error = None, None
        if step.ended:
            if cancelled is not None:
                raise cancelled
            if step.error is not None:
                raise step.error
            result: T = step.value
            return result
        if cancelled is not None:
            if inspect.iscoroutine(step.value):
                step.value.close()
            error = cancelled
            continue
        try:
            if type(step.value) is Pause:
                await asyncio.sleep(step.value.seconds)
            else:
                send = await step.value
        except BaseException as raised:  # noqa: BLE001 - the lifecycle hears of it and unwinds
            error = raised


class _Turn:
    """A call's hold on its thread; over once the call has ended, whatever tasks it left behind."""

    __slots__ = ("is_over", "lock")

    def __init__(self, lock: asyncio.Lock) -> None:
        self.lock = lock
        self.is_over = False


_locks: WeakKeyDictionary[Any, asyncio.Lock] = WeakKeyDictionary()
_current_turn: ContextVar[_Turn | None] = ContextVar("cf_core_turn", default=None)


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """Wait until no other call has a transaction open in the thread; a call inside a call has its turn already."""
    thread = SyncToAsync.thread_sensitive_context.get(None) or asyncio.get_running_loop()
    lock = _locks.get(thread)
    if lock is None:
        lock = _locks[thread] = asyncio.Lock()
    before = _current_turn.get()
    if before is not None and before.lock is lock and not before.is_over:
        yield
        return
    async with lock:
        turn = _Turn(lock)
        _current_turn.set(turn)
        try:
            yield
        finally:
            turn.is_over = True
            _current_turn.set(before)


class _Step(NamedTuple):
    value: Any = None
    ended: bool = False
    error: BaseException | None = None


async def _hop(
    steps: Generator[Any, Any, Any], send: Any, error: BaseException | None
) -> tuple[_Step, asyncio.CancelledError | None]:
    """Advance in the thread. A cancellation meanwhile is kept until the thread has come back."""
    context = copy_context()
    advance = sync_to_async(_advance, thread_sensitive=True)(steps, send, error)
    task = asyncio.get_running_loop().create_task(advance, context=context)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as request:
            cancelled = request
    _adopt(context)
    return task.result(), cancelled


def _adopt(context: Context) -> None:
    """Set here what was set there: an async handler finds its call's outbox, as a sync one does."""
    for variable, value in context.items():
        if variable.get(None) is not value:
            variable.set(value)


def _advance(steps: Generator[Any, Any, Any], send: Any, error: BaseException | None) -> _Step:
    """Run to the end or to the next value that has to be awaited; nothing is raised across the thread's border."""
    try:
        value = steps.send(send) if error is None else steps.throw(error)
        while not (inspect.isawaitable(value) or type(value) is Pause):
            value = steps.send(value)
    except StopIteration as stop:
        return _Step(stop.value, ended=True)
    except BaseException as raised:  # noqa: BLE001 - raised again by the driver
        return _Step(ended=True, error=raised)
    return _Step(value)


async def _wait_for(value: Any) -> Any:
    return await value


def _refuse_running_loop(steps: Generator[Any, Any, Any], entry: str) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    steps.close()
    raise RuntimeError(f"Called on a running event loop: use `await` with {entry} there.")
