"""The checkout component: from a cart to an order, for whoever is logged in."""

from __future__ import annotations

from typing import Any

from cf_core import Component, registry
from cf_permissions import IsAuthenticated

from . import carts, orders
from .addresses import COUNTRIES, FIELDS, read_address
from .models import Order
from .payments import CARDS, PaymentRefused


@registry.register("checkout")
class CheckoutComponent(Component):
    """Address, payment and the order's confirmation.

    State shape:
        cart: the number of the cart that is ordered, None without one
        lines, total: what the person sees and agrees to
        address: {field: text}; payment: the chosen card's token
        order: the reference, once it is confirmed
    """

    template_name = "shop/checkout.html"
    permission_classes = [IsAuthenticated]

    def mount(self) -> None:
        """Begin with the cart, and with the address of the last time."""
        self.state.update({"address": orders.usual_address(self.user), "payment": "", "order": None})
        self._read_cart()
        if not self.state["lines"]:
            # Somebody who reloads the confirmation, or has no scripts, sees it again.
            just_placed = orders.latest_order(self.user, within=orders.JUST_NOW)
            self.state["order"] = just_placed.reference if just_placed else None

    def on_open(self) -> None:
        """Somebody presses the gate that stands in for the checkout while nobody is logged in."""

    def on_place_order(
        self,
        payment_token: str = "",
        email: str = "",
        name: str = "",
        street: str = "",
        postcode: str = "",
        city: str = "",
        country: str = "",
    ) -> None:
        """Check what was typed, pay and confirm. However often it is pressed: one cart is one order."""
        if self.state["order"]:
            return
        typed = {
            "email": email, "name": name, "street": street, "postcode": postcode, "city": city, "country": country,
        }  # fmt: skip
        address, errors = read_address(typed)
        self.errors.update(errors)
        if payment_token not in {card.token for card in CARDS}:
            self.errors["payment"] = "Choose how to pay."
        self.state.update({"address": address.as_dict(), "payment": payment_token})
        if self.errors:
            self._point_at_first_error()
            return
        try:
            order = orders.place_order(
                self.user, self.state["cart"], seen=self.state["lines"], address=address, payment_token=payment_token
            )
        except PaymentRefused as refusal:
            self.errors["payment"] = f"{refusal} Nothing was charged."
        except orders.OrderError as error:
            self.errors["order"] = str(error)
            self._read_cart()
        else:
            self._confirm(order)
            return
        self._point_at_first_error()

    def get_context(self) -> dict[str, Any]:
        """Give the form its choices, and a confirmed order its lines."""
        order = None
        if self.state["order"]:
            order = (
                Order.objects.prefetch_related("lines").filter(user=self.user, reference=self.state["order"]).first()
            )
        return {"countries": COUNTRIES, "cards": CARDS, "order": order}

    def _confirm(self, order: Order) -> None:
        self.state["order"] = order.reference
        self.emit("cart_changed")
        self.announce(f"Thank you. Your order {order.reference} is confirmed.")
        self.focus(f"{self.id}-confirmed")

    def _read_cart(self) -> None:
        cart = carts.find_cart(self.user, None)
        lines = carts.cart_lines(cart)
        self.state.update({"cart": cart.pk if cart else None, "lines": lines, "total": carts.lines_total(lines)})

    def _point_at_first_error(self) -> None:
        first = next(field for field in (*FIELDS, "payment", "order") if field in self.errors)
        self.focus(f"{self.id}-{first}")
