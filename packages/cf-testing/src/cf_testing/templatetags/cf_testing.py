"""`{% load cf_testing %}`: marks for tests, which the deployed site does not show."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from ..isolation import is_testing

register = template.Library()


@register.simple_tag
def test_id(name: object) -> SafeString:
    """Write `data-testid="..."` in tests and with DEBUG, and nothing otherwise: `<ul {% test_id "results" %}>`."""
    if settings.DEBUG or is_testing():
        return format_html('data-testid="{}"', escape(name))  # a literal of the template counts as safe otherwise
    return SafeString("")
