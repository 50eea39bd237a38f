"""Each system check says what is wrong, and is silent where nothing is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from cf_core import Component, extensions
from tests.permissions import Anyone
from tests.renderers import Inline

LOCAL = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
SHARED = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}


def found(deploy: bool = False) -> dict[str, list[checks.CheckMessage]]:
    """Return the messages of cf_core's checks by id."""
    messages: dict[str, list[checks.CheckMessage]] = {}
    for message in checks.run_checks(tags=["cf_core"], include_deployment_checks=deploy):
        messages.setdefault(str(message.id), []).append(message)
    return messages


@pytest.fixture
def good(settings: Any) -> Any:
    """A project that has everything right."""
    settings.CACHES = {"default": SHARED, "local": LOCAL}
    settings.CF_CORE = {"DEFAULT_PERMISSION_CLASSES": ["tests.permissions.LoggedIn"]}
    return settings


def test_a_project_that_has_everything_right_is_told_nothing(good: Any) -> None:
    assert found() == {}
    assert found(deploy=True) == {}


def no_such_key(settings: Any, register: Any) -> None:
    settings.CF_CORE = {**settings.CF_CORE, "STATE_MAX_AG": 5}


def wrong_value(settings: Any, register: Any) -> None:
    settings.CF_CORE = {**settings.CF_CORE, "STATE_MAX_AGE": "a day"}


def no_such_permission(settings: Any, register: Any) -> None:
    settings.CF_CORE = {"DEFAULT_PERMISSION_CLASSES": ["tests.permissions.NoSuch"]}


def no_such_cache(settings: Any, register: Any) -> None:
    settings.CF_CORE = {**settings.CF_CORE, "STATE_CACHE": "nowhere"}


def app_is_missing(settings: Any, register: Any) -> None:
    class Limited(Component):
        rate_limit = "3/hour"

    register(Limited, "limited")


def no_such_database(settings: Any, register: Any) -> None:
    class Elsewhere(Component):
        using = "nowhere"

    register(Elsewhere, "elsewhere")


def state_in_one_process(settings: Any, register: Any) -> None:
    class Locked(Component):
        locked_fields = ("price",)

    register(Locked, "locked")
    settings.CF_CORE = {**settings.CF_CORE, "STATE_CACHE": "local"}


def all_state_in_one_process(settings: Any, register: Any) -> None:
    settings.CF_CORE = {**settings.CF_CORE, "STATE_CACHE": "local", "STATE_STORE": "cache"}


def other_csrf_page(settings: Any, register: Any) -> None:
    settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"


def no_middleware(settings: Any, register: Any) -> None:
    settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if "cf_core" not in path]


def templates_without_request(settings: Any, register: Any) -> None:
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["context_processors"].remove("django.template.context_processors.request")
    settings.TEMPLATES = templates


def undeclared_permissions(settings: Any, register: Any) -> None:
    settings.CF_CORE = {}


def answers_in_one_process(settings: Any, register: Any) -> None:
    settings.CF_CORE = {**settings.CF_CORE, "ANSWER_CACHE": "local"}


