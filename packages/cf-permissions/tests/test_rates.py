"""Rates are read strictly: what is not surely meant is an error that says what was expected."""

from __future__ import annotations

from typing import Any

import pytest

from cf_permissions.rates import Rate, RateError, parse_rates


@pytest.mark.parametrize(
    ("text", "count", "period", "seconds"),
    [
        ("1/second", 1, "second", 1),
        ("5/s", 5, "second", 1),
        ("30/minute", 30, "minute", 60),
        ("30/m", 30, "minute", 60),
        ("3/hour", 3, "hour", 3_600),
        ("3/h", 3, "hour", 3_600),
        ("100/day", 100, "day", 86_400),
        ("100/d", 100, "day", 86_400),
        ("1000000000/d", 1_000_000_000, "day", 86_400),
    ],
)
def test_a_rate_is_a_count_and_a_period(text: str, count: int, period: str, seconds: int) -> None:
    (rate,) = parse_rates(text)
    assert rate == Rate(count, period)
    assert rate.seconds == seconds
    assert str(rate) == f"{count}/{period}"


@pytest.mark.parametrize("text", ["60/minute, 3/second", "3/second,60/minute", "3/s , 60/m", " 3/s, 60/m "])
def test_several_rates_come_with_the_shortest_period_first(text: str) -> None:
    assert parse_rates(text) == (Rate(3, "second"), Rate(60, "minute"))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ",", "3/hour,", "hour", "3", "3/", "/hour", "3 / hour", "3/ hour", "3/hour\n", "3/Hour", "3/H"),
        *("3 per hour", "3/hour/day", "-3/hour", "+3/hour", "3.5/hour", "1e3/hour", "0x3/hour", "3_0/hour"),
        *("three/hour", "³/hour", "\uff13/hour", "3/10s", "3/hour;3/day", "3/hour 3/day", "3\\hour"),
    ],
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(RateError, match="is no rate: expected a count and a period, such as '3/hour'"):
        parse_rates(text)


@pytest.mark.parametrize("text", ["10/month", "10/year", "10/hours", "10/min", "10/sec", "10/ms", "10/x", "10/seconds"])
def test_an_unknown_period_is_refused(text: str) -> None:
    with pytest.raises(RateError, match="has no known period: expected second, minute, hour, day"):
        parse_rates(text)


@pytest.mark.parametrize("text", ["0/hour", "00/hour", "1000000001/hour", f"{'9' * 5_000}/hour"])
def test_a_count_that_limits_nothing_or_everything_is_refused(text: str) -> None:
    with pytest.raises(RateError, match="has no usable count: expected a whole number from 1 to 1000000000"):
        parse_rates(text)


def test_two_rates_for_one_period_are_refused() -> None:
    with pytest.raises(RateError, match=r"'3/s, 60/minute, 5/second' names two rates per second"):
        parse_rates("3/s, 60/minute, 5/second")


def test_the_wrong_one_of_several_is_named() -> None:
    with pytest.raises(RateError, match=r"^'60/month' in '3/second, 60/month' has no known period"):
        parse_rates("3/second, 60/month")


@pytest.mark.parametrize("value", [None, 3, 3.0, True, (3, 3_600), ["3/hour"], {"submit": "3/hour"}, b"3/hour"])
def test_what_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(RateError, match=f"expected a text such as '3/hour', got {type(value).__name__}"):
        parse_rates(value)


def test_the_error_is_a_value_error_for_callers_that_know_no_better() -> None:
    assert issubclass(RateError, ValueError)
