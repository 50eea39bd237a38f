"""System checks: what is wrong with the settings of forms, or with what components say about theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.core import checks
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from cf_core.engine.registries import registry

from .bindings import binding_of
from .component import FormComponent
from .conf import conf
from .definitions import KINDS, walk

Messages = list[checks.CheckMessage]


@checks.register("cf_forms")
def check_settings(**kwargs: Any) -> Messages:
    """E001 unknown key, E002 wrong value, E003 a template that no engine finds, E004 no such storage."""
    found: Messages = list(conf.unknown_keys("cf_forms.E001"))
    for key, value in conf.known().items():
        problem = _problem(key, value)
        if problem:
            found.append(checks.Error(f"CF_FORMS[{key!r}] is {value!r}: {problem}.", id="cf_forms.E002"))
    if found:
        return found
    for kind, name in conf().FIELD_TEMPLATES.items():
        if not _is_template(name):
            text = f"CF_FORMS['FIELD_TEMPLATES'][{kind!r}] is {name!r}, which no template engine finds."
            found.append(checks.Error(text, hint="Expected a template's name.", id="cf_forms.E003"))
    alias = conf().UPLOAD_STORAGE
    if alias not in settings.STORAGES:
        hint = f"STORAGES has: {', '.join(settings.STORAGES)}."
        text = f"CF_FORMS['UPLOAD_STORAGE'] names no storage: {alias!r}."
        found.append(checks.Error(text, hint=hint, id="cf_forms.E004"))
    return found


@checks.register("cf_forms")
def check_components(**kwargs: Any) -> Messages:
    """E005 a template that no engine finds, E006 a field or kind that there is not, in what a class says."""
    return [
        message for name, cls in registry if issubclass(cls, FormComponent) for message in _check_component(name, cls)
    ]


def _check_component(name: str, cls: type[FormComponent]) -> Iterator[checks.CheckMessage]:
    path = f"{cls.__module__}.{cls.__qualname__}"
    own = cls.field_templates
    for template in filter(None, (cls.form_template, *own.values())):
        if not _is_template(template):
            text = f"{name!r} ({path}) names the template {template!r}, which no template engine finds."
            yield checks.Error(
                text, hint="form_template and field_templates hold names of templates.", id="cf_forms.E005"
            )
    known = _known_keys(cls) if own else set()
    for key in own if known else ():
        if key not in known:
            text = f"{name!r} ({path}): field_templates names no field and no kind: {key!r}."
            near = get_close_matches(key, known, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Expected one of: {', '.join(sorted(known))}."
            yield checks.Error(text, hint=hint, id="cf_forms.E006")


def _known_keys(cls: type[FormComponent]) -> set[str]:
    """Return what `field_templates` may name; nothing where the schema is chosen for each request."""
    if cls.get_schema is not FormComponent.get_schema or cls.schema is None:
        return set()
    definitions = binding_of(cls.schema, cls.__qualname__).fields(cls.schema)
    return {key for one in walk(definitions) for key in (one.path, one.name)} | KINDS


def _is_template(name: str) -> bool:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True


def _problem(key: str, value: Any) -> str | None:
    """Return what is wrong with a setting's value, or None."""
    if key == "FIELD_TEMPLATES":
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value.values()):
            return "expected {kind of field: template}"
        unknown = sorted(str(kind) for kind in value if kind not in KINDS)
        return f"no kind of field is called {unknown[0]!r}; there are {', '.join(sorted(KINDS))}" if unknown else None
    if key == "UPLOAD_STORAGE":
        return None if isinstance(value, str) else "expected a text"
    return None if type(value) is int and value > 0 else "expected a whole number above 0"