@pytest.mark.parametrize(
    ("break_it", "check_id", "level", "says"),
    [
        (no_such_key, "cf_core.E001", checks.ERROR, "STATE_MAX_AG"),
        (wrong_value, "cf_core.E002", checks.ERROR, "STATE_MAX_AGE"),
        (no_such_permission, "cf_core.E003", checks.ERROR, "NoSuch"),
        (app_is_missing, "cf_core.E004", checks.ERROR, "'limited'"),
        (no_such_cache, "cf_core.E007", checks.ERROR, "nowhere"),
        (no_such_database, "cf_core.E008", checks.ERROR, "'elsewhere'"),
        (other_csrf_page, "cf_core.W001", checks.WARNING, "CSRF"),
        (state_in_one_process, "cf_core.W003", checks.WARNING, "'locked'"),
        (all_state_in_one_process, "cf_core.W003", checks.WARNING, "'counter'"),
        (undeclared_permissions, "cf_core.W004", checks.WARNING, "'placed'"),
        (answers_in_one_process, "cf_core.W005", checks.WARNING, "one process"),
        (no_middleware, "cf_core.W006", checks.WARNING, "body"),
        (templates_without_request, "cf_core.W008", checks.WARNING, "request"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_what_is_wrong_is_said(
    good: Any,
    register: Any,
    break_it: Callable[[Any, Any], None],
    check_id: str,
    level: int,
    says: str,
) -> None:
    break_it(good, register)
    messages = found(deploy=True)
    assert list(messages) == [check_id]
    assert any(says in f"{message.msg} {message.hint}" for message in messages[check_id])
    for message in messages[check_id]:
        assert message.level == level
        assert message.hint or check_id in ("cf_core.E002", "cf_core.E003", "cf_core.E008")


def test_the_suites_package_is_no_app(good: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings as project

    # Only the list is looked at: as an app it could not even be loaded.
    monkeypatch.setattr(project, "INSTALLED_APPS", [*project.INSTALLED_APPS, "component_framework"])
    (message,) = found()["cf_core.W007"]
    assert (message.level, message.msg) == (checks.WARNING, "'component_framework' is no app.")


def test_an_unknown_key_names_the_nearest_known_one(good: Any) -> None:
    good.CF_CORE = {"STATE_MAX_AG": 5, "XYZZY": 1}
    hints = [message.hint for message in found()["cf_core.E001"]]
    assert hints[0] == "Did you mean STATE_MAX_AGE?"
    assert "Known: ALLOW_REPLACE, ANSWER_CACHE" in str(hints[1])


@pytest.mark.parametrize(
    ("key", "value", "is_right"),
    [
        ("STATE_MAX_AGE", 60, True),
        ("STATE_MAX_AGE", 0, False),
        ("STATE_MAX_AGE", -5, False),
        ("STATE_MAX_AGE", True, False),
        ("STATE_MAX_AGE", 1.5, False),
        ("STATE_STORE", "token", True),
        ("STATE_STORE", "redis", False),
        ("EVENT_RECORDS", "all", True),
        ("EVENT_RECORDS", True, False),
        ("ALLOW_REPLACE", True, True),
        ("ALLOW_REPLACE", "yes", False),
        ("ANSWER_CACHE", None, False),
        ("DEFAULT_PERMISSION_CLASSES", ["tests.permissions.Anyone"], True),
        ("DEFAULT_PERMISSION_CLASSES", ("tests.permissions.Anyone",), True),
        ("DEFAULT_PERMISSION_CLASSES", "tests.permissions.Anyone", False),
        ("DEFAULT_PERMISSION_CLASSES", [Anyone], False),
    ],
)
def test_values_of_settings_are_checked(good: Any, key: str, value: Any, is_right: bool) -> None:
    good.CF_CORE = {key: value}
    assert ("cf_core.E002" in found()) is not is_right


def test_a_second_distribution_of_the_same_package_is_reported(good: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import metadata

    known = metadata.distribution

    def distribution(name: str) -> Any:
        return known("Django") if name == "component-framework" else known(name)

    monkeypatch.setattr(metadata, "distribution", distribution)
    (message,) = found()["cf_core.E005"]
    assert message.hint == "pip uninstall component-framework"


@pytest.mark.parametrize(
    ("options", "is_right"),
    [
        ({"transaction_mode": "IMMEDIATE"}, True),
        ({"transaction_mode": "immediate"}, True),
        ({"transaction_mode": "EXCLUSIVE"}, True),
        ({"transaction_mode": "DEFERRED"}, False),
        ({}, False),
    ],
)
def test_sqlite_without_its_write_lock_is_reported(
    good: Any, monkeypatch: pytest.MonkeyPatch, options: dict[str, str], is_right: bool
) -> None:
    from django.db import connections

    monkeypatch.setitem(connections.settings["default"], "OPTIONS", options)
    messages = found().get("cf_core.W002", [])
    assert len(messages) == (0 if is_right else 1)
    if messages:
        assert "'transaction_mode': 'IMMEDIATE'" in str(messages[0].hint)


def test_a_template_with_component_js_needs_the_app(good: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text("{% load components %}{% component_js 'c1' %}")
    templates = deepcopy(good.TEMPLATES)
    templates[0]["DIRS"] = [tmp_path]
    good.TEMPLATES = templates
    (message,) = found()["cf_core.E006"]
    assert "page.html" in message.msg
    monkeypatch.setattr(extensions, "live_script", "live.js")
    assert found() == {}


def test_components_of_an_app_that_is_installed_are_fine(good: Any, register: Any, monkeypatch: Any) -> None:
    class Limited(Component):
        permission_classes = [Anyone]
        rate_limit = "3/hour"
        renderer = Inline("<p></p>")

    register(Limited, "limited")
    monkeypatch.setattr(extensions, "served_attributes", {"rate_limit"})
    assert found() == {}
    assert Limited().dispatch()["html"]


def test_the_missing_permissions_are_listed_for_deployment_only(good: Any) -> None:
    good.CF_CORE = {}
    assert "cf_core.W004" not in found()
    assert [message.msg.split()[0] for message in found(deploy=True)["cf_core.W004"]] == ["'placed'"]


def test_an_error_stops_manage_py_check(good: Any) -> None:
    good.CF_CORE = {"STATE_MAX_AG": 5}
    # By its tag: since Django 6.1 the checks of models ask every database.
    with pytest.raises(SystemCheckError, match=r"cf_core\.E001"):
        call_command("check", "--tag", "cf_core")


@pytest.mark.parametrize("module", ["cf_core", "cf_core.engine.component", "cf_core.engine.plain"])
def test_the_engine_pulls_in_no_django_and_needs_no_settings(module: str) -> None:
    code = f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "django_htmx", "django_cotton"):
            raise ImportError(f"the engine asked for {{name}}")
sys.meta_path.insert(0, Blocker())
import {module}
assert not [name for name in sys.modules if name.partition(".")[0].startswith("django")]
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
