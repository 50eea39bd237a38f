"""`CF_CORE`: read when it is needed, forgotten when it changes."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.test import override_settings

from cf_core.conf import Settings, conf


def test_without_a_dict_every_setting_has_its_default() -> None:
    assert conf() == Settings()


@pytest.mark.parametrize("value", [None, {}])
def test_an_empty_dict_is_no_dict(settings: Any, value: Any) -> None:
    settings.CF_CORE = value
    assert conf() == Settings()


def test_what_the_project_says_wins() -> None:
    with override_settings(CF_CORE={"STATE_MAX_AGE": 60, "STATE_STORE": "cache"}):
        assert (conf().STATE_MAX_AGE, conf().STATE_STORE, conf().EVENT_RECORDS) == (60, "cache", "writes")
    assert conf().STATE_MAX_AGE == 86_400


def test_unknown_keys_are_left_to_the_checks(settings: Any) -> None:
    settings.CF_CORE = {"STATE_MAX_AG": 60}
    assert conf() == Settings()


def test_settings_are_read_once() -> None:
    assert conf() is conf()


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        conf().STATE_MAX_AGE = 5  # type: ignore[misc]


def test_the_documented_keys_are_there() -> None:
    documented = {
        *("DEFAULT_PERMISSION_CLASSES", "STATE_STORE", "STATE_MAX_AGE", "STATE_WARN_BYTES", "STATE_MAX_BYTES"),
        *("EVENT_RECORDS", "EVENT_RECORD_HOURS", "ALLOW_REPLACE", "MAX_BODY_BYTES"),
    }
    assert documented <= conf.keys


def test_every_setting_has_its_reason_in_the_source() -> None:
    import ast
    import inspect

    tree = ast.parse(inspect.getsource(Settings))
    body = tree.body[0].body  # type: ignore[attr-defined]
    for node, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign):
            assert isinstance(following, ast.Expr), ast.unparse(node)
            assert isinstance(following.value, ast.Constant), ast.unparse(node)
