"""Small pieces of the theme."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

TONES = 6


@register.simple_tag
def avatar(person: Any, css_class: str = "") -> SafeString:
    """Return the initials of a user or demo account as an SVG; decoration, so hidden from screen readers."""
    tone = crc32(str(person.username).encode()) % TONES
    return format_html(
        '<svg class="avatar tone-{} {}" viewBox="0 0 40 40" aria-hidden="true">'
        '<circle cx="20" cy="20" r="20"/><text x="20" y="20" dy=".36em" text-anchor="middle">{}</text></svg>',
        tone,
        css_class,
        person.initials,
    )


@register.simple_tag
def stars(rating: float | None) -> SafeString:
    """Return a row of stars, filled to the nearest half."""
    if not rating:
        return SafeString("")
    halves = round(rating * 2)
    return format_html(
        '<span class="stars stars-{}" role="img" aria-label="{} out of 5 stars"></span>',
        halves,
        f"{rating:.1f}".removesuffix(".0"),
    )
