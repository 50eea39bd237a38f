"""What may not stand in the source of any package: ways to run what somebody else wrote."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cf_core

PACKAGES = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for path in PACKAGES.glob("*/src/**/*.py")) or sorted(Path(cf_core.__file__).parent.rglob("*.py"))
TEMPLATES = sorted(path for path in PACKAGES.glob("*/src/**/templates/**/*") if path.is_file())

MODULES = {"pickle", "dill", "marshal", "shelve", "cloudpickle", "yaml", "subprocess", "ctypes", "code", "imp"}
"""Modules that make objects, or processes, of bytes."""
CALLS = {"eval", "exec", "compile", "__import__", "csrf_exempt", "from_string", "Template", "globals", "input"}
"""Functions that run text, or that take a guard away. `Template` is Django's: made of data it is an injection."""
MARKING = {"mark_safe", "SafeString", "SafeText", "format_html", "SafeHtml"}
"""Functions whose first argument is trusted as it is."""


def findings(source: str, name: str) -> Iterator[str]:
    """Yield what is wrong in one module."""
    for node in ast.walk(ast.parse(source)):
        where = f"{name}:{getattr(node, 'lineno', 0)}"
        match node:
            case ast.Import(names=names):
                yield from (f"{where} imports {a.name}" for a in names if a.name.partition(".")[0] in MODULES)
            case ast.ImportFrom(module=str(module), names=names):
                if module.partition(".")[0] in MODULES:
                    yield f"{where} imports from {module}"
                yield from (f"{where} imports {a.name}" for a in names if a.name == "csrf_exempt")
            case ast.Call(func=func, args=args):
                called = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
                is_method = isinstance(func, ast.Attribute)
                if called in CALLS and not (is_method and called == "compile"):
                    yield f"{where} calls {called}()"
                if called in MARKING and args and is_built(args[0]):
                    yield f"{where} calls {called}() on text that it builds"
                if called in ("import_module", "import_string") and not (args and isinstance(args[0], ast.Constant)):
                    yield f"{where} calls {called}()"
            case ast.Name(id="csrf_exempt") | ast.Attribute(attr="csrf_exempt"):
                yield f"{where} uses csrf_exempt"


def is_built(node: ast.expr) -> bool:
    """Whether a text is put together on the spot: f-string, `%`, `+` with something, `.format()`."""
    match node:
        case ast.JoinedStr(values=values):
            return any(isinstance(value, ast.FormattedValue) for value in values)
        case ast.BinOp(op=ast.Mod() | ast.Add()):
            return True
        case ast.Call(func=ast.Attribute(attr="format" | "replace" | "join")):
            return True
    return False


EXCEPT = {
    # Slots escape the ids, names and contents that they put in.
    "cf_core/engine/slots.py": ("SafeHtml",),
    # Paths from the project's own settings.
    "cf_core/policies.py": ("import_string",),
    "cf_core/checks.py": ("import_string",),
    # The cache clients, by names that stand there.
    "cf_core/failures.py": ("import_module",),
    "cf_testing/checks.py": ("import_string",),
    "cf_testing/django_surroundings.py": ("import_string", "import_module"),
}
"""Modules that may do one of these things, and why."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: "/".join(path.parts[-3:]))
def test_no_source_runs_what_it_is_given(path: Path) -> None:
    name = "/".join(path.parts[-3:])
    allowed = next((words for suffix, words in EXCEPT.items() if path.as_posix().endswith(suffix)), ())
    found = [text for text in findings(path.read_text(), name) if not any(f" {word}()" in text for word in allowed)]
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-3:]))
def test_no_template_trusts_what_it_shows(path: Path) -> None:
    text = path.read_text()
    for word in (
        "|safe",
        "autoescape off",
        "mark_safe",
        "<script>",
        "onclick=",
        "onload=",
        "style=",
        "hx-on",
        "javascript:",
    ):
        assert word not in text


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import marshal as m",
        "x = eval(text)",
        "exec(text)",
        "__import__(name)",
        "from django.views.decorators.csrf import csrf_exempt",
        "@csrf_exempt\ndef view(request): ...",
        "Template(text).render(context)",
        "engine.from_string(text)",
        "mark_safe(f'<b>{text}</b>')",
        "mark_safe('<b>%s</b>' % text)",
        "mark_safe('<b>' + text)",
        "mark_safe('<b>{}</b>'.format(text))",
        "importlib.import_module(name)",
        "import_string(name)",
        "yaml.load(text)\nimport yaml",
    ],
)
def test_the_gate_sees(source: str) -> None:
    assert list(findings(source, "some/module.py"))


@pytest.mark.parametrize(
    "source",
    ["re.compile('x')", "mark_safe('<b>constant</b>')", "format_html('<b>{}</b>', text)", "import json", "loads(text)"],
)
def test_the_gate_lets_through(source: str) -> None:
    assert not list(findings(source, "some/module.py"))


def test_the_gate_has_something_to_look_at() -> None:
    assert len(SOURCES) > 30
