"""The same on every cache that Django has."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.cache import cache

from cf_cache import CacheMixin, invalidate_component, invalidate_tag
from cf_core import Component
from tests.components import Inline, Ticker, mounts
from tests.keeping import entry_of, key_of
from tests.test_states import VALUES, Typed


class Course(CacheMixin, Component):
    renderer = Inline("<p></p>")
    cache_tags = ["course:{course_id}"]

    def mount(self, course_id: int) -> None:
        mounts.append(course_id)
        self.state["students"] = ["Ä", "😀", "\x00"]


class Short(Ticker):
    cache_ttl = 1


def show(*course_ids: int) -> list[Any]:
    mounts.clear()
    for course_id in course_ids:
        Course(course_id=course_id).dispatch()
    return list(mounts)


def test_hit_and_miss(any_backend: str) -> None:
    assert show(1, 2, 1, 2) == [1, 2]


def test_types_survive(any_backend: str) -> None:
    Typed().mount()
    restored = Typed()
    restored.mount()

    assert mounts == ["typed"]
    assert restored.state == VALUES


def test_value_is_text(any_backend: str) -> None:
    show(1)

    assert type(entry_of(Course(), course_id=1)) is str


@pytest.mark.parametrize(
    "drop",
    [
        lambda: invalidate_component(Course, course_id=1),
        lambda: invalidate_tag("course:1"),
        lambda: Course(course_id=1).invalidate_cache(),
    ],
    ids=["params", "tag", "instance"],
)
def test_invalidation(any_backend: str, drop: Any) -> None:
    show(1, 2)

    drop()

    assert show(1, 2, 1, 2) == [1]


def test_invalidation_of_all(any_backend: str) -> None:
    show(1, 2)

    Course.invalidate_cache()

    assert show(1, 2, 1, 2) == [1, 2]


def test_plain_dict_is_a_state(any_backend: str) -> None:
    cache.set(key_of(Ticker()), {"count": 7, "more": [1.5, None, "ä"]}, 30)

    component = Ticker()
    component.mount()

    assert component.state == {"count": 7, "more": [1.5, None, "ä"]}


def test_entry_expires_in_the_cache_itself(any_backend: str) -> None:
    Short().mount()
    assert entry_of(Short()) is not None
    deadline = time.monotonic() + 10
    while entry_of(Short()) is not None and time.monotonic() < deadline:
        time.sleep(0.1)

    assert entry_of(Short()) is None


def test_garbage_is_replaced(any_backend: str) -> None:
    cache.set(key_of(Ticker()), "garbage", 30)

    Ticker().mount()
    Ticker().mount()

    assert mounts == ["ticker"]


def test_other_alias(settings: Any, use_cache: Any) -> None:
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
        "states": {"BACKEND": backend, "LOCATION": "states"},
    }
    Ticker().mount()
    Ticker().mount()
    assert mounts == ["ticker", "ticker"]

    settings.CF_CACHE = {"ALIAS": "states"}
    Ticker().mount()
    Ticker().mount()
    assert mounts == ["ticker"] * 3
