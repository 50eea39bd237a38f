"""`{% load cf_cache %}`: components that are cached where they are placed, and how old what they show is."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince

from cf_core.placing import parent_in
from cf_core.templatetags.components import live_component

register = template.Library()


@register.simple_tag(takes_context=True)
def cached_component(context: Context, name: str, /, *, ttl: Any = True, **arguments: Any) -> SafeString:
    """Place a component and cache its state: `{% cached_component "metrics" ttl=300 %}`.

    Without `ttl` as long as its class says, else DEFAULT_TTL seconds. Everything else is as with `live_component`.
    """
    return live_component(context, name, cache=ttl, **arguments)


@register.simple_tag(takes_context=True)
def cache_age(context: Context) -> SafeString:
    """Print how old the state is that the component shows, as a `<time>`: "3 minutes".

    For a component's own template. Prints nothing where it is not known, such as after an event.
    """
    component = parent_in(context)
    made = getattr(component, "cached_at", None)
    if made is None:
        return mark_safe("")
    return format_html('<time datetime="{}">{}</time>', made.isoformat(timespec="seconds"), timesince(made))
