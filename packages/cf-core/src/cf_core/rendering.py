"""Renderers: Django's template backends, and django-cotton's components."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.signals import setting_changed
from django.template import Context, Engine, TemplateDoesNotExist
from django.template.backends.django import Template as BackendTemplate
from django.template.loader import get_template, select_template
from django.utils.module_loading import import_string

from .engine.errors import ComponentDefinitionError

if TYPE_CHECKING:
    from .engine.component import Component

__all__ = ["DjangoCottonRenderer", "DjangoRenderer"]

_PROCESSED = "_cf_core_context"
_TEMPLATE_FILE = re.compile(r"\.(?:html?|txt|xml|svg)\Z")
_COTTON_NAME = re.compile(r"[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*\Z")
_EMPTY_ROOT = "<div></div>"


class DjangoRenderer:
    """Renders a component's template with whichever Django template backend finds it."""

    def render(self, component: Component, context: dict[str, Any]) -> str:
        """Return the HTML. A component without any template is an empty root element, so that its state travels."""
        template = self.template(component)
        if template is None:
            return _EMPTY_ROOT
        if not isinstance(template, BackendTemplate):
            html: str = template.render(context, component.request)
            return html
        request = component.request
        compiled = template.template
        engine = compiled.engine
        engine_context = Context({**_processed(engine, request), **context}, autoescape=engine.autoescape)
        engine_context.request = request  # type: ignore[attr-defined]  # as RequestContext has it
        engine_context.template, engine_context.template_name = compiled, compiled.name
        return compiled.render(engine_context)

    def template(self, component: Component) -> Any:
        """Return the template of a component. Raises ComponentDefinitionError for a named one that is missing."""
        name = component.template_name
        if name is not None:
            return self._find(component, (name,))
        try:
            return self._find(component, default_templates(component))
        except ComponentDefinitionError:
            return None

    def _find(self, component: Component, names: tuple[str, ...]) -> Any:
        found = _Templates.found.get(names)
        if found is None:
            try:
                found = get_template(names[0]) if len(names) == 1 else select_template(names)
            except TemplateDoesNotExist as error:
                if str(error) not in names:
                    raise
                raise ComponentDefinitionError(
                    f"{type(component).__name__}.template_name is {names[0]!r}, which no template engine finds. "
                    f"Tried: {', '.join(str(origin) for origin, _ in error.tried) or 'nothing'}."
                ) from error
            if not settings.DEBUG:
                _Templates.found[names] = found
        return found


class DjangoCottonRenderer(DjangoRenderer):
    """Renders a cotton component by its name, or a template that uses cotton's tags.

    `template_name = "card"` or `"forms.card"` is the cotton component, which gets the context's names as attributes;
    a name that ends in a file suffix is the template itself.
    """

    def render(self, component: Component, context: dict[str, Any]) -> str:
        """Return the HTML."""
        name = component.template_name
        if name is None or _TEMPLATE_FILE.search(name):
            return super().render(component, context)
        return render_cotton(name, context, component.request)


def render_cotton(name: str, props: Mapping[str, Any], request: Any) -> str:
    """Return the HTML of a cotton component. Raises ComponentDefinitionError for a name that cannot be one."""
    if not _COTTON_NAME.match(name):
        raise ComponentDefinitionError(f"{name!r} is no cotton component: letters, digits, `-`, `_`, `.` for folders.")
    try:
        render_component = import_string("django_cotton.render_component")
    except ImportError as error:
        raise ComponentDefinitionError("django-cotton is not installed: pip install 'cf-core[cotton]'.") from error
    html: str = render_component(request, name, dict(props))
    return html


def default_templates(component: Component) -> tuple[str, ...]:
    """Return the templates of a class that names none: the conventional one, then those its base classes offer."""
    own = (f"components/{component.component_name}.html",) if component.component_name else ()
    return (*own, *getattr(component, "fallback_templates", ())) or ("components/.html",)


class _Templates:
    """Templates by name, outside DEBUG: the lookup costs more than a small component's render."""

    found: ClassVar[dict[tuple[str, ...], Any]] = {}


def _forget_templates(*, setting: str, **kwargs: Any) -> None:
    if setting in ("TEMPLATES", "DEBUG", "INSTALLED_APPS"):
        _Templates.found.clear()


setting_changed.connect(_forget_templates, dispatch_uid="cf_core.rendering")


def _processed(engine: Engine, request: Any) -> dict[str, Any]:
    """Return what the context processors add. They run once a request, not once a component."""
    if request is None:
        return {}
    memo: dict[int, dict[str, Any]] | None = getattr(request, _PROCESSED, None)
    if memo is None:
        memo = {}
        setattr(request, _PROCESSED, memo)
    known = memo.get(id(engine))
    if known is None:
        known = memo[id(engine)] = {}
        for processor in engine.template_context_processors:
            known.update(processor(request) or {})
        known.setdefault("request", request)
    return known


def forget_processed(request: Any) -> None:
    """Have the context processors run again: an event may have changed what they tell."""
    if request is not None and hasattr(request, _PROCESSED):
        delattr(request, _PROCESSED)
