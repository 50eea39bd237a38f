"""The component endpoints of the shop."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from cf_core.views import ComponentView


class ProductComponentView(ComponentView):
    """Serves the product component; the address says which product."""

    component_name = "product"

    def get_component_params(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """Take the product from the address."""
        params = super().get_component_params(request, **kwargs)
        params["product_id"] = int(kwargs.get("product_id", 0))
        return params


class CheckoutComponentView(ComponentView):
    """Serves the checkout. A visitor gets 401 and the log-in page's address: see the component's permission classes."""

    component_name = "checkout"

    def get_component_params(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """Take nothing from outside: whose cart it is, is known. So an event may come before there is a token."""
        return {}
