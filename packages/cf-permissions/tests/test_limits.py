"""Counting: exact, in the cache that the settings name, and told once when it cannot be done."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django_ratelimit.core import get_usage

from cf_core import Unavailable
from cf_permissions.limits import Bucket, Verdict, check
from cf_permissions.rates import parse_rates
from tests.caches import ENTRIES, asked
from tests.clock import Clock


def buckets(text: str = "3/hour", scope: str = "component:quiz", who: str = "u:7") -> list[Bucket]:
    return [Bucket(scope, who, rate) for rate in parse_rates(text)]


def allowed(some: list[Bucket], times: int) -> list[bool]:
    return [check(some).is_allowed for _ in range(times)]


@pytest.fixture(autouse=True)
def _caches(settings: Any) -> None:
    settings.CACHES = deepcopy(ENTRIES)
    for alias in ("default", "other", "forgetful", "empty", "counted"):
        caches[alias].clear()
    asked.clear()


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    def found() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]

    return found


def test_as_many_pass_as_the_rate_says(clock: Clock) -> None:
    assert allowed(buckets("3/hour"), 5) == [True, True, True, False, False]


@pytest.mark.parametrize("period", ["second", "minute", "hour", "day"])
@pytest.mark.parametrize("fraction", [0.0, 0.001, 0.5, 0.999])
@pytest.mark.parametrize("who", ["u:1", "u:2", "ip:192.0.2.1"])
def test_whoever_waits_as_long_as_told_passes(period: str, fraction: float, who: str, clock: Clock) -> None:
    some = buckets(f"2/{period}", who=who)
    clock.now = int(clock.now) + fraction
    assert allowed(some, 2) == [True, True]

    refused = check(some)

    assert not refused.is_allowed
    assert type(refused.retry_after) is int
    assert 1 <= refused.retry_after <= some[0].rate.seconds
    clock.now += refused.retry_after
    assert check(some).is_allowed


def test_whoever_waits_a_second_less_does_not_pass(clock: Clock) -> None:
    some = buckets("1/hour")
    check(some)
    clock.now += check(some).retry_after - 1
    assert not check(some).is_allowed


def test_around_the_border_of_two_windows_twice_the_rate_passes_and_no_more(clock: Clock) -> None:
    some = buckets("30/minute")
    check(some)
    waits = [check(some) for _ in range(30)][-1].retry_after
    clock.now += waits + 59
    first = allowed(some, 40).count(True)
    clock.now += 1
    assert (first, allowed(some, 40).count(True)) == (30, 30)


def test_somebody_else_and_something_else_have_their_own_quota(clock: Clock) -> None:
    assert allowed(buckets("1/hour"), 2) == [True, False]
    assert check(buckets("1/hour", who="u:8")).is_allowed
    assert check(buckets("1/hour", scope="component:poll")).is_allowed


def test_names_that_run_into_each_other_do_not_share_a_quota(clock: Clock) -> None:
    assert check(buckets("13/minute", scope="component:cart", who="u:1")).is_allowed
    assert check(buckets("1/minute", scope="component:cart", who="u:11")).is_allowed
    assert allowed(buckets("3/minute", scope="component:cart1", who="u:1"), 3) == [True] * 3


def test_two_rates_both_hold(clock: Clock) -> None:
    some = buckets("2/second, 5/hour", who="u:7")
    clock.begin_window("u:7", 3_600)
    passed = []
    for _ in range(4):
        passed.append(allowed(some, 3).count(True))
        clock.now += 1
    assert passed == [2, 2, 1, 0]


def test_an_event_that_the_longer_rate_refuses_is_not_counted_in_the_shorter(clock: Clock) -> None:
    some = buckets("3/minute, 2/hour")
    assert allowed(some, 10) == [True, True, *[False] * 8]
    assert allowed(buckets("3/minute"), 2) == [True, False]


def test_an_event_that_the_shorter_rate_refuses_is_not_counted_in_the_longer(clock: Clock) -> None:
    assert allowed(buckets("2/second, 5/hour"), 10) == [True, True, *[False] * 8]
    assert allowed(buckets("5/hour"), 4) == [True, True, True, False]


def test_the_wait_is_that_of_the_rate_that_is_full_longest(clock: Clock) -> None:
    some = buckets("2/second, 2/hour")
    check(some), check(some)

    refused = check(some)

    assert str(refused.rate) == "2/hour"
    clock.now += refused.retry_after
    assert check(some).is_allowed


def test_the_wait_is_short_while_the_longer_rate_has_room(clock: Clock) -> None:
    some = buckets("1/second, 2/hour")
    check(some)
    assert check(some) == Verdict(False, some[0].rate, 1)


@pytest.mark.parametrize("backend", ["locmem", "file"])
def test_of_a_hundred_threads_exactly_thirty_pass(backend: str, settings: Any, tmp_path: Path) -> None:
    if backend == "file":
        in_files(settings, tmp_path, TIMEOUT=3_600)
    some, barrier = buckets("30/hour"), threading.Barrier(20)

    def ask(_: int) -> int:
        barrier.wait()
        return allowed(some, 5).count(True)

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(ask, range(20))) == 30


def in_files(settings: Any, path: Path, **more: Any) -> None:
    """Count in files, as Django keeps them unless told otherwise."""
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(path), **more}}


@pytest.mark.parametrize("seconds", [86_400, None])
def test_a_counter_in_files_lives_as_long_as_its_window(
    seconds: int | None, settings: Any, tmp_path: Path, clock: Clock
) -> None:
    in_files(settings, tmp_path, TIMEOUT=seconds)
    some = buckets("2/day")
    check(some), check(some)
    clock.now += min(3_600, check(some).retry_after - 1)
    assert not check(some).is_allowed


def test_a_counter_in_files_that_would_be_gone_before_its_window_is_none(
    settings: Any, tmp_path: Path, errors: Callable[[], list[str]]
) -> None:
    # Django's own incr there gives it the cache's default time to live, five minutes.
    in_files(settings, tmp_path)
    assert allowed(buckets("2/minute"), 3) == [True, True, False]
    with pytest.raises(Unavailable):
        check(buckets("2/hour"))
    (line,) = errors()
    assert "it forgets what it adds to after 300 seconds, its TIMEOUT; a limit per hour is longer" in line


def test_a_counter_that_vanishes_between_two_commands_is_made_again(settings: Any, clock: Clock) -> None:
    settings.CF_PERMISSIONS = {"RATE_CACHE": "forgetful"}
    assert allowed(buckets("2/hour"), 4) == [True, True, False, False]


def test_an_event_costs_two_commands_of_the_cache(settings: Any, clock: Clock) -> None:
    settings.CF_PERMISSIONS = {"RATE_CACHE": "counted"}
    check(buckets("3/hour"))
    assert asked == ["add"]
    asked.clear()
    check(buckets("3/hour"))
    assert asked == ["add", "incr"]


def test_an_event_with_two_limits_is_counted_once_there_is_room_in_both(settings: Any, clock: Clock) -> None:
    settings.CF_PERMISSIONS = {"RATE_CACHE": "counted"}
    some = buckets("3/minute, 1/hour")
    check(some)
    asked.clear()
    assert not check(some).is_allowed
    assert asked == ["add", "get"] * 2


def test_an_event_that_is_refused_takes_nobody_s_place_while_it_is(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, mine = buckets("2/hour", scope="view:course", who="course:1"), buckets("1/day")
    check([*shared, *mine])
    usages = []

    def seen(*args: Any, increment: bool, **kwargs: Any) -> Any:
        usages.append(increment)
        return get_usage(*args, increment=increment, **kwargs)

    monkeypatch.setattr("cf_permissions.limits.get_usage", seen)
    assert not check([*shared, *mine]).is_allowed
    assert not any(usages)
    assert check(shared).is_allowed


@pytest.mark.parametrize("rates", ["40/hour, 30/day", "30/hour, 40/day"])
def test_of_a_hundred_threads_with_two_rates_as_many_pass_as_the_smaller_says(rates: str) -> None:
    some, barrier = buckets(rates), threading.Barrier(20)

    def ask(_: int) -> int:
        barrier.wait()
        return allowed(some, 5).count(True)

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(ask, range(20))) == 30


@pytest.mark.parametrize("rates", ["2/second, 1/hour", "2/hour, 1/day"])
def test_whoever_is_beaten_to_the_last_place_is_told_how_long_to_wait(
    rates: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = buckets(rates)
    is_first = True

    def others_first(*args: Any, increment: bool, **kwargs: Any) -> Any:
        nonlocal is_first
        if increment and is_first:
            is_first = False
            assert [check(some).is_allowed for _ in range(3)] == [True, False, False]
        return get_usage(*args, increment=increment, **kwargs)

    monkeypatch.setattr("cf_permissions.limits.get_usage", others_first)
    refused = check(some)
    assert not refused.is_allowed
    clock.now += refused.retry_after - 1
    assert not check(some).is_allowed
    clock.now += 1
    assert check(some).is_allowed


def test_the_cache_is_that_of_rate_cache(settings: Any, clock: Clock) -> None:
    settings.CF_PERMISSIONS = {"RATE_CACHE": "other"}
    assert allowed(buckets("1/hour"), 2) == [True, False]
    caches["default"].clear()
    assert not check(buckets("1/hour")).is_allowed
    caches["other"].clear()
    assert check(buckets("1/hour")).is_allowed
    settings.CF_PERMISSIONS = {"RATE_CACHE": "counted"}
    assert check(buckets("1/hour")).is_allowed
    settings.CF_PERMISSIONS = {}
    check(buckets("1/hour"))
    assert len(caches["default"]._cache) == 1


@pytest.mark.parametrize("ours", [None, "other"])
def test_the_cache_is_that_of_django_ratelimit_where_the_project_names_it(
    ours: str | None, settings: Any, clock: Clock
) -> None:
    settings.RATELIMIT_USE_CACHE = "other"
    settings.CF_PERMISSIONS = {"RATE_CACHE": ours}
    assert allowed(buckets("1/hour"), 2) == [True, False]
    assert (len(caches["other"]._cache), len(caches["default"]._cache)) == (1, 0)


@pytest.mark.parametrize("fail", ["closed", "open"])
@pytest.mark.parametrize("is_later", [True, False])
def test_two_settings_that_name_two_caches_let_nobody_in(fail: str, is_later: bool, settings: Any) -> None:
    if not is_later:
        settings.RATELIMIT_USE_CACHE = "default"
    settings.CF_PERMISSIONS = {"RATE_CACHE": "other", "RATE_FAIL": fail}
    if is_later:
        settings.RATELIMIT_USE_CACHE = "default"
    with pytest.raises(ImproperlyConfigured, match=r"RATE_CACHE'\] is 'other' and RATELIMIT_USE_CACHE is 'default'"):
        check(buckets("1/hour"))


def test_the_project_s_own_limits_of_django_ratelimit_count_there_too(settings: Any, clock: Clock) -> None:
    settings.CF_PERMISSIONS = {"RATE_CACHE": "other"}
    check(buckets("1/hour"))
    usage = get_usage(None, group="own", key=lambda group, request: "x", rate="1/h", increment=True)
    assert usage["count"] == 1
    assert len(caches["other"]._cache) == 2


def test_django_ratelimit_can_be_switched_off_for_all(settings: Any, clock: Clock) -> None:
    settings.RATELIMIT_ENABLE = False
    assert allowed(buckets("1/hour"), 3) == [True] * 3


TROUBLED = ["down", "silent", "dummy", "empty"]


@pytest.mark.parametrize("alias", TROUBLED)
@pytest.mark.parametrize("project_s", [True, False])
def test_closed_an_event_is_refused_while_nothing_counts(
    alias: str, project_s: bool, settings: Any, errors: Callable[[], list[str]]
) -> None:
    settings.RATELIMIT_FAIL_OPEN = project_s
    settings.CF_PERMISSIONS = {"RATE_CACHE": alias}
    for _ in range(50):
        with pytest.raises(Unavailable) as refused:
            check(buckets())
        assert refused.value.retry_after == 1
    (line,) = errors()
    assert line.startswith(f"The cache '{alias}' fails (")
    assert line.endswith("): events with a limit are refused until it works again.")
    assert "hunter2" not in line


@pytest.mark.parametrize("alias", TROUBLED)
def test_open_an_event_is_served_while_nothing_counts(
    alias: str, settings: Any, errors: Callable[[], list[str]]
) -> None:
    settings.CF_PERMISSIONS = {"RATE_CACHE": alias, "RATE_FAIL": "open"}
    assert allowed(buckets("1/hour"), 50) == [True] * 50
    (line,) = errors()
    assert line.endswith("): events are served uncounted until it works again.")


def test_a_cache_that_is_down_is_asked_once_a_second(settings: Any) -> None:
    settings.CF_PERMISSIONS = {"RATE_CACHE": "down", "RATE_FAIL": "open"}
    allowed(buckets(), 50)
    assert asked == ["refused"]


def test_an_outage_is_told_when_it_begins_and_when_it_ends(
    settings: Any, monkeypatch: Any, errors: Callable[[], list[str]]
) -> None:
    monkeypatch.setattr("cf_core.outages.PAUSE_SECONDS", 0)
    settings.CF_PERMISSIONS = {"RATE_CACHE": "forgetful", "RATE_FAIL": "open"}
    caches["forgetful"].forgets = 2 * 2
    assert allowed(buckets("1/hour"), 4) == [True, True, True, False]
    assert errors() == [
        "The cache 'forgetful' fails (it keeps no counter): events are served uncounted until it works again.",
        "The cache 'forgetful' works again.",
    ]


def test_an_outage_of_one_cache_is_none_of_another(settings: Any) -> None:
    settings.CF_PERMISSIONS = {"RATE_CACHE": "down"}
    with pytest.raises(Unavailable):
        check(buckets())
    settings.CF_PERMISSIONS = {"RATE_CACHE": "other"}
    assert check(buckets()).is_allowed
