"""Limits on real servers: exact over several processes, and what happens when the server is gone."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from cf_permissions.limits import Bucket, check
from cf_permissions.rates import parse_rates
from cf_testing.parity import Shown, logged
from tests.clock import user_far_from_a_border
from tests.limited import ran
from tests.servers import OwnRedis, shared_cache

PACKAGE = Path(__file__).parent.parent


def admitted(cache: dict[str, Any], rate: str, seconds: int, processes: int, events: int, threads: int) -> list[int]:
    """Return how many events each process was let through with."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(PACKAGE),
        "TESTS_CACHES": json.dumps({"default": cache}),
    }
    arguments = [str(user_far_from_a_border(seconds)), rate, str(events), str(threads)]
    command = [sys.executable, "-m", "tests.counting", *arguments]
    running = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    try:
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [int(process.communicate(timeout=60)[0]) for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()


@pytest.mark.parametrize("server", ["redis", "memcached"])
def test_of_a_hundred_events_in_four_processes_exactly_thirty_pass(server: str) -> None:
    cache = shared_cache(server, f"limits-{secrets.token_hex(6)}")
    passed = admitted(cache, "30/hour", 3_600, processes=4, events=25, threads=5)
    assert sum(passed) == 30, passed


def test_of_events_with_two_rates_in_four_processes_exactly_as_many_pass_as_the_smaller_says() -> None:
    cache = shared_cache("redis", f"limits-{secrets.token_hex(6)}")
    passed = admitted(cache, "40/hour, 30/day", 3_600, processes=4, events=25, threads=5)
    assert sum(passed) == 30, passed


@pytest.fixture
def redis(tmp_path: Path, settings: Any) -> Iterator[OwnRedis]:
    """A Redis that this test may stop, as the cache for limits."""
    server = OwnRedis(tmp_path)
    server.start()
    settings.CACHES = {
        **settings.CACHES,
        "rates": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": server.url,
            "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
        },
    }
    settings.CF_PERMISSIONS = {"RATE_CACHE": "rates"}
    yield server
    caches["rates"]._cache.get_client().connection_pool.disconnect()
    server.stop()


@pytest.fixture
def quiz(limited: Any, client_of: Callable[..., Client]) -> Shown:
    """The quiz on a page of ann's."""
    ann = client_of("ann")
    return Shown(ann, "quiz", ann.get("/components/quiz/", headers={"HX-Request": "true"}).content.decode())


def _moments() -> Iterator[None]:
    """Wait a little each time, up to a minute."""
    for _ in range(600):
        yield
        time.sleep(0.1)


def buckets(rate: str, user_id: int = 7) -> list[Bucket]:
    return [Bucket("component:quiz", f"u:{user_id}", each) for each in parse_rates(rate)]


def commands(server: OwnRedis) -> dict[str, int]:
    """Return the commands that the server has run, without those of connecting and of asking this."""
    from redis import Redis

    with Redis(port=server.port) as client:
        found: dict[str, dict[str, int]] = client.info("commandstats")  # type: ignore[assignment]
    counts = {name.removeprefix("cmdstat_"): stats["calls"] for name, stats in found.items()}
    return {name: counts.get(name, 0) for name in ("set", "get", "incrby", "exists", "expire", "del", "eval")}


def test_an_event_costs_three_commands_of_redis_for_one_limit_and_five_for_each_of_several(redis: OwnRedis) -> None:
    def cost(rate: str) -> dict[str, int]:
        before = commands(redis)
        assert check(buckets(rate)).is_allowed
        return {name: count - before[name] for name, count in commands(redis).items() if count != before[name]}

    assert cost("3/day") == {"set": 1}
    assert cost("3/day") == {"set": 1, "exists": 1, "incrby": 1}
    cost("9/day, 9/hour")
    assert cost("9/day, 9/hour") == {"set": 4, "get": 2, "exists": 2, "incrby": 2}


def test_a_counter_in_redis_is_gone_soon_after_its_window(redis: OwnRedis) -> None:
    from redis import Redis

    check(buckets("3/minute"))
    with Redis(port=redis.port) as client:
        (key,) = client.keys()  # type: ignore[misc]
        assert 60 < client.ttl(key) <= 65  # type: ignore[operator]


@pytest.mark.django_db
def test_while_redis_is_stopped_events_are_refused_and_served_when_it_is_back(redis: OwnRedis, quiz: Shown) -> None:
    assert quiz.post("submit").status_code == 200
    redis.stop()
    ran.clear()
    with logged() as log:
        answers = [post("submit") for post in [quiz.post, quiz.json] * 10]
    assert {(answer.status_code, answer["Retry-After"]) for answer in answers} == {(503, "1")}
    assert {answer.json()["code"] for answer in answers} == {"unavailable"}
    assert ran == []
    assert [record.name for record in log.alarms] == ["cf_permissions.limits"]

    redis.start()
    with logged() as log:
        assert any(quiz.post("submit").status_code == 200 for _ in _moments())
    assert [record.getMessage() for record in log.alarms] == ["The cache 'rates' works again."]


@pytest.mark.django_db
def test_while_redis_is_stopped_an_open_project_serves_events(redis: OwnRedis, quiz: Shown, settings: Any) -> None:
    settings.CF_PERMISSIONS = {"RATE_CACHE": "rates", "RATE_FAIL": "open"}
    redis.stop()
    with logged() as log:
        assert {quiz.post("submit").status_code for _ in range(20)} == {200}
    assert [record.name for record in log.alarms] == ["cf_permissions.limits"]


@pytest.mark.django_db
def test_a_redis_that_hangs_holds_one_event_and_no_others(redis: OwnRedis, quiz: Shown) -> None:
    assert quiz.post("submit").status_code == 200
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        with logged() as log:
            answers = [quiz.post("submit") for _ in range(20)]
    finally:
        os.kill(redis.pid, signal.SIGCONT)
    assert {answer.status_code for answer in answers} == {503}
    assert [record.name for record in log.alarms] == ["cf_permissions.limits"]


@pytest.mark.django_db
def test_a_project_with_one_redis_for_everything_is_told_once_by_each_that_uses_it(
    redis: OwnRedis, quiz: Shown, settings: Any
) -> None:
    settings.CF_CORE = {"ANSWER_CACHE": "rates"}
    assert quiz.post("submit").status_code == 200
    redis.stop()
    with logged() as log:
        assert {quiz.post("submit").status_code for _ in range(20)} == {503}
    assert [record.name for record in log.alarms] == ["cf_core.records", "cf_permissions.limits"]
