"""The shop's components. State says what somebody looks at; prices, stock and carts come from the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from cf_cache import CacheMixin
from cf_core import Component, registry
from cf_permissions import AllowAny
from cf_permissions.throttling import RateLimitMixin

from . import carts
from .catalogue import Filters, find_products
from .checkout import CheckoutComponent
from .models import LOW_STOCK, Brand, Cart, Inventory, Product
from .reviews import ReviewsComponent

__all__ = ["CartBadge", "CartComponent", "Catalogue", "CheckoutComponent", "ProductComponent", "ReviewsComponent"]


@registry.register("product")
class ProductComponent(RateLimitMixin, CacheMixin, Component):
    """A single product with its stock and a choice of size.

    params:
        product_id (int): The product to display.
        user (User | AnonymousUser): Injected by the view.
    """

    template_name = "shop/product.html"
    slots = ["reviews", "recommendations"]
    permission_classes = [AllowAny]
    throttle_rate = "30/minute"
    cache_ttl = 300  # 5 minutes
    invalidate_on = [Brand, Product, Inventory]

    def get_cache_key(self, name: str, params: Mapping[str, Any], state: Mapping[str, Any]) -> str:
        """One entry for each product: everybody sees the same before they choose."""
        return f"product-page:{params['product_id']}"

    @classmethod
    def invalidated_by(cls, instance: Any) -> dict[str, Any]:
        """A product or one of its sizes changes one entry, a brand may change many."""
        if isinstance(instance, Brand):
            return {}
        return {"product_id": instance.pk if isinstance(instance, Product) else instance.product_id}

    def get_throttle_key(self, request: HttpRequest | None, **kwargs: Any) -> str:
        """Count people over all products; visitors by their address."""
        if self.user is not None and self.user.is_authenticated:
            return f"product:{self.user.pk}"
        return f"product:{super().get_throttle_key(request, **kwargs)}"

    def mount(self, product_id: int) -> None:
        """Begin with no size chosen. Where the cache knows the product, this is not called."""
        self.state.update({"id": product_id, "selected_size": None, "in_cart": False})
        self._read_product()

    def before_render(self) -> None:
        """After an event, show what is true now: somebody else may have bought the last one."""
        if self.event is not None:
            self._read_product()

    def _read_product(self) -> None:
        product = get_object_or_404(Product.objects.select_related("brand"), pk=self.state["id"])
        sizes = Inventory.objects.filter(product=product).values("size", "stock")
        self.state.update(
            {
                "name": product.name,
                "brand": product.brand.name,
                "description": product.description,
                "price": product.price,
                "image_url": product.main_image.url,
                "sizes": list(sizes),
            }
        )

    def get_context(self) -> dict[str, Any]:
        """Tell the template what counts as low."""
        return {"low_stock": LOW_STOCK, "is_sold_out": not any(row["stock"] for row in self.state["sizes"])}

    def on_select_size(self, size: str) -> None:
        """Somebody clicked a size."""
        if not Inventory.objects.filter(product_id=self.state["id"], size=size, stock__gt=0).exists():
            self.errors["size"] = f"{size} is sold out."
            return
        self.state["selected_size"] = size
        self.state["in_cart"] = False

    def on_add_to_cart(self) -> None:
        """Put the chosen size into the cart, once until it is chosen anew, and tell the cart on this page."""
        if self.state["in_cart"]:
            return
        size = self.state["selected_size"]
        if not size:
            self.errors["size"] = "Please select a size first."
            return
        try:
            carts.add_item(current_cart(self), self.state["id"], size)
        except carts.CartError as error:
            self.errors["size"] = str(error)
            return
        self.state["in_cart"] = True
        self.emit("cart_changed")
        self.announce(f"{self.state['name']} in {size} added to the cart")


@registry.register("cart")
class CartComponent(Component):
    """The cart of a user or visitor: what the database says, shown and changed.

    State shape:
        items: list[{product_id, inventory_id, name, size, price, qty, stock, subtotal, image_url}]
        total: Decimal
    """

    template_name = "shop/cart.html"
    permission_classes = [AllowAny]
    rate_limit = "5/second"
    listens = {"cart_changed": "refresh"}

    def before_render(self) -> None:
        """Read the lines again, whatever happened."""
        lines = carts.cart_lines(carts.find_cart(self.user, visitor_session(self)))
        self.state.update({"items": lines, "total": carts.lines_total(lines)})

    def on_refresh(self) -> None:
        """Another component changed the cart; rendering reads it again."""

    def on_add_item(self, product_id: int, size: str) -> None:
        """Add an item or increment its quantity if already present."""
        self._change(lambda cart: carts.add_item(cart, product_id, size))

    def on_remove_item(self, product_id: int, size: str) -> None:
        """Take a line out."""
        self._change(lambda cart: carts.remove_item(cart, product_id, size))
        self.announce("Removed from the cart")

    def on_set_qty(self, product_id: int, size: str, qty: int) -> None:
        """Set a line's quantity; nought removes it."""
        self._change(lambda cart: carts.set_quantity(cart, product_id, size, qty))

    def _change(self, change: Any) -> None:
        try:
            change(current_cart(self))
        except carts.CartError as error:
            self.errors["cart"] = str(error)
        else:
            self.emit("cart_edited")


@registry.register("cart_badge")
class CartBadge(Component):
    """The number on the cart in the header."""

    template_name = "shop/cart_badge.html"
    permission_classes = [AllowAny]
    listens = {"cart_changed": "refresh", "cart_edited": "refresh"}

    def before_render(self) -> None:
        """Count pieces, not lines."""
        self.state["count"] = carts.count_pieces(carts.find_cart(self.user, visitor_session(self)))

    def on_refresh(self) -> None:
        """The cart changed; rendering counts again."""


@registry.register("catalogue")
class Catalogue(Component):
    """The product list: search, filters, order and pages, all of it in the address."""

    template_name = "shop/catalogue.html"
    permission_classes = [AllowAny]

    def mount(self, filters: dict[str, Any]) -> None:
        """Begin with what the page's address says."""
        self.state["filters"] = Filters.model_validate(filters).model_dump()

    def on_filter(
        self, q: str = "", brand: str = "", category: str = "", sort: str = "", in_stock: bool = False
    ) -> None:
        """Somebody changed a filter: back to the first page."""
        self._show(Filters(q=q, brand=brand, category=category, sort=sort, in_stock=in_stock))

    def on_page(self, number: int) -> None:
        """Turn to a page."""
        self._show(Filters.model_validate({**self.state["filters"], "page": number}))

    def get_context(self) -> dict[str, Any]:
        """Find the products of this page."""
        return find_products(Filters.model_validate(self.state["filters"]))

    def _show(self, filters: Filters) -> None:
        self.state["filters"] = filters.model_dump()
        self.push_url(filters.url())


def current_cart(component: Component) -> Cart:
    """Return the cart of whoever asks, a new one if need be."""
    return carts.open_cart(component.user, visitor_session(component))


def visitor_session(component: Component) -> Any:
    """Return the session that a visitor's cart hangs on; None outside of a request."""
    return getattr(component.request, "session", None)
