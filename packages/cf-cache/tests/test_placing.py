"""Components that are cached where a template places them, and how old what they show is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from cf_cache import CacheMixin
from cf_cache.rules import rule_of
from cf_core import Component, ComponentDefinitionError, Registry
from tests.components import Inline, PlainTicker, Ticker, mounts
from tests.keeping import key_of


def render(source: str, **context: Any) -> str:
    return Template("{% load components cf_cache %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "tag",
    [
        '{% live_component "plain_ticker" cache=60 %}',
        '{% live_component "plain_ticker" cache=0.5 %}',
        '{% live_component "plain_ticker" cache=True %}',
        '{% cached_component "plain_ticker" %}',
        '{% cached_component "plain_ticker" ttl=60 %}',
        '{% cached_component "plain_ticker" ttl=seconds %}',
    ],
)
def test_one_use_is_cached(tag: str) -> None:
    render(tag, seconds=60)
    render(tag, seconds=60)

    assert mounts == ["plain"]
    PlainTicker().dispatch()
    assert mounts == ["plain", "plain"]


@pytest.mark.parametrize("value", ["0", "False", "None"])
def test_one_use_is_not_cached(value: str) -> None:
    source = f'{{% live_component "ticker" cache={value} %}}'
    render(source)
    render(source)

    assert mounts == ["ticker", "ticker"]


@pytest.mark.parametrize("value", ["'60'", "-1", "nothing"])
def test_what_is_no_time_is_an_error(value: str) -> None:
    with pytest.raises(ComponentDefinitionError, match="cache="):
        render(f'{{% live_component "ticker" cache={value} %}}', nothing=object())


def test_without_a_time_that_of_the_class_or_the_setting_holds(settings: Any) -> None:
    settings.CF_CACHE = {"DEFAULT_TTL": 17}
    for name, ttl in [("ticker", 60), ("plain_ticker", 17)]:
        source = f'{{% cached_component "{name}" %}}'
        render(source)
        cls = {"ticker": Ticker, "plain_ticker": PlainTicker}[name]
        assert f'"ttl":{ttl}' in cache.get(key_of(cls(_cache_ttl=1)))


def test_params_and_ids_are_as_with_live_component() -> None:
    html = render('{% cached_component "plain_ticker" component_id="mine" page=1 %}')
    other = render('{% cached_component "plain_ticker" component_id="mine" page=2 %}')

    assert 'data-cf-id="mine"' in html
    assert mounts == ["plain", "plain"]
    assert "2" in other


def test_lazy_use_is_cached_when_it_comes_into_view(client: Client) -> None:
    for _ in range(2):
        source = '{% live_component "plain_ticker" cache=60 lazy=True %}'
        page = client.get("/page/", {"source": source}).content.decode()
        token = re.search(r'data-cf-state="([^"]+)"', page)[1]
        event = {"event": "_lazy", "_state": token}
        answer = client.post("/components/plain_ticker/", event, headers={"HX-Request": "true"})
        assert answer.status_code == 200

    assert mounts == ["plain"]


def test_use_inside_a_component_is_cached(component_registry: Registry) -> None:
    class Outer(Component):
        renderer = Inline('<div>{% cached_component "plain_ticker" ttl=60 %}</div>')

    Outer().dispatch()
    Outer().dispatch()

    assert mounts == ["plain"]


def test_use_inside_a_component_has_its_user(ann: Any, component_registry: Registry) -> None:
    class Outer(Component):
        renderer = Inline('<div>{% cached_component "greeting" ttl=60 %}</div>')

    assert "ann" in Outer(user=ann).dispatch()["html"]


# -- how old


class Aged(Ticker):
    renderer = Inline("<p>{% cache_age %}|{{ component.cached_at|date:'Y' }}</p>")


class Fresh(PlainTicker):
    renderer = Inline("<p>[{% cache_age %}]</p>")


def test_age_of_what_was_just_made() -> None:
    html = Aged().dispatch()["html"]

    assert re.search(r'<time datetime="[^"]+">0\xa0minutes</time>', html)
    assert f"|{timezone.now().year}<" in html


def test_age_of_what_was_made_before(monkeypatch: pytest.MonkeyPatch) -> None:
    Aged().dispatch()
    made = datetime.now(UTC) - timedelta(seconds=200)
    entry = cache.get(key_of(Aged()))
    cache.set(key_of(Aged()), re.sub(r'"t":[\d.]+,"ttl":\d+', f'"t":{made.timestamp()},"ttl":900', entry), 900)
    monkeypatch.setattr(Aged, "cache_ttl", 900)

    component = Aged()
    html = component.dispatch()["html"]

    assert mounts == ["ticker"]
    assert ">3\xa0minutes</time>" in html
    assert component.cached_at == made


def test_age_is_unknown_after_an_event_without_a_cache_and_of_what_others_put_there() -> None:
    assert "[]" in Fresh().dispatch()["html"]

    cache.set(key_of(Aged()), {"count": 1}, 60)
    assert "<time" not in Aged().dispatch()["html"]


def test_age_is_unknown_after_an_event(client: Client, component_registry: Registry) -> None:
    component_registry.register("aged")(Aged)
    page = client.get("/components/aged/").content.decode()
    assert "<time" in page
    token = re.search(r'data-cf-state="([^"]+)"', page)[1]

    answer = client.post("/components/aged/", {"event": "more", "_state": token}, headers={"HX-Request": "true"})

    assert "<time" not in answer.content.decode()


def test_age_outside_a_component_is_nothing() -> None:
    assert render("[{% cache_age %}]") == "[]"


def test_age_without_time_zones(settings: Any) -> None:
    settings.USE_TZ = False

    component = Aged()
    html = component.dispatch()["html"]

    assert component.cached_at.tzinfo is None
    assert "<time" in html


class Hourly(CacheMixin, Component):
    renderer = Inline("<p></p>")
    cache_ttl = 3600

    def mount(self) -> None:
        mounts.append("hourly")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({}, 3600),
        ({"cache_timeout": 0}, None),
        ({"cache_timeout": 60}, 60),
        ({"cache_ttl": None}, None),
        ({"cache_ttl": 0}, None),
        ({"cache_ttl": 60, "cache_timeout": 0}, 60),
        ({"cache_ttl": None, "cache_timeout": 60}, 60),
    ],
)
def test_nearest_class_decides_how_long_it_is_kept(said: dict[str, Any], seconds: float | None) -> None:
    cls = type("Nearer", (Hourly,), said)

    for nearest in (cls, type("Below", (cls,), {})):
        rule = rule_of(nearest())
        assert (rule and rule.ttl) == seconds
