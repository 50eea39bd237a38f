"""`{% load cf_permissions %}`: controls that ask the permissions which their events will be asked."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

from cf_core.engine.component import Component
from cf_core.engine.errors import ComponentDefinitionError

register = template.Library()


class CanNode(template.Node):
    """Renders one of two parts, as the permissions say; in both, `why_not` is the reason or an empty text."""

    child_nodelists = ("allowed", "refused")

    def __init__(
        self, event: FilterExpression, component: FilterExpression | None, allowed: NodeList, refused: NodeList
    ) -> None:
        self.event = event
        self.component = component
        self.allowed = allowed
        self.refused = refused

    def render(self, context: Context) -> SafeString:
        """Ask, and render the part."""
        component = context.get("component") if self.component is None else self.component.resolve(context)
        why_not = _component(component, "{% can %}").why_not(self.event.resolve(context))
        with context.push(why_not=why_not):
            return (self.refused if why_not else self.allowed).render(context)


@register.tag("can")
def can(parser: Parser, token: Token) -> CanNode:
    """`{% can "delete" %}...{% else %}{{ why_not }}{% endcan %}`; elsewhere `{% can "delete" component %}`."""
    name, *arguments = token.split_contents()
    if not 1 <= len(arguments) <= 2:
        raise template.TemplateSyntaxError(f"{{% {name} %}} takes an event and, if it is another, the component.")
    event, *other = (parser.compile_filter(argument) for argument in arguments)
    allowed, refused = parser.parse(("else", "endcan")), NodeList()
    if parser.next_token().contents == "else":
        refused = parser.parse(("endcan",))
        parser.delete_first_token()
    return CanNode(event, other[0] if other else None, allowed, refused)


@register.filter
def allowed(component: Any, event: str) -> bool:
    """Return whether the user may send the event: `{% if component|allowed:"delete" %}`."""
    return _component(component, "allowed").can(event)


def _component(value: Any, where: str) -> Component:
    if not isinstance(value, Component):
        raise ComponentDefinitionError(
            f"{where} needs a component: use it in a component's template, or name the component; got {value!r}."
        )
    return value
