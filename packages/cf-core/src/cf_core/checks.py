"""System checks: what is wrong with the settings or the components is said at start-up, with an id and a hint."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, get_args, get_type_hints

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.db import connections
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.utils.module_loading import import_string

from .conf import Settings, conf
from .engine.extensions import APP_ATTRIBUTES, extensions
from .engine.registries import registry

Messages = list[checks.CheckMessage]

_REQUEST_PROCESSOR = "django.template.context_processors.request"


@checks.register("cf_core")
def check_settings(**kwargs: Any) -> Messages:
    """E001 unknown key, E002 wrong value, E003 a permission class that cannot be imported, E007 no such cache."""
    found: Messages = list(conf.unknown_keys("cf_core.E001"))
    hints = get_type_hints(Settings)
    for key, value in conf.known().items():
        problem = _problem(hints[key], value)
        if problem:
            found.append(checks.Error(f"CF_CORE[{key!r}] is {value!r}: {problem}.", id="cf_core.E002"))
    if found:
        return found
    for path in conf().DEFAULT_PERMISSION_CLASSES:
        try:
            import_string(path)
        except ImportError as error:
            found.append(checks.Error(f"CF_CORE['DEFAULT_PERMISSION_CLASSES']: {error}.", id="cf_core.E003"))
    for key in ("STATE_CACHE", "ANSWER_CACHE"):
        alias = getattr(conf(), key)
        if alias not in settings.CACHES:
            hint = f"CACHES has: {', '.join(settings.CACHES)}."
            found.append(checks.Error(f"CF_CORE[{key!r}] names no cache: {alias!r}.", hint=hint, id="cf_core.E007"))
    return found


@checks.register("cf_core")
def check_components(**kwargs: Any) -> Messages:
    """E004 an attribute whose app is missing, E008 no such database, W003 state in a cache of one process."""
    found: Messages = []
    for name, cls in registry:
        for attribute in cls._app_attributes:
            if attribute not in extensions.served_attributes:
                app = APP_ATTRIBUTES[attribute]
                text = f"{name!r} ({_path(cls)}) sets {attribute}, but {app!r} is not installed."
                found.append(checks.Error(text, hint=f"Add {app!r} to INSTALLED_APPS.", id="cf_core.E004"))
        if cls.atomic and cls.using not in connections:
            found.append(checks.Error(f"{name!r} uses the database {cls.using!r}, which is none.", id="cf_core.E008"))
        keeps = cls.locked_fields or (cls.state_store or conf().STATE_STORE) == "cache"
        if keeps and _is_per_process(conf().STATE_CACHE):
            found.append(
                checks.Warning(
                    f"{name!r} keeps state on the server, in a cache that only one process sees.",
                    hint="Where several processes serve: Redis, Memcached or the database for CF_CORE['STATE_CACHE'].",
                    id="cf_core.W003",
                )
            )
    return found


@checks.register("cf_core")
def check_project(**kwargs: Any) -> Messages:
    """E005 the other distribution of the same name, W001, W002, W006, W007, W008 for what the project should set."""
    found: Messages = []
    if _is_installed("component-framework"):
        text = "The distribution component-framework is installed; it ships the same package as cf-suite."
        found.append(checks.Error(text, hint="pip uninstall component-framework", id="cf_core.E005"))
    if "component_framework" in settings.INSTALLED_APPS:
        text = "'component_framework' is no app."
        found.append(checks.Warning(text, hint="List 'cf_core' and the other cf_ apps.", id="cf_core.W007"))
    if settings.CSRF_FAILURE_VIEW != "cf_core.views.csrf_failure":
        hint = "CSRF_FAILURE_VIEW = 'cf_core.views.csrf_failure'"
        text = "A refused CSRF token answers a page that components cannot recover from."
        found.append(checks.Warning(text, hint=hint, id="cf_core.W001"))
    if not any("cf_core.middleware" in path for path in settings.MIDDLEWARE):
        text = "Django reads a form's whole body before cf_core can refuse it for its size."
        hint = "Put 'cf_core.middleware.component_middleware' above CsrfViewMiddleware."
        found.append(checks.Warning(text, hint=hint, id="cf_core.W006"))
    found += _check_sqlite()
    for engine in engines.all():
        processors = getattr(getattr(engine, "engine", None), "context_processors", None)
        if isinstance(engine, DjangoTemplates) and "django.template.context_processors.request" not in (
            processors or ()
        ):
            hint = "Add 'django.template.context_processors.request' to its context_processors."
            text = f"Templates of the engine {engine.name!r} do not know the request: components there know no user."
            found.append(checks.Warning(text, hint=hint, id="cf_core.W008"))
    return found


@checks.register("cf_core")
def check_templates(**kwargs: Any) -> Messages:
    """E006 `{% component_js %}` in a template, without the app that makes components live."""
    if extensions.live_script is not None:
        return []
    return [
        checks.Error(
            f"{path} uses {{% component_js %}}, which needs a socket.",
            hint="Add 'cf_realtime' to INSTALLED_APPS, or remove the tag.",
            id="cf_core.E006",
        )
        for path in _template_files()
        if "{% component_js" in path.read_text(errors="replace")
    ]


@checks.register("cf_core", deploy=True)
def check_deployment(**kwargs: Any) -> Messages:
    """W004 components that anybody may use where they stand, W005 answers remembered in one process only."""
    found: Messages = []
    if not conf().DEFAULT_PERMISSION_CLASSES:
        for name, cls in registry:
            if cls.permission_classes is None:
                text = f"{name!r} ({_path(cls)}) declares no permission_classes."
                hint = "Declare them (AllowAny counts), or set CF_CORE['DEFAULT_PERMISSION_CLASSES']."
                found.append(checks.Warning(text, hint=hint, id="cf_core.W004"))
    if _is_per_process(conf().ANSWER_CACHE):
        text = "Answers are remembered in a cache that only one process sees."
        hint = "Use Redis, Memcached or the database for CF_CORE['ANSWER_CACHE'] where several processes serve."
        found.append(checks.Warning(text, hint=hint, id="cf_core.W005"))
    return found


def _check_sqlite() -> Iterator[checks.CheckMessage]:
    databases: dict[str, dict[str, Any]] = settings.DATABASES
    for alias, database in databases.items():
        if database.get("ENGINE") == "django.db.backends.sqlite3":
            mode = str(database.get("OPTIONS", {}).get("transaction_mode") or "").upper()
            if mode not in ("IMMEDIATE", "EXCLUSIVE"):
                yield checks.Warning(
                    f"SQLite database {alias!r} begins transactions without the write lock: parallel events fail.",
                    hint="OPTIONS: {'transaction_mode': 'IMMEDIATE', 'init_command': 'PRAGMA journal_mode=WAL;'}",
                    id="cf_core.W002",
                )


def _is_per_process(alias: str) -> bool:
    return alias in settings.CACHES and isinstance(caches[alias], LocMemCache | DummyCache)


def _problem(hint: Any, value: Any) -> str | None:
    """Return what is wrong with a setting's value, or None."""
    choices = get_args(hint)
    if choices and all(isinstance(choice, str) for choice in choices):
        return None if value in choices else f"expected one of {', '.join(map(repr, choices))}"
    if hint is bool:
        return None if isinstance(value, bool) else "expected True or False"
    if hint is int:
        return None if type(value) is int and value > 0 else "expected a whole number above 0"
    if hint is str:
        return None if isinstance(value, str) else "expected a text"
    is_list = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    return None if is_list else "expected a list of dotted paths"


def _template_files() -> Iterator[Path]:
    """Yield the project's own templates; those of installed packages are their authors' business."""
    configured: list[dict[str, Any]] = settings.TEMPLATES
    folders = [Path(folder) for engine in configured for folder in engine.get("DIRS", ())]
    folders += [Path(app.path) / "templates" for app in apps.get_app_configs() if not app.name.startswith("django.")]
    for folder in dict.fromkeys(folders):
        if "site-packages" not in folder.parts:
            yield from folder.rglob("*.html")


def _path(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _is_installed(distribution: str) -> bool:
    try:
        metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True
