"""`{% load components %}`: the tags that place components and the scripts that make them live."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.conf import settings
from django.middleware.csrf import get_token
from django.template.context import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from ..engine.calls import StateSnapshot
from ..engine.component import Component
from ..engine.errors import ComponentDefinitionError
from ..engine.extensions import extensions
from ..engine.stamp import TOKEN_MARK
from ..placing import parent_in, place
from ..rendering import render_cotton
from ..scripts import CLIENT_TEXTS, HTMX_CONFIG

register = template.Library()


@register.simple_tag(takes_context=True)
def live_component(
    context: Context,
    name: str,
    /,
    *,
    component_id: str | None = None,
    lazy: bool = False,
    key: str | None = None,
    **params: Any,
) -> SafeString:
    """Place a component: `{% live_component "counter" initial=5 %}`.

    `lazy=True` loads it when it comes into view; `key` tells it from its siblings inside a component in a loop.
    """
    request = getattr(context, "request", None) or context.get("request")
    return place(
        name,
        {param: _plain(value) for param, value in params.items()},
        request=request,
        parent=parent_in(context),
        component_id=None if component_id is None else str(component_id),
        lazy=lazy,
        key=None if key is None else str(key),
    )


@register.simple_tag(takes_context=True)
def component_scripts(context: Context) -> SafeString:
    """Print the style sheet and the scripts that components need, once, in `<head>`."""
    request = getattr(context, "request", None) or context.get("request")
    nonce = _nonce(context, request)
    minified = "" if settings.DEBUG else ".min"
    try:
        endpoint, csrf_url = reverse("component_endpoint", args=["__name__"]), reverse("cf_csrf")
    except NoReverseMatch:
        raise ComponentDefinitionError(
            "The project has no component endpoint: add path('components/', include('cf_core.urls')) to its URLs."
        ) from None
    return format_html(
        '<meta name="htmx-config" content="{}">'
        '<link rel="stylesheet" href="{}"{}>'
        '<script src="{}" defer{} data-cf-csrf="{}" data-cf-csrf-url="{}" data-cf-endpoint="{}" data-cf-texts="{}">'
        "</script>"
        # After the client: it must be listening when htmx begins, or a lazy component's event goes out without a token.
        '<script src="{}" defer{}></script>{}',
        json.dumps(HTMX_CONFIG),
        static("cf_core/component-client.css"),
        nonce,
        static(f"cf_core/component-client{minified}.js"),
        nonce,
        get_token(request) if request is not None else "",
        csrf_url,
        endpoint,
        json.dumps({key: str(text) for key, text in CLIENT_TEXTS.items()}),
        static("cf_core/vendor/htmx.min.js"),
        nonce,
        format_html_join(
            "", '<script src="{}" defer{}></script>', ((static(path), nonce) for path in extensions.scripts)
        ),
    )


@register.simple_tag(takes_context=True)
def component_js(context: Context, component_id: str) -> SafeString:
    """Print the script that makes a component live over the page's socket, once a page; needs cf_realtime."""
    if extensions.live_script is None:
        raise ComponentDefinitionError(
            f"{{% component_js %}} makes {component_id} live over a socket: that needs 'cf_realtime' in INSTALLED_APPS."
        )
    if context.render_context.get("_cf_live_script"):
        return mark_safe("")
    context.render_context["_cf_live_script"] = True
    request = getattr(context, "request", None) or context.get("request")
    return format_html('<script src="{}" defer{}></script>', static(extensions.live_script), _nonce(context, request))


@register.simple_tag(takes_context=True, name="component_state")
def component_state_tag(context: Context, state: Any = None) -> str:
    """Print the token of a state, for a form that works without JavaScript: `<input name="_state" value="...">`."""
    if state is None and parent_in(context) is not None:
        return TOKEN_MARK
    return component_state(state)


@register.filter
def component_state(state: Any) -> str:
    """Return the token of the state of a component or of a `dispatch()` result."""
    if not isinstance(state, StateSnapshot):
        raise ComponentDefinitionError(
            f"component_state needs the state of a component's template or of dispatch(), not {type(state).__name__}."
        )
    return state.token


@register.simple_tag(takes_context=True)
def component_attrs(context: Context, component_id: str | None = None, state: Any = None) -> SafeString:
    """Print the attributes by which the client knows a component's root."""
    parent: Component | None = parent_in(context)
    if parent is not None and component_id in (None, parent.id):
        name, component_id, token = type(parent).component_name, parent.id, TOKEN_MARK
    elif isinstance(state, StateSnapshot) and component_id:
        name, token = state.component_name, state.token
    else:
        raise ComponentDefinitionError("component_attrs needs a component's id and state: `component.id state`.")
    attributes = (("component", name), ("id", component_id), ("state", token))
    return format_html_join(" ", 'data-cf-{}="{}"', attributes)


@register.simple_tag(takes_context=True)
def cotton_component(context: Context, name: str, /, **props: Any) -> SafeString:
    """Print a cotton component: `{% cotton_component "card" title="Hello" %}`."""
    request = getattr(context, "request", None) or context.get("request")
    return SafeString(render_cotton(name, props, request))


@register.filter
def component_errors(errors: Any, field: str) -> list[str]:
    """Return a field's messages: `{{ errors|component_errors:"email" }}`; an empty list where all is well."""
    found = errors.get(field) if hasattr(errors, "get") else None
    if not found:
        return []
    is_one = isinstance(found, str | Promise) or not hasattr(found, "__iter__")
    return [str(found)] if is_one else [str(text) for text in found]


def _plain(value: Any) -> Any:
    """Return a text without its mark of being safe, which every literal of a template has and no state can keep."""
    return value + "" if isinstance(value, SafeString) else value


def _nonce(context: Context, request: Any) -> SafeString:
    """Return ` nonce="..."` where the project has a content security policy with nonces (Django's or django-csp's)."""
    for value in (
        getattr(request, "_csp_nonce", None),
        getattr(request, "csp_nonce", None),
        context.get("csp_nonce"),
    ):
        if value is not None and str(value):
            return format_html(' nonce="{}"', str(value))
    return mark_safe("")
