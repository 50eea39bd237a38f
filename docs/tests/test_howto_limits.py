"""The how-to guide on rate limits."""

from __future__ import annotations

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client

from cf_core import Unavailable
from cf_permissions import RateLimitExceeded
from cf_testing import assert_state, dispatch_event, open_page
from handbook.components.composing import Tally
from handbook.components.contest import Contest

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock():
    """Time stands still, so that no test runs over the border of a window."""
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def ann():
    return get_user_model().objects.create_user("ann")


def test_sixth_guess_of_an_hour_is_refused(ann):
    for _ in range(5):
        dispatch_event(Contest, "guess", {"word": "tea"}, user=ann)

    with pytest.raises(RateLimitExceeded) as refused:
        dispatch_event(Contest, "guess", {"word": "tea"}, user=ann)

    assert 1 <= refused.value.retry_after <= 3600
    assert_state(dispatch_event(Contest, "hint", user=ann), hints=1)


def test_page_says_when_to_come_back(ann):
    page = open_page("/handbook/contest/", user=ann)
    for _ in range(5):
        page.fill("Word", "tea")
        page.click("Guess")

    page.fill("Word", "tea")
    page.click("Guess", expect=429)

    assert page.answer.headers["Retry-After"].isdigit()
    assert "5 guesses" in page.text()


def test_after_the_time_it_said_the_next_event_passes(ann, clock):
    for _ in range(5):
        dispatch_event(Contest, "guess", {"word": "tea"}, user=ann)
    with pytest.raises(RateLimitExceeded) as refused:
        dispatch_event(Contest, "guess", {"word": "tea"}, user=ann)

    clock.shift(refused.value.retry_after)

    dispatch_event(Contest, "guess", {"word": "tea"}, user=ann)


def test_limits_of_component_and_event_hold_both(ann):
    for _ in range(30):
        dispatch_event(Contest, "hint", user=ann)

    for event in ("hint", "guess"):
        with pytest.raises(RateLimitExceeded):
            dispatch_event(Contest, event, {"word": "tea"} if event == "guess" else None, user=ann)


def test_teams_are_counted_by_themselves(client: Client):
    def click(team: str) -> int:
        token = client.get(f"/handbook/teams/{team}/tally/", headers={"accept": "application/json"}).json()["state"]
        return client.post("/components/tally/", {"event": "add", "_state": token}, headers=HTMX).status_code

    assert [click("red") for _ in range(6)] == [200] * 5 + [429]
    assert click("blue") == 200
    assert_state(dispatch_event(Tally, "add"), count=1)


def test_decorated_address_is_limited(ann, client: Client):
    client.force_login(ann)
    token = client.get("/handbook/contest/events/", headers={"accept": "application/json"}).json()["state"]

    statuses = []
    for minute in range(4):
        with time_machine.travel(f"2026-11-20T12:{minute:02}:30Z", tick=False):
            event = {"event": "hint", "_state": token}
            statuses += [client.post("/handbook/contest/events/", event, headers=HTMX).status_code for _ in range(29)]

    assert statuses.count(200) == 100


def test_cache_that_is_down_refuses_unless_told_otherwise(ann, settings):
    settings.CACHES = {**settings.CACHES, "gone": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    settings.CACHES["gone"]["LOCATION"] = "redis://127.0.0.1:1/0"
    settings.CF_PERMISSIONS = {"RATE_CACHE": "gone", "RATE_FAIL": "open"}
    dispatch_event(Contest, "hint", user=ann)

    settings.CF_PERMISSIONS = {"RATE_CACHE": "gone"}
    with pytest.raises(Unavailable):
        dispatch_event(Contest, "hint", user=ann)
