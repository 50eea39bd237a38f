"""The shop's pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Case, Q, QuerySet, When
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.generic import DetailView, ListView, TemplateView

from cf_core import compose, registry

from .addresses import COUNTRIES
from .models import Order, Product

RECOMMENDATIONS = 4
ORDERS_PER_PAGE = 10


class CataloguePageView(TemplateView):
    """All products, filtered by the address."""

    template_name = "shop/catalogue_page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Hand the address's filters to the catalogue component."""
        return super().get_context_data(filters=self.request.GET.dict(), **kwargs)


class ProductPageView(TemplateView):
    """One product, composed with its reviews."""

    template_name = "shop/product_page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Compose the product with the reviews in its slot and render both."""
        context = super().get_context_data(**kwargs)
        record = get_object_or_404(Product.objects.select_related("brand"), pk=self.kwargs["product_id"])

        reviews_cls = registry.get("reviews")
        product_cls = registry.get("product")

        # compose() wires the slots: a component of its own in one, HTML in the other
        product = compose(
            product_cls,
            params={"product_id": record.pk, "user": self.request.user},
            reviews=reviews_cls(product_id=record.pk),
            recommendations=self._recommendations(record),
        )
        result = product.dispatch()
        context["product"] = record
        context["product_html"] = result["html"]
        context["product_state"] = result["state"]
        return context

    def _recommendations(self, product: Product) -> SafeString:
        """Return a row of cards: the same shelf first, then the same brand."""
        is_same_shelf = Case(When(category=product.category, then=0), default=1)
        similar = (
            Product.objects.for_cards()
            .filter(Q(category=product.category) | Q(brand=product.brand_id))
            .exclude(pk=product.pk)
            .order_by(is_same_shelf, "-created", "pk")
        )
        return render_to_string("shop/recommendations.html", {"products": similar[:RECOMMENDATIONS]})


class CartPageView(TemplateView):
    """The cart on a page of its own."""

    template_name = "shop/cart_page.html"


class CheckoutPageView(TemplateView):
    """The checkout; for visitors, its gate and their cart."""

    template_name = "shop/checkout_page.html"


class OrdersPageView(LoginRequiredMixin, ListView):
    """Everything that the person has bought, newest first."""

    template_name = "shop/orders_page.html"
    paginate_by = ORDERS_PER_PAGE

    def get_queryset(self) -> QuerySet[Order]:
        """Return the person's own orders."""
        return Order.objects.filter(user=self.request.user).prefetch_related("lines__product")


class OrderPageView(LoginRequiredMixin, DetailView):
    """One order, for whoever placed it; for others it is not there."""

    template_name = "shop/order_page.html"
    slug_field = slug_url_kwarg = "reference"

    def get_queryset(self) -> QuerySet[Order]:
        """Return the person's own orders."""
        return Order.objects.filter(user=self.request.user).prefetch_related("lines")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Spell the country out."""
        return super().get_context_data(country=COUNTRIES.get(self.object.country, self.object.country), **kwargs)
