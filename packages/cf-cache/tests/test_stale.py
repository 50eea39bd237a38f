"""An old state is shown while one request makes a new one, if the project says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache

from cf_cache import CacheMixin
from cf_cache.signals import cache_hit, cache_miss
from cf_core import Component
from tests.components import Inline, mounts
from tests.keeping import key_of


class Clock:
    now = 1_800_000_000.0

    def forward(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What the loader takes for the time; the cache itself goes by the real one."""
    clock = Clock()
    monkeypatch.setattr(
        "cf_cache.loading.time", SimpleNamespace(time=lambda: clock.now, monotonic=time.monotonic, sleep=time.sleep)
    )
    return clock


class Figures(CacheMixin, Component):
    renderer = Inline("<p>{{ state.count }}</p>")
    cache_ttl = 60
    cache_stale = 30
    during: Callable[[], None] = staticmethod(lambda: None)

    def mount(self) -> None:
        mounts.append("figures")
        self.during()
        self.state["count"] = len(mounts)


class Strict(Figures):
    cache_stale = None


def shown(cls: type[Component] = Figures) -> int:
    component = cls()
    component.mount()
    count: int = component.state["count"]
    return count


@pytest.mark.parametrize(("seconds", "count"), [(0, 1), (59.9, 1), (60, 2), (90, 2), (1000, 2)])
def test_state_is_fresh_for_its_time(clock: Clock, seconds: float, count: int) -> None:
    shown(Strict)
    clock.forward(seconds)

    assert shown(Strict) == count


def test_first_after_its_time_makes_a_new_one(clock: Clock) -> None:
    shown()
    clock.forward(61)

    assert shown() == 2
    assert shown() == 2


def test_others_are_shown_the_old_one_meanwhile(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    shown()
    clock.forward(61)
    meanwhile: list[int] = []

    def look() -> None:
        threads = [threading.Thread(target=lambda: meanwhile.append(shown())) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    monkeypatch.setattr(Figures, "during", staticmethod(look))

    assert shown() == 2
    assert meanwhile == [1] * 10
    assert mounts == ["figures", "figures"]


def test_too_old_is_not_shown(clock: Clock) -> None:
    shown()
    clock.forward(90)
    cache.set(f"{key_of(Figures())}:lock", "free for all", 30)

    assert shown() == 2


def test_setting_holds_where_the_class_says_nothing(clock: Clock, settings: Any) -> None:
    settings.CF_CACHE = {"STALE_SECONDS": 30}
    shown(Strict)
    clock.forward(61)
    cache.set(f"{key_of(Strict())}:lock", "another", 30)

    assert shown(Strict) == 1


@pytest.mark.django_db(transaction=True)
def test_invalidated_is_never_shown_as_stale(clock: Clock) -> None:
    shown()
    Figures.invalidate_cache()
    clock.forward(61)
    cache.set(f"{key_of(Figures())}:lock", "free for all", 30)

    assert shown() == 2


def test_new_one_that_fails_is_told_and_the_next_tries_again(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    shown()
    clock.forward(61)

    def fail() -> None:
        monkeypatch.setattr(Figures, "during", staticmethod(lambda: None))
        raise LookupError

    monkeypatch.setattr(Figures, "during", staticmethod(fail))
    with pytest.raises(LookupError):
        shown()
    cache.delete(f"{key_of(Figures())}:lock")

    assert shown() == 3


def test_shorter_time_asked_for_here_holds(clock: Clock) -> None:
    from cf_cache.keys import TTL_PARAM

    def with_ttl(ttl: float) -> int:
        component = Strict(**{TTL_PARAM: ttl})
        component.mount()
        return component.state["count"]

    assert with_ttl(300) == 1
    clock.forward(20)
    assert with_ttl(300) == 1
    assert with_ttl(10) == 2


def test_clock_that_is_behind_makes_nothing_new(clock: Clock) -> None:
    shown(Strict)
    clock.forward(-1000)

    assert shown(Strict) == 1


def test_hits_and_misses_are_signalled(clock: Clock) -> None:
    told: list[tuple[str, Any]] = []

    def hit(sender: type, component: Component, seconds: float, is_stale: bool, **kwargs: Any) -> None:
        assert sender is type(component)
        told.append(("hit", (round(seconds), is_stale)))

    def miss(sender: type, component: Component, reason: str, **kwargs: Any) -> None:
        told.append(("miss", reason))

    cache_hit.connect(hit)
    cache_miss.connect(miss)
    shown()
    clock.forward(5)
    shown()
    Figures.invalidate_cache()
    shown()
    clock.forward(61)
    cache.set(f"{key_of(Figures())}:lock", "another", 30)
    shown()
    cache.delete(f"{key_of(Figures())}:lock")
    shown()
    cache.set(key_of(Figures()), "garbage", 30)
    shown()
    cache.set(key_of(Figures()), {"count": 7}, 30)
    cache_hit.disconnect(hit)
    shown()

    assert told == [
        ("miss", "empty"),
        ("hit", (5, False)),
        ("miss", "invalidated"),
        ("hit", (61, True)),
        ("miss", "expired"),
        ("miss", "unreadable"),
    ]
