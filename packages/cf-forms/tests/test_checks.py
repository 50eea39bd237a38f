"""Wrong settings and wrong names in forms are said at start-up."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import override_settings
from pydantic import BaseModel

from cf_core import registry
from cf_forms.component import FormComponent
from cf_forms.conf import conf


def found() -> list[tuple[str | None, str]]:
    return [(one.id, f"{one.msg} {one.hint or ''}") for one in run_checks(tags=["cf_forms"])]


class Plain(BaseModel):
    email: str


@pytest.fixture
def registered() -> Any:
    added: list[str] = []

    def register(**attributes: Any) -> None:
        name = f"checked_{len(added)}"
        registry.register(name, replace=True)(type("Checked", (FormComponent,), {"schema": Plain, **attributes}))
        added.append(name)

    yield register
    for name in added:
        registry.unregister(name)


def test_nothing_is_wrong_by_default() -> None:
    assert found() == []


def test_settings_have_defaults_and_are_read_anew() -> None:
    assert conf().UPLOAD_STORAGE == "default"
    with override_settings(CF_FORMS={"UPLOAD_MAX_BYTES": 5}):
        assert conf().UPLOAD_MAX_BYTES == 5
    assert conf().UPLOAD_MAX_BYTES == 10_485_760


@pytest.mark.parametrize(
    ("settings", "expected", "words"),
    [
        ({"FIELD_TEMPLATE": {}}, "cf_forms.E001", "Did you mean FIELD_TEMPLATES?"),
        ({"FIELD_TEMPLATES": {"colour": "x.html"}}, "cf_forms.E002", "no kind of field is called 'colour'"),
        ({"FIELD_TEMPLATES": ["x.html"]}, "cf_forms.E002", "expected {kind of field: template}"),
        ({"UPLOAD_MAX_BYTES": 0}, "cf_forms.E002", "above 0"),
        ({"UPLOAD_STORAGE": 3}, "cf_forms.E002", "expected a text"),
        ({"FIELD_TEMPLATES": {"date": "no/such.html"}}, "cf_forms.E003", "no/such.html"),
        ({"UPLOAD_STORAGE": "nowhere"}, "cf_forms.E004", "STORAGES has: default, staticfiles."),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, Any], expected: str, words: str) -> None:
    with override_settings(CF_FORMS=settings):
        [(name, text)] = found()

    assert name == expected
    assert words in text


@pytest.mark.parametrize(
    ("attributes", "expected", "words"),
    [
        ({"form_template": "no/such.html"}, "cf_forms.E005", "no/such.html"),
        ({"field_templates": {"email": "no/such.html"}}, "cf_forms.E005", "no/such.html"),
        ({"field_templates": {"emial": "forms/own_field.html"}}, "cf_forms.E006", "Did you mean 'email'?"),
    ],
)
def test_a_wrong_name_in_a_form_is_named(
    registered: Any, attributes: dict[str, Any], expected: str, words: str
) -> None:
    registered(**attributes)

    [(name, text)] = found()

    assert name == expected
    assert words in text


def test_kinds_and_fields_may_be_named(registered: Any) -> None:
    registered(field_templates={"email": "forms/own_field.html", "text": "forms/own_field.html"})

    assert found() == []


def test_a_schema_chosen_for_each_user_is_not_looked_at(registered: Any) -> None:
    registered(get_schema=lambda self: self.user.schema, field_templates={"anything": "forms/own_field.html"})

    assert found() == []


def test_no_code_of_a_form_is_run_for_it(registered: Any) -> None:
    """It may ask who the user is, and there is none."""
    registered(get_read_only_fields=lambda self: self.user.fields, field_templates={"email": "forms/own_field.html"})

    assert found() == []
