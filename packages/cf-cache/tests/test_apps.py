"""The app can be installed and promises nothing that it does not have."""

from importlib.resources import files

from django.apps import apps
from django.core.management import call_command

import cf_cache


def test_app_is_installed_under_its_own_name() -> None:
    assert apps.get_app_config("cf_cache").name == "cf_cache"


def test_system_checks_pass_with_declared_dependencies_only() -> None:
    call_command("check", fail_level="WARNING")


def test_nothing_is_public_yet() -> None:
    assert cf_cache.__all__ == []
    assert [name for name in vars(cf_cache) if not name.startswith("_") and name != "apps"] == []


def test_type_information_is_shipped() -> None:
    assert files("cf_cache").joinpath("py.typed").is_file()
