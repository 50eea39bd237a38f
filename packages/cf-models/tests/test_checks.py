"""What `manage.py check` says."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import checks

from cf_core import Registry
from cf_models import DjangoModelComponent
from tests.models import Order

# Django's own checks of models ask the database what it can.
pytestmark = pytest.mark.django_db(databases="__all__")


def ids() -> list[str]:
    return sorted(message.id for message in checks.run_checks() if message.id.startswith("cf_models"))


def texts() -> list[str]:
    return [f"{m.msg} {m.hint}" for m in checks.run_checks() if m.id.startswith("cf_models")]


class Elsewhere:
    """A router that sends every model to one other database."""

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "archive"


def test_project_of_these_tests_is_clean() -> None:
    assert ids() == []


def test_apps_that_it_needs(settings: Any) -> None:
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "cf_forms"]

    assert ids() == ["cf_models.E001"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, []),
        ({"RELATED_LIMIT": 20}, []),
        ({"RELATED_LIMT": 20}, ["cf_models.E002"]),
        ({"RELATED_LIMIT": 0}, ["cf_models.E003"]),
        ({"RELATED_LIMIT": True}, ["cf_models.E003"]),
        ({"RELATED_LIMIT": "20"}, ["cf_models.E003"]),
    ],
)
def test_settings(given: dict[str, Any], found: list[str], settings: Any) -> None:
    settings.CF_MODELS = given

    assert ids() == found


def test_unknown_key_names_the_nearest(settings: Any) -> None:
    settings.CF_MODELS = {"RELATED_LIMT": 20}

    assert "RELATED_LIMIT" in texts()[0]


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({"model": Order, "state_fields": ["notes", "customer_id", "tags"], "select_related": ["customer"]}, []),
        ({"model": Order, "version_field": "version"}, []),
        ({}, ["cf_models.E004"]),
        ({"model": Order, "state_fields": ["nots"]}, ["cf_models.E005"]),
        ({"model": Order, "state_fields": ["customer.name"]}, ["cf_models.E005"]),
        ({"model": Order, "version_field": "revision"}, ["cf_models.E005"]),
        ({"model": Order, "select_related": ["customers"]}, ["cf_models.E006"]),
        ({"model": Order, "lost_updates": "ignore"}, ["cf_models.E007"]),
    ],
    ids=str,
)
def test_components(attributes: dict[str, Any], found: list[str], component_registry: Registry) -> None:
    component_registry.register("made")(type("Made", (DjangoModelComponent,), attributes))

    assert ids() == found


def test_wrong_name_names_the_nearest(component_registry: Registry) -> None:
    component_registry.register("made")(
        type("Made", (DjangoModelComponent,), {"model": Order, "state_fields": ["nots"]})
    )

    assert "'notes'" in texts()[0]


@pytest.mark.parametrize(("alias", "found"), [("default", ["cf_models.W001"]), ("archive", [])])
def test_database_of_the_router(alias: str, found: list[str], settings: Any, component_registry: Registry) -> None:
    settings.DATABASE_ROUTERS = [Elsewhere()]
    component_registry.register("made")(type("Made", (DjangoModelComponent,), {"model": Order, "using": alias}))

    assert ids() == found
