"""What the reference of caching shows beside the guide's examples."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from cf_cache.signals import cache_hit, cache_miss
from handbook.components.prices import Prices
from tests.helpers import showing

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.urls")]


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What the signals tell of the component, in order."""
    heard: list[str] = []

    def hit(**kwargs: object) -> None:
        heard.append("hit")

    def miss(reason: str, **kwargs: object) -> None:
        heard.append(reason)

    cache_hit.connect(hit, sender=Prices)
    cache_miss.connect(miss, sender=Prices)
    yield heard
    cache_hit.disconnect(hit, sender=Prices)
    cache_miss.disconnect(miss, sender=Prices)


def shown(currency: str, more: str = "") -> str:
    client = Client()
    client.cookies["currency"] = currency
    return client.get(showing(f'{{% live_component "prices" {more} %}}')).content.decode()


def test_a_key_of_ones_own_tells_apart_what_it_says(told):
    pages = [shown(currency) for currency in ("EUR", "USD", "EUR")]

    assert ["4.90 EUR" in page for page in pages] == [True, False, True]
    assert "4.90 USD" in pages[1]
    assert told == ["empty", "empty", "hit"]


def test_a_key_of_none_is_not_cached(told):
    shown("EUR", "is_preview=True")
    shown("EUR", "is_preview=True")

    assert told == []
