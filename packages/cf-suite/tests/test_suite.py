"""One install brings all seven packages, and they work together."""

from importlib.metadata import distribution, requires, version

import pytest
from django.apps import apps
from django.core.management import call_command
from packaging.requirements import Requirement

import component_framework

PACKAGES = ["cf-core", "cf-permissions", "cf-forms", "cf-models", "cf-cache", "cf-realtime", "cf-testing"]


def test_suite_requires_exactly_the_seven_packages() -> None:
    names = {Requirement(text).name for text in requires("cf-suite") or []}

    assert names == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_installed_version_is_one_that_the_suite_accepts(package: str) -> None:
    accepted = {Requirement(text).name: Requirement(text).specifier for text in requires("cf-suite") or []}

    assert version(package) in accepted[package]


@pytest.mark.parametrize("package", PACKAGES)
def test_app_is_installed(package: str) -> None:
    assert apps.is_installed(package.replace("-", "_"))


def test_system_checks_pass_with_all_apps() -> None:
    call_command("check", fail_level="WARNING")


def test_suite_ships_no_modules_of_its_own_yet() -> None:
    files = distribution("cf-suite").files or []
    modules = [str(file) for file in files if str(file).startswith("component_framework/")]

    assert component_framework.__all__ == []
    assert [name for name in modules if name.endswith(".py") and not name.endswith("__init__.py")] == []
