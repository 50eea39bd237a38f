"""A cache that fails costs a mount and a line in the log, never a page."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from cf_cache import generations, shelf
from cf_core import outages
from cf_testing.django_surroundings import DjangoSurroundings
from tests import backends
from tests.broken_cache import ALL, FailingCache
from tests.components import Ticker, mounts
from tests.keeping import key_of


@pytest.fixture
def failing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have operations of the cache fail from now on."""
    settings.CACHES = {"default": {"BACKEND": "tests.broken_cache.FailingCache", "LOCATION": "failing"}}
    monkeypatch.setattr(FailingCache, "asked", [])
    monkeypatch.setattr(outages, "PAUSE_SECONDS", 0)

    def fail(*names: str, error: type[Exception] = ConnectionError) -> None:
        monkeypatch.setattr(FailingCache, "fails_at", frozenset(names))
        monkeypatch.setattr(FailingCache, "error", error)

    return fail


class ClientError(Exception):
    """As client libraries have their own: pymemcache's are plain Exceptions."""


@pytest.mark.parametrize("error", [ConnectionError, TimeoutError, OSError, ClientError])
@pytest.mark.parametrize("name", [*sorted(ALL), "all"])
def test_page_comes_whichever_operation_fails(
    failing: Callable[..., None], name: str, error: type[Exception], client: Client
) -> None:
    failing(*(ALL if name == "all" else [name]), error=error)

    for _ in range(3):
        assert client.get("/components/ticker/").status_code == 200
    assert mounts


def test_it_is_logged_once_and_again_when_it_is_over(
    failing: Callable[..., None], said: Callable[[], list[str]]
) -> None:
    failing(*ALL)
    for _ in range(5):
        Ticker().mount()
    failing()
    Ticker().mount()
    Ticker().mount()

    assert said() == [
        "The cache 'default' fails (ConnectionError): components are mounted without it until it works again.",
        "The cache 'default' works again.",
    ]
    assert mounts == ["ticker"] * 6


def test_cache_that_failed_is_left_alone_for_a_moment(
    failing: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "PAUSE_SECONDS", 30)
    failing(*ALL)
    for _ in range(20):
        Ticker().mount()

    assert FailingCache.asked == ["get"]


def test_cache_that_fails_while_others_wait_lets_them_go_on(failing: Callable[..., None]) -> None:
    cache.set(f"{key_of(Ticker())}:lock", "another", 30)
    failing("add")

    Ticker().mount()

    assert mounts == ["ticker"]


def test_invalidation_that_fails_is_logged_and_raises_nothing(
    failing: Callable[..., None], said: Callable[[], list[str]]
) -> None:
    failing("delete")
    from cf_cache import invalidate_component

    invalidate_component(Ticker)

    assert len(said()) == 1
    assert "until it expires" in said()[0]


def test_invalidation_is_tried_though_the_cache_failed_a_moment_ago(
    failing: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cf_cache import invalidate_component

    Ticker().mount()
    monkeypatch.setattr(outages, "PAUSE_SECONDS", 30)
    failing("get")
    Ticker().mount()
    failing()

    invalidate_component(Ticker)
    shelf._outages.end("default")

    Ticker().mount()
    assert mounts == ["ticker"] * 3


@pytest.mark.django_db
def test_missing_table_of_the_database_cache_costs_no_page(settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "no_such_table"}
    }

    Ticker().mount()

    assert mounts == ["ticker"]


def test_nobody_listens(settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name, location in [("redis", f"redis://127.0.0.1:{port}"), ("memcached", f"127.0.0.1:{port}")]:
        if backends.why_not(name):
            continue
        entry = backends.backend(name, Path())
        settings.CACHES = {"default": {**entry, "LOCATION": location}}
        mounts.clear()

        Ticker().mount()

        assert mounts == ["ticker"]


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis of this test's own, which it may stop."""
    program = which("redis-server")
    reason = "redis-server is not installed" if program is None else backends.why_not("redis")
    if program is None or reason:
        (pytest.fail if backends.are_required() else pytest.skip)(str(reason))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0", server
    finally:
        server.kill()
        server.wait()


def test_redis_that_stops_and_comes_back(
    own_redis: tuple[str, subprocess.Popen[bytes]], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, server = own_redis
    monkeypatch.setattr(outages, "PAUSE_SECONDS", 0)
    options = {"socket_timeout": 0.25, "socket_connect_timeout": 0.25}
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "OPTIONS": options,
        }
    }
    Ticker().mount()
    Ticker().mount()
    assert mounts == ["ticker"]

    server.send_signal(signal.SIGSTOP)
    Ticker().mount()
    server.send_signal(signal.SIGCONT)
    assert mounts == ["ticker", "ticker"]

    Ticker().mount()
    assert mounts == ["ticker", "ticker"]

    server.kill()
    server.wait()
    Ticker().mount()
    assert mounts == ["ticker"] * 3


class Gone:
    """Cannot be unpickled any more."""

    def __reduce__(self) -> Any:
        return (_explode, ())


def _explode() -> None:
    raise AttributeError("a class that is gone")


def test_generation_that_cannot_be_read_is_no_outage(said: Callable[[], list[str]]) -> None:
    Ticker().mount()
    cache.set(f"cf_cache:g:{generations.of_class(Ticker)}", Gone(), 60)

    for _ in range(3):
        Ticker().mount()

    assert mounts == ["ticker"] * 2
    assert said() == []


def test_state_that_the_cache_refuses_is_no_outage(failing: Callable[..., None], said: Callable[[], list[str]]) -> None:
    class Other(Ticker): ...

    # Told once for a class, so one of this test's own.
    class Refused(Ticker): ...

    Other().mount()
    failing("set", error=ClientError)
    Refused().mount()
    Refused().mount()
    Other().mount()

    assert mounts == ["ticker"] * 3
    assert said() == ["Refused is not cached: the cache refuses its state (ClientError)."]


def test_outage_of_one_test_is_over_in_the_next(failing: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "PAUSE_SECONDS", 30)
    failing(*ALL)
    Ticker().mount()
    failing()
    assert shelf._outages.is_out("default")

    with DjangoSurroundings().fresh():
        assert not shelf._outages.is_out("default")
