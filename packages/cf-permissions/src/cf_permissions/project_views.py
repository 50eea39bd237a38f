"""The views that a project's addresses lead to, for system checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver


def project_views() -> Iterator[Callable[..., Any]]:
    """Yield the view function of every address; none without a ROOT_URLCONF."""
    if getattr(settings, "ROOT_URLCONF", None):
        yield from _views(get_resolver().url_patterns)


def _views(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[Callable[..., Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        else:
            yield pattern.callback
