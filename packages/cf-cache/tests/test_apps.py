"""The app as others see it."""

from importlib.resources import files

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import override_settings

import cf_cache
from cf_cache import CacheMixin
from cf_core import Component
from cf_core.views import ComponentView


def test_app_is_installed_under_its_own_name() -> None:
    assert apps.get_app_config("cf_cache").name == "cf_cache"


def test_system_checks_pass_with_declared_dependencies_only() -> None:
    call_command("check", fail_level="WARNING")


def test_public_names_can_be_imported() -> None:
    assert [name for name in cf_cache.__all__ if not hasattr(cf_cache, name)] == []


def test_a_class_that_is_to_be_cached_needs_the_app() -> None:
    apps_without = [name for name in settings.INSTALLED_APPS if name != "cf_cache"]

    with override_settings(INSTALLED_APPS=apps_without), pytest.raises(ImproperlyConfigured, match="INSTALLED_APPS"):
        type("Cached", (CacheMixin, Component), {})


def test_views_leave_models_to_their_component() -> None:
    with pytest.raises(ImproperlyConfigured, match="component"):
        type("View", (CacheMixin, ComponentView), {"invalidate_on": ["tests.Product"]})


def test_type_information_is_shipped() -> None:
    assert files("cf_cache").joinpath("py.typed").is_file()
