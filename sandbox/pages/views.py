"""The landing page and the source pages."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import TemplateView

from shop.models import Product

from .sources import DEMOS, read_sources

PICTURES = 3


class HomeView(TemplateView):
    """What there is to see."""

    template_name = "pages/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the counter's source beside the counter."""
        python, template = read_sources(DEMOS["counter"])
        return super().get_context_data(
            python=python, template=template, products=Product.objects.all()[:PICTURES], **kwargs
        )


def source(request: HttpRequest, demo: str) -> HttpResponse:
    """Show how a demo is made; 404 for anything that is not in the list."""
    if demo not in DEMOS:
        raise Http404
    return render(request, "pages/source.html", {"demo": DEMOS[demo], "files": read_sources(DEMOS[demo])})
