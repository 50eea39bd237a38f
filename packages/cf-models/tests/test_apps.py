"""The app can be installed."""

from importlib.resources import files

from django.apps import apps
from django.core.management import call_command

import cf_models


def test_app_is_installed_under_its_own_name() -> None:
    assert apps.get_app_config("cf_models").name == "cf_models"


def test_system_checks_pass_with_declared_dependencies_only() -> None:
    call_command("check", fail_level="WARNING")


def test_public_names_exist() -> None:
    assert all(hasattr(cf_models, name) for name in cf_models.__all__)


def test_type_information_is_shipped() -> None:
    assert files("cf_models").joinpath("py.typed").is_file()
