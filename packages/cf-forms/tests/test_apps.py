"""The app can be installed and has what it promises."""

from importlib.resources import files

from django.apps import apps
from django.core.management import call_command

import cf_forms


def test_app_is_installed_under_its_own_name() -> None:
    assert apps.get_app_config("cf_forms").name == "cf_forms"


def test_system_checks_pass_with_declared_dependencies_only() -> None:
    call_command("check", fail_level="WARNING")


def test_every_public_name_is_there() -> None:
    assert all(getattr(cf_forms, name).__module__.startswith("cf_forms.") for name in cf_forms.__all__)


def test_type_information_is_shipped() -> None:
    assert files("cf_forms").joinpath("py.typed").is_file()
