"""`{% load cf_forms %}`: the tags that render the form of a FormComponent."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from cf_core.engine.errors import ComponentDefinitionError
from cf_core.engine.stamp import TOKEN_MARK
from cf_core.placing import parent_in

from ..bound import BoundField, BoundForm
from ..component import FormComponent
from ..rendering import render_field, render_form, render_in

register = template.Library()

_FORM = "_cf_bound_form"


@register.simple_tag(takes_context=True)
def component_form(
    context: Context,
    *,
    submit: str | None = None,
    live: bool = True,
    novalidate: bool = False,
    action: str | None = None,
) -> SafeString:
    """Print the whole form of the component: `{% component_form submit="Send" %}`.

    `live=False`: nothing is validated before the form is sent. `novalidate=True`: the browser itself checks
    nothing. `action`: another address than the component's endpoint.
    """
    form = BoundForm(_component(context, "component_form"), is_live=live, action=action)
    return render_form(context, form, submit_label=submit, novalidate=novalidate, state_token=TOKEN_MARK)


@register.simple_tag(takes_context=True)
def form_field(context: Context, field: str | BoundField) -> SafeString:
    """Print a field with label, help, control and errors: `{% form_field "items.0.qty" %}`."""
    if isinstance(field, BoundField):
        return render_field(context, field)
    try:
        found = _form(context, "form_field")[field]
    except KeyError as error:
        raise ComponentDefinitionError(f"{{% form_field %}}: {error.args[0]}") from None
    return render_field(context, found)


@register.simple_tag(takes_context=True)
def form_errors(context: Context) -> SafeString:
    """Print the error summary, with links to the fields; nothing where there is nothing to say."""
    form = _form(context, "form_errors")
    if not form.summary:
        return mark_safe("")
    return render_in(context, form, ("cf_forms/errors.html",))


def _form(context: Context, tag: str) -> BoundForm:
    """Return the form that is being rendered; outside `{% component_form %}` it is made at the first tag."""
    form = context.get("form")
    if isinstance(form, BoundForm):
        return form
    kept = context.dicts[0].get(_FORM)
    component = _component(context, tag)
    if not isinstance(kept, BoundForm) or kept.component is not component:
        kept = context.dicts[0][_FORM] = BoundForm(component)
    return kept


def _component(context: Context, tag: str) -> FormComponent:
    component = parent_in(context)
    if not isinstance(component, FormComponent):
        raise ComponentDefinitionError(f"{{% {tag} %}} stands in the own template of a FormComponent, and only there.")
    return component
