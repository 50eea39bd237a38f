"""System checks: what is wrong with the settings, or with what components say about their models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldError
from django.db import DEFAULT_DB_ALIAS, router

from cf_core.engine.errors import ComponentDefinitionError
from cf_core.engine.registries import registry

from .component import DjangoModelMixin
from .conf import conf

Messages = list[checks.CheckMessage]


@checks.register("cf_models")
def check_apps(**kwargs: Any) -> Messages:
    """E001 an app that is missing."""
    return [
        checks.Error(
            f"cf_models needs {app!r} in INSTALLED_APPS.", hint="List it before cf_models.", id="cf_models.E001"
        )
        for app in ("cf_core", "cf_forms")
        if not apps.is_installed(app)
    ]


@checks.register("cf_models")
def check_settings(**kwargs: Any) -> Messages:
    """E002 unknown key, E003 wrong value."""
    found: Messages = list(conf.unknown_keys("cf_models.E002"))
    for key, value in conf.known().items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            text = f"CF_MODELS[{key!r}] is {value!r}: expected a whole number from 1."
            found.append(checks.Error(text, id="cf_models.E003"))
    return found


@checks.register("cf_models")
def check_components(**kwargs: Any) -> Messages:
    """E004 no model, E005 no such column, E006 no such relation, E007 no such word, W001 another database."""
    classes = [cls for _, cls in registry if issubclass(cls, DjangoModelMixin)]
    return [message for cls in classes for message in _check_component(cls)]


def _check_component(cls: type[DjangoModelMixin]) -> Iterator[checks.CheckMessage]:
    where = f"{cls.__module__}.{cls.__qualname__}"
    model = cls.model
    if model is None:
        yield checks.Error(f"{where} has no model.", hint="Write `model = ...` in the class.", id="cf_models.E004")
        return
    try:
        cls._state_fields()
        cls._version()
    except ComponentDefinitionError as error:
        yield checks.Error(f"{where}: {error}", id="cf_models.E005")
    if cls.select_related:
        try:
            str(model._base_manager.select_related(*cls.select_related).query)
        except FieldError as error:
            yield checks.Error(f"{where}.select_related: {error}", id="cf_models.E006")
    if cls.lost_updates not in ("detect", "overwrite"):
        text = f"{where}.lost_updates is {cls.lost_updates!r}: expected 'detect' or 'overwrite'."
        yield checks.Error(text, id="cf_models.E007")
    alias = router.db_for_write(model)
    if alias not in (cls.using, DEFAULT_DB_ALIAS):
        text = f"{where} reads and writes {model._meta.label} in {cls.using!r}, and the project's router in {alias!r}."
        yield checks.Warning(text, hint=f"Write `using = {alias!r}` in the class.", id="cf_models.W001")
