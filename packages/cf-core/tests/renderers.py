"""Renderers for components whose template stands in the test itself."""

from __future__ import annotations

from typing import Any

from django.template import engines

from cf_core.rendering import DjangoRenderer


class Inline(DjangoRenderer):
    """Renders a Django template given as text."""

    def __init__(self, source: str) -> None:
        self._template = engines["django"].from_string("{% load components %}" + source)

    def template(self, component: Any) -> Any:
        return self._template


class Written:
    """Renders what a function of the component says, without any template engine."""

    def __init__(self, write: Any) -> None:
        self._write = write

    def render(self, component: Any, context: dict[str, Any]) -> str:
        return str(self._write(component))
