"""A renderer whose template is a text."""

from __future__ import annotations

from typing import Any

from cf_core.rendering import DjangoRenderer


class Inline(DjangoRenderer):
    """Renders a Django template given as text."""

    def __init__(self, source: str) -> None:
        self._source = source

    def template(self, component: Any) -> Any:
        from django.template import engines

        return engines["django"].from_string("{% load components %}" + self._source)
