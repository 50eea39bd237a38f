"""Which template renders what of a form, and rendering it inside the template that asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.template import Template, TemplateDoesNotExist
from django.template.context import Context
from django.utils.safestring import SafeString

from cf_core.engine.errors import ComponentDefinitionError

from .conf import conf

if TYPE_CHECKING:
    from .bound import BoundField, BoundForm
    from .component import FormComponent

FORM_TEMPLATE = "cf_forms/form.html"
FIELD_TEMPLATE = "cf_forms/field.html"


def form_template(component: FormComponent) -> str:
    """Return the template of a component's whole form."""
    return component.form_template or FORM_TEMPLATE


def field_templates(field: BoundField) -> Iterator[str]:
    """Yield the templates that may render a field, the most particular first."""
    own = type(field.form.component).field_templates
    for key in (field.definition.path, field.definition.name, field.kind):
        if key in own:
            yield own[key]
    project = conf().FIELD_TEMPLATES.get(field.kind)
    if project is not None:
        yield project
    yield f"cf_forms/fields/{field.kind}.html"
    yield FIELD_TEMPLATE


def widget_template(field: BoundField) -> str:
    """Return the template of a field's control alone."""
    return field.definition.widget or f"cf_forms/widgets/{field.kind}.html"


def render_form(context: Context, form: BoundForm, **names: Any) -> SafeString:
    """Return the HTML of a whole form."""
    return render_in(context, form, (form_template(form.component),), **names)


def render_field(context: Context, field: BoundField) -> SafeString:
    """Return the HTML of a field: label, help, control, errors."""
    names = tuple(field_templates(field))
    return render_in(context, field.form, names, field=field, widget_template=widget_template(field))


def render_in(context: Context, form: BoundForm, names: tuple[str, ...], **values: Any) -> SafeString:
    """Render the first of the templates that exists, inside the context of the template that asks.

    Raises ComponentDefinitionError where none does.
    """
    template = form.templates.get(names)
    if template is None:
        template = form.templates[names] = _find(context, names)
    with context.push(form=form, **values):
        return template.render(context)


def _find(context: Context, names: tuple[str, ...]) -> Template:
    asking = context.template
    if asking is None:
        raise ComponentDefinitionError("The form tags need a template of Django's own template engine.")
    try:
        return asking.engine.select_template(list(names))
    except TemplateDoesNotExist as error:
        raise ComponentDefinitionError(
            f"No template engine finds {', '.join(map(repr, names))}, the template of a form or field."
        ) from error
