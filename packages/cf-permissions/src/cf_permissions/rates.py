"""How often something may be done: `"3/hour"`, or several rates at once, `"3/second, 60/minute"`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_PERIODS = {word: word for word in _SECONDS} | {word[0]: word for word in _SECONDS}
_RATE = re.compile(r"(?P<count>[0-9]+)/(?P<period>[a-z]+)")
_MAX_COUNT = 1_000_000_000


class RateError(ValueError):
    """A text that is no rate; says what was expected."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A number of times in each second, minute, hour or day."""

    count: int
    period: str
    """`second`, `minute`, `hour` or `day`."""

    @property
    def seconds(self) -> int:
        """How long a period is."""
        return _SECONDS[self.period]

    def __str__(self) -> str:
        return f"{self.count}/{self.period}"


def parse_rates(text: object) -> tuple[Rate, ...]:
    """Return the rates that a text names, the shortest period first. Raises RateError.

    Read strictly, because a limit that is misread is no limit: django-ratelimit takes `10/month` for ten a minute.
    """
    if not isinstance(text, str):
        raise RateError(f"{text!r} is no rate: expected a text such as '3/hour', got {type(text).__name__}.")
    return _parsed(text)


@lru_cache(maxsize=256)
def _parsed(text: str) -> tuple[Rate, ...]:
    rates = [_rate(part.strip(" "), text) for part in text.split(",")]
    periods = [rate.period for rate in rates]
    for period in periods:
        if periods.count(period) > 1:
            raise RateError(f"{text!r} names two rates per {period}: only the smaller one would ever hold.")
    return tuple(sorted(rates, key=lambda rate: rate.seconds))


def _rate(part: str, text: str) -> Rate:
    where = "" if part == text else f" in {text!r}"
    match = _RATE.fullmatch(part)
    if match is None:
        raise RateError(f"{part!r}{where} is no rate: expected a count and a period, such as '3/hour' or '5/s'.")
    period = _PERIODS.get(match["period"])
    if period is None:
        known = ", ".join(_SECONDS)
        raise RateError(f"{part!r}{where} has no known period: expected {known} or the first letter of one.")
    count = int(match["count"]) if len(match["count"]) <= len(str(_MAX_COUNT)) else _MAX_COUNT + 1
    if not 1 <= count <= _MAX_COUNT:
        raise RateError(f"{part!r}{where} has no usable count: expected a whole number from 1 to {_MAX_COUNT}.")
    return Rate(count, period)
