"""The reference of rate limits: its tables are true, and its examples do what it says."""

from __future__ import annotations

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client

from cf_permissions import RateLimitExceeded
from cf_permissions.rates import RateError, parse_rates
from cf_testing import dispatch_event
from tests.helpers import DOCS, code, table

PAGE = "reference/rate-limits.md"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    """Time stands still, so that no test runs over the border of a window."""
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False) as clock:
        yield clock


def passed(times: int, *arguments, **params) -> int:
    count = 0
    for _ in range(times):
        try:
            dispatch_event(*arguments, **params)
            count += 1
        except RateLimitExceeded:
            pass
    return count


def test_rates_of_the_table_are_rates():
    rows = [code(row[0]) for row in table(PAGE, "## Rates")]

    assert len(rows) == 5
    for texts in rows:
        assert len({parse_rates(text) for text in texts}) == 1


def test_rates_that_the_page_calls_errors_are_errors():
    text = (DOCS / PAGE).read_text()
    named = code(text.partition("Anything else is an error")[2].partition("`manage.py")[0])

    assert len(named) == 5
    for rate in [*named, "3/hour, 4/hour"]:
        with pytest.raises(RateError):
            parse_rates(rate)


def test_searches_count_with_first_renders():
    client = Client()
    shown = client.get("/components/price_search/?query=tea", headers={"accept": "application/json"})
    event = {"event": "search", "payload": {"query": "cake"}, "state": shown.json()["state"]}

    def search() -> int:
        return client.post("/components/price_search/", event, content_type="application/json").status_code

    assert [search() for _ in range(3)] == [200, 200, 429]
    assert client.get("/components/price_search/").status_code == 429


def test_sixty_searches_a_minute_pass(clock):
    def search() -> int:
        """Return the seconds to wait; 0 if the search passed."""
        try:
            dispatch_event("price_search", "search", {"query": "tea"})
        except RateLimitExceeded as refused:
            return refused.retry_after
        return 0

    while (wait := search()) < 2:  # until the minute is full
        clock.shift(wait)
    clock.shift(wait)
    total = 0
    for _ in range(25):
        total += [search() for _ in range(4)].count(0)
        clock.shift(1)

    assert total == 60


def test_letters_count_for_the_team():
    ann, bob = (get_user_model().objects.create_user(name) for name in ("ann", "bob"))

    assert passed(15, "team_letters", "send", user=ann, team="red") == 15
    assert passed(15, "team_letters", "send", user=bob, team="red") == 5
    assert passed(15, "team_letters", "send", user=bob, team="blue") == 15
