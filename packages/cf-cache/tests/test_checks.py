"""What `manage.py check` says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import checks

from cf_cache import CacheMixin
from cf_core import Component, ComponentDefinitionError, Registry
from tests.models import Product

BACKENDS = "django.core.cache.backends."


def ids(deploy: bool = False) -> list[str]:
    found = checks.run_checks(include_deployment_checks=deploy)
    return sorted(message.id for message in found if message.id.startswith("cf_cache"))


def messages() -> list[str]:
    return [f"{m.msg} {m.hint}" for m in checks.run_checks() if m.id.startswith("cf_cache")]


def test_project_of_these_tests_is_clean() -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, []),
        ({"ALIAS": "default", "DEFAULT_TTL": 1, "STALE_SECONDS": 0, "LOCK_SECONDS": 5}, []),
        ({"DEFAULT_TL": 1}, ["cf_cache.E001"]),
        ({"DEFAULT_TTL": 0}, ["cf_cache.E002"]),
        ({"DEFAULT_TTL": "300"}, ["cf_cache.E002"]),
        ({"STALE_SECONDS": -1}, ["cf_cache.E002"]),
        ({"LOCK_SECONDS": True}, ["cf_cache.E002"]),
        ({"LOCK_SECONDS": 0}, ["cf_cache.E002"]),
        ({"ALIAS": 7}, ["cf_cache.E002"]),
        ({"ALIAS": "nowhere"}, ["cf_cache.E003"]),
    ],
)
def test_settings(given: dict[str, Any], found: list[str], settings: Any) -> None:
    settings.CF_CACHE = given

    assert ids() == found


def test_unknown_key_names_the_nearest(settings: Any) -> None:
    settings.CF_CACHE = {"DEFAULT_TL": 1}

    assert "DEFAULT_TTL" in messages()[0]


@pytest.fixture
def register(component_registry: Registry) -> Callable[..., None]:
    def make(*bases: type, **attributes: Any) -> None:
        cls = type("Made", bases or (CacheMixin, Component), attributes)
        component_registry.register("made")(cls)

    return make


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({"cache_ttl": 0.5, "cache_stale": 0}, []),
        ({"cache_ttl": "300"}, ["cf_cache.E004"]),
        ({"cache_ttl": -1}, ["cf_cache.E004"]),
        ({"cache_ttl": True}, ["cf_cache.E004"]),
        ({"cache_ttl": float("nan")}, ["cf_cache.E004"]),
        ({"cache_timeout": float("inf"), "cache_stale": []}, ["cf_cache.E004", "cf_cache.E004"]),
        ({"invalidate_on": [Product, "tests.Label"]}, []),
        ({"invalidate_on": ["tests.Prodct"]}, ["cf_cache.E005"]),
        ({"cache_tags": ["all", "course:{course_id}", "row:{row.pk}"]}, []),
        ({"cache_tags": "all"}, ["cf_cache.E006"]),
        ({"cache_tags": ["course:{course_id"]}, ["cf_cache.E006"]),
        ({"cache_tags": ["course:{}"]}, ["cf_cache.E006"]),
        ({"cache_tags": ["course:{0}"]}, ["cf_cache.E006"]),
        ({"cache_tags": [7]}, ["cf_cache.E006"]),
    ],
)
def test_components(attributes: dict[str, Any], found: list[str], register: Callable[..., None]) -> None:
    register(**attributes)

    assert ids() == found


@pytest.mark.parametrize("wrong", [Product, "tests.Product", [int], [None], ["x.y.z"], ["Product"], 7])
def test_what_is_no_list_of_models_is_an_error_at_once(wrong: Any) -> None:
    with pytest.raises(ComponentDefinitionError, match=r"Made\.invalidate_on is .*shop\.Product"):
        type("Made", (CacheMixin, Component), {"invalidate_on": wrong})


def test_attributes_of_plain_components_count(register: Callable[..., None]) -> None:
    register(Component, cache_ttl="300")

    assert ids() == ["cf_cache.E004"]


@pytest.mark.parametrize(
    ("backend", "found"),
    [
        ("locmem.LocMemCache", ["cf_cache.W001"]),
        ("dummy.DummyCache", ["cf_cache.W002"]),
        ("filebased.FileBasedCache", []),
        ("redis.RedisCache", []),
    ],
)
def test_deployment(backend: str, found: list[str], settings: Any, tmp_path: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": BACKENDS + backend, "LOCATION": str(tmp_path)}}

    assert ids() == []
    assert ids(deploy=True) == found


def test_deployment_without_cached_components(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cf_cache.checks.registry", {})

    assert ids(deploy=True) == []
