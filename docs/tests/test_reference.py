"""The reference is complete: it names what the code has, and shows nothing that no test runs."""

from __future__ import annotations

import importlib
import inspect
import re
from dataclasses import fields
from pathlib import Path

import pytest

from cf_cache import CacheMixin
from cf_cache.templatetags.cf_cache import register as cache_tags
from cf_core import Component
from cf_core.engine.extensions import APP_ATTRIBUTES
from cf_core.models import EventRecord
from cf_core.scripts import CLIENT_TEXTS
from cf_core.templatetags.components import register as tags
from cf_core.views import ComponentView
from tests.helpers import DOCS, PAGES, ROOT, code, table

SOURCES = sorted(ROOT.glob("packages/*/src/**/*.py"))
PUBLIC = [
    "cf_core",
    "cf_core.views",
    "cf_core.urls",
    "cf_core.rendering",
    "cf_core.middleware",
    "cf_core.signals",
    "cf_permissions",
    "cf_permissions.decorators",
    "cf_permissions.throttling",
    "cf_permissions.views",
    "cf_cache",
    "cf_cache.signals",
    "cf_forms",
    "cf_models",
    "cf_testing",
]


def names_in(page: str, heading: str) -> set[str]:
    """Return what the first column of a table names, without arguments."""
    return {re.match(r"\w+", name)[0] for row in table(page, heading) for name in code(row[0])}


def public(cls: type, kind: type | tuple[type, ...] = object) -> set[str]:
    return {name for name, value in vars(cls).items() if not name.startswith("_") and isinstance(value, kind)}


def test_component_page_has_every_class_attribute() -> None:
    methods = {name for name in public(Component) if inspect.isroutine(getattr(Component, name))}
    properties = public(Component, property)

    found = names_in("reference/component.md", "## Class attributes")

    assert found - {"placeholder_template"} == public(Component) - methods - properties


def test_component_page_has_every_method_and_instance_attribute() -> None:
    methods = {name for name in public(Component) if inspect.isroutine(getattr(Component, name))}
    described = names_in("reference/component.md", "## Methods to override") | names_in(
        "reference/component.md", "## Methods to call"
    )
    assert described - {"on_"} == methods

    instance = {name for name in vars(Component()) if not name.startswith("_")} | public(Component, property)
    assert names_in("reference/component.md", "## Instance attributes") == instance


def test_caching_page_has_every_name_of_the_mixin() -> None:
    assert names_in("reference/caching.md", "## Names") == public(CacheMixin)


def test_attributes_of_other_apps_are_named() -> None:
    text = (DOCS / "reference/component.md").read_text()

    assert [name for name in APP_ATTRIBUTES if f"`{name}`" not in text] == []


def test_every_check_has_its_row() -> None:
    for app in ("cf_core", "cf_permissions", "cf_cache", "cf_forms", "cf_models", "cf_testing"):
        source = "".join(path.read_text() for path in SOURCES if app in path.parts)
        ids = [code(row[0])[0] for row in table("reference/checks.md", f"## {app}")]
        assert ids == sorted(set(re.findall(rf'(?:id=|unknown_keys\()"({app}\.[EWI]\d+)"', source)))

    others = {word for path in SOURCES for word in re.findall(r'id="(cf_\w+)\.[EWI]\d+"', path.read_text())}
    assert others == {"cf_core", "cf_permissions", "cf_cache", "cf_forms", "cf_models", "cf_testing"}


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_listed(module: str) -> None:
    listed: dict[str, set[str]] = {}
    current = ""
    for cells in table("reference/modules.md", "# Modules"):
        current = (code(cells[0]) or [current])[0]
        listed.setdefault(current, set()).update(code(cells[1]))

    assert listed[module] == set(importlib.import_module(module).__all__)


def test_apps_that_export_nothing_are_as_empty_as_said() -> None:
    for name in ("cf_realtime", "component_framework"):
        assert importlib.import_module(name).__all__ == [], f"{name} has names: say so in reference/modules.md"


def test_every_tag_and_filter_is_described() -> None:
    text = (DOCS / "reference/templates.md").read_text()

    for name in {*tags.tags, *tags.filters, *cache_tags.tags, *cache_tags.filters}:
        assert f"## {name}\n" in text


def test_every_field_of_a_record_is_described() -> None:
    described = {name for row in table("reference/records.md", "# Event records") for name in code(row[0])}

    assert described == {field.name for field in EventRecord._meta.fields} - {"id"}


def test_view_page_has_the_attributes_of_the_view() -> None:
    text = (DOCS / "reference/views.md").read_text()

    for name in ("component_name", "permission_classes", "policy_name", "get_component_params"):
        assert hasattr(ComponentView, name)
        assert f"\n`{name}" in text


def test_client_page_names_what_the_script_fires_and_says() -> None:
    script = (ROOT / "packages/cf-core/src/cf_core/static/cf_core/component-client.js").read_text()
    text = (DOCS / "reference/client.md").read_text()

    fired = set(re.findall(r'"(component:\w+|htmx:responseError)"', script)) | {"component:announce", "component:emit"}
    assert [name for name in fired if f"`{name}`" not in text] == []
    for hook in ("data-cf-busy", "data-cf-offline", "data-cf-sync", "hx-morph-skip", "queue_full"):
        assert hook in text
    assert set(re.findall(r'\btext\((?:[\w. ]+\? )?"(\w+)"', script)) <= set(CLIENT_TEXTS)


def test_paths_of_pages_in_the_source_exist() -> None:
    named = {word for path in SOURCES for word in re.findall(r"docs/[\w/-]+\.md", path.read_text())}

    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("app", ["cf_core", "cf_permissions", "cf_cache", "cf_forms", "cf_models", "cf_testing"])
def test_every_setting_has_its_row_with_its_default(app: str) -> None:
    rows = {code(row[0])[0]: code(row[1])[0] for row in table("reference/settings.md", f"## {app.upper()}")}

    settings = importlib.import_module(f"{app}.conf").Settings
    defaults = settings()
    assert rows == {field.name: repr(getattr(defaults, field.name)) for field in fields(settings)}


@pytest.mark.parametrize("path", PAGES, ids=[str(path.relative_to(DOCS)) for path in PAGES])
def test_page_shows_only_what_is_tested(path: Path) -> None:
    text = path.read_text()
    # Shell lines, and the one form of a token, are all that stands in a page itself.
    fences = set(re.findall(r"^ *```(\S+)", text, re.M))

    allowed = {"{literalinclude}", "{toctree}", "{eval-rst}", "{csv-table}", "console", "text"}
    assert fences <= allowed
    for line in re.findall(r"`(from \w[^`]+ import [^`]+)`", text):
        exec(line, {})
