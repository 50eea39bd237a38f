"""Views that cache, and pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines

from cf_cache import CacheMixin
from cf_core.views import ComponentView
from tests.permissions import Staff


class ProductPageView(CacheMixin, ComponentView):
    """As the shop document writes it."""

    component_name = "uncached_product"
    cache_timeout = 300

    def get_cache_key(self, name: str, params: Any, state: Any) -> str:
        product_id = params.get("product_id", "unknown")
        return f"product-page:{product_id}"


class StaffTickerView(CacheMixin, ComponentView):
    """Restricts what the component itself leaves open."""

    component_name = "plain_ticker"
    permission_classes = [Staff]


def page(request: HttpRequest) -> HttpResponse:
    """Render the template text in `?source=`; a test's own."""
    template = engines["django"].from_string("{% load components cf_cache %}" + request.GET["source"])
    return HttpResponse(template.render({}, request))
