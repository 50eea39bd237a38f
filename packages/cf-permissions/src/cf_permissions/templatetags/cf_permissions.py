"""`{% load cf_permissions %}`: controls that ask the permissions which their events will be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

from cf_core.engine.component import Component
from cf_core.engine.errors import ComponentDefinitionError
from cf_core.engine.ports import translate

register = template.Library()


class CanNode(template.Node):
    """Renders one of two parts, as the permissions say; in both, `why_not` is the reason or an empty text."""

    child_nodelists = ("allowed", "refused")

    def __init__(self, arguments: Sequence[FilterExpression], allowed: NodeList, refused: NodeList) -> None:
        self.event, *self.others = arguments
        self.allowed = allowed
        self.refused = refused

    def render(self, context: Context) -> SafeString:
        """Ask, and render the part."""
        others = [other.resolve(context) for other in self.others]
        component = others.pop() if others and (len(others) == 2 or isinstance(others[0], Component)) else None
        if component is None:
            component = context.get("component")
        refused = _component(component, "{% can %}")._refusal(self.event.resolve(context), _row(others))
        with context.push(why_not="" if refused is None else translate(refused.public)):
            return (self.allowed if refused is None else self.refused).render(context)


@register.tag("can")
def can(parser: Parser, token: Token) -> CanNode:
    """`{% can "delete" %}...{% else %}{{ why_not }}{% endcan %}`; then may stand a row, and last another component."""
    name, *arguments = token.split_contents()
    if not 1 <= len(arguments) <= 3:
        raise template.TemplateSyntaxError(
            f"{{% {name} %}} takes an event, if it is about one a row, and if it is another one the component."
        )
    expressions = [parser.compile_filter(argument) for argument in arguments]
    allowed, refused = parser.parse(("else", "endcan")), NodeList()
    if parser.next_token().contents == "else":
        refused = parser.parse(("endcan",))
        parser.delete_first_token()
    return CanNode(expressions, allowed, refused)


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


def _row(others: list[Any]) -> Any:
    """Return the object that is asked about, if one is. A misspelt variable resolves to nothing, which is none."""
    if not others:
        return None
    if others[0] is None or others[0] == "":
        raise ComponentDefinitionError(f"{{% can %}} is asked about {others[0]!r}, neither a component nor a row.")
    return others[0]
