"""Many that want a state at once: one mounts, the others wait for it."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.http import Http404

from cf_cache.locking import MountLock
from cf_core import Component
from tests import backends, stampede
from tests.keeping import key_of
from tests.stampede import Failing, Slow, SlowAsync, Unkept, seen

MANY = 50
PACKAGE = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    seen.clear()
    yield
    seen.clear()


def in_threads(cls: type[Component], number: int = MANY) -> list[Any]:
    """Return what each of so many threads, let go at once, came to: a state, or an exception's class."""
    results: list[Any] = []
    gate = threading.Barrier(number)

    def want() -> None:
        component = cls()
        gate.wait()
        try:
            component.dispatch()
        except LookupError as error:
            results.append(type(error))
        else:
            results.append(component.state.get("made"))
        finally:
            caches.close_all()

    threads = [threading.Thread(target=want) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("name", ["locmem", "redis", "memcached"])
@pytest.mark.parametrize("cls", [Slow, SlowAsync])
def test_fifty_threads_mount_once(name: str, cls: type[Component], use_cache: Callable[[str], None]) -> None:
    use_cache(name)

    results = in_threads(cls)

    assert len(seen) == 1
    assert len(results) == MANY
    assert len(set(results)) == 1


def test_after_an_invalidation_they_mount_once_more() -> None:
    in_threads(Slow, 10)
    Slow.invalidate_cache()

    results = in_threads(Slow, 10)

    assert len(seen) == 2
    assert len(set(results)) == 1


@pytest.mark.parametrize("cls", [Slow, SlowAsync])
def test_fifty_tasks_of_one_loop_mount_once(cls: type[Component], monkeypatch: pytest.MonkeyPatch) -> None:
    async def want() -> Any:
        return (await cls().adispatch())["state"]["made"]

    async def run() -> list[Any]:
        return await asyncio.gather(*(want() for _ in range(MANY)))

    results = asyncio.run(run())

    assert len(seen) == 1
    assert len(set(results)) == 1


def test_who_waits_does_not_hold_up_the_loop() -> None:
    key = key_of(Slow())
    cache.set(f"{key}:lock", "another process", 30)

    async def run() -> tuple[int, Any]:
        waiting = asyncio.create_task(Slow().adispatch())
        turns = 0
        while not waiting.done() and turns < 20:
            await asyncio.sleep(0.01)
            turns += 1
        assert not waiting.done()
        cache.set(key, {"made": 7}, 30)
        return turns, await waiting

    turns, result = asyncio.run(run())

    assert turns == 20
    assert result["state"] == {"made": 7}
    assert seen == []


def test_task_that_is_cancelled_while_it_mounts_lets_the_others_go_on() -> None:
    async def run() -> Any:
        first = asyncio.create_task(SlowAsync().adispatch())
        while not seen:
            await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        return await SlowAsync().adispatch()

    result = asyncio.run(run())

    assert result["state"]["made"]
    assert len(seen) == 2


@pytest.mark.parametrize("cls", [Failing, Unkept])
def test_where_nothing_can_be_shared_nobody_waits_in_line(cls: type[Component], settings: Any) -> None:
    # In line they would take 0.2 s each, and those at its end would give up waiting.
    settings.CF_CACHE = {"LOCK_SECONDS": 30}

    results = in_threads(cls, 20)

    assert len(seen) == 20
    assert len(results) == 20
    if cls is Unkept:
        assert cache.get(f"{key_of(cls())}:lock") == "free for all"


def test_lock_of_the_dead_is_taken_over_by_one(settings: Any) -> None:
    settings.CF_CACHE = {"LOCK_SECONDS": 10}
    cache.set(f"{key_of(Slow())}:lock", "the dead", 1)

    results = in_threads(Slow, 20)

    assert len(seen) == 1
    assert len(set(results)) == 1


def test_lock_that_never_ends_is_not_waited_for_for_ever(settings: Any) -> None:
    settings.CF_CACHE = {"LOCK_SECONDS": 1}
    cache.set(f"{key_of(Slow())}:lock", "another process", None)

    component = Slow()
    component.mount()

    assert component.state["made"]
    assert len(seen) == 1


def test_lock_that_another_took_over_is_left_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = f"{key_of(Slow())}:lock"

    def lose_it(seconds: float) -> None:
        cache.set(lock, "another process", 30)

    monkeypatch.setattr(stampede.time, "sleep", lose_it)
    Slow().mount()

    assert cache.get(lock) == "another process"


def test_who_gets_the_lock_looks_once_more_before_it_mounts(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    def take(self: MountLock) -> bool:
        # The last holder is done, just between this one's look and its turn.
        cache.set(key_of(Slow()), {"made": 7}, 30)
        taken.append("taken")
        return True

    monkeypatch.setattr(MountLock, "take", take)
    component = Slow()
    component.mount()

    assert component.state == {"made": 7}
    assert taken == ["taken"]
    assert seen == []


def test_after_a_mount_that_was_cancelled_one_mounts() -> None:
    async def run() -> None:
        first = asyncio.create_task(SlowAsync().adispatch())
        while not seen:
            await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)

    asyncio.run(run())
    assert cache.get(f"{key_of(SlowAsync())}:lock") is None

    in_threads(SlowAsync, 10)
    assert len(seen) == 2


def test_after_a_refusal_one_mounts(monkeypatch: pytest.MonkeyPatch) -> None:
    class Moody(Slow):
        def mount(self) -> None:
            if not seen:
                seen.append("refused")
                raise Http404
            super().mount()

    with pytest.raises(Http404):
        Moody().mount()

    in_threads(Moody, 10)
    assert len(seen) == 2


def test_after_a_failure_everybody_mounts_for_a_moment_only(settings: Any) -> None:
    settings.CF_CACHE = {"LOCK_SECONDS": 60}
    with pytest.raises(LookupError):
        Failing().mount()
    time.sleep(1.2)

    assert cache.get(f"{key_of(Failing())}:lock") is None


def test_mounts_that_outlive_the_lock_begin_one_after_the_other(settings: Any) -> None:
    settings.CF_CACHE = {"LOCK_SECONDS": 1}

    class Slower(Slow):
        seconds = 3.5

    results = in_threads(Slower, 20)

    assert len(results) == 20
    # One whenever the lock of the last is over; not all that have waited.
    assert len(seen) <= 5


class Menu(Slow):
    """Places itself, under one key."""

    def get_cache_key(self, name: str, params: Any, state: Any) -> str:
        return "menu"

    def mount(self, depth: int = 2) -> None:
        seen.append(depth)
        if depth:
            type(self)(depth=depth - 1).dispatch()


class MenuAsync(Menu):
    async def mount(self, depth: int = 2) -> None:
        seen.append(depth)
        if depth:
            await type(self)(depth=depth - 1).adispatch()


@pytest.mark.parametrize("show", [lambda: Menu().dispatch(), lambda: asyncio.run(MenuAsync().adispatch())])
def test_mount_that_asks_for_its_own_entry_does_not_wait_for_itself(show: Callable[[], Any], settings: Any) -> None:
    settings.CF_CACHE = {"LOCK_SECONDS": 600}

    show()

    assert seen == [2, 1, 0]


def test_hydrate_that_fails_on_the_second_look_gives_the_lock_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unfit(Slow):
        def hydrate(self, state: dict[str, Any]) -> None:
            raise LookupError

    take = MountLock.take

    def take_late(self: MountLock) -> bool:
        cache.set(key_of(Unfit()), {"made": 7}, 30)
        return take(self)

    monkeypatch.setattr(MountLock, "take", take_late)
    with pytest.raises(LookupError):
        Unfit().mount()

    assert cache.get(f"{key_of(Unfit())}:lock") is None


# -- several processes


class Worker:
    """A process that wants the component in several threads."""

    def __init__(self, name: str, prefix: str, folder: Path, **told: Any) -> None:
        entry = {**backends.backend(name, folder), "KEY_PREFIX": prefix}
        told = {"caches": {"default": entry}, "settings": {}, "seconds": 0.5, "threads": 1} | told
        environment = {**os.environ, "CF_TEST_ANNOUNCE": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.stampede_worker", json.dumps(told)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PACKAGE,
            env=environment,
        )

    def wait_for(self, word: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip() == word:
                return
        raise AssertionError(f"The worker ended without saying {word!r}")

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def result(self) -> dict[str, Any]:
        output, _ = self.process.communicate(timeout=60)
        assert self.process.returncode == 0
        told: dict[str, Any] = json.loads(output.splitlines()[-1])
        return told


@pytest.fixture
def start(tmp_path: Path, use_cache: Callable[[str], None]) -> Iterator[Callable[..., Worker]]:
    workers: list[Worker] = []
    prefix = f"stampede-{secrets.token_hex(4)}"

    def make(name: str, **told: Any) -> Worker:
        use_cache(name)
        workers.append(Worker(name, prefix, tmp_path, **told))
        return workers[-1]

    yield make
    for worker in workers:
        worker.process.kill()
        worker.process.communicate()


@pytest.mark.parametrize("name", backends.SHARED)
def test_processes_mount_once(name: str, start: Callable[..., Worker]) -> None:
    workers = [start(name, threads=13) for _ in range(4)]
    for worker in workers:
        worker.wait_for("ready")
    for worker in workers:
        worker.go()

    results = [worker.result() for worker in workers]

    assert sum(result["mounts"] for result in results) == 1
    assert sum(result["shown"] for result in results) == 52
    assert len({state for result in results for state in result["states"]}) == 1


@pytest.mark.parametrize("name", backends.SHARED)
def test_others_go_on_when_the_one_that_mounts_is_killed(name: str, start: Callable[..., Worker]) -> None:
    told = {"settings": {"LOCK_SECONDS": 3}}
    victim = start(name, seconds=60, **told)
    others = [start(name, seconds=0.1, threads=5, **told) for _ in range(2)]
    for worker in (victim, *others):
        worker.wait_for("ready")
    victim.go()
    victim.wait_for("mounting")
    for worker in others:
        worker.go()
    victim.process.kill()

    results = [worker.result() for worker in others]

    assert sum(result["mounts"] for result in results) == 1
    assert sum(result["shown"] for result in results) == 10
