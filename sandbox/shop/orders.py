"""Carts become orders here: all of it happens, or nothing does.

Stock is taken by updates that carry their own condition, so that two people cannot buy the same last piece, whatever
the isolation of the database; and a cart becomes one order, because the database says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from cf_cache import invalidate_component

from .addresses import FIELDS, Address
from .models import Cart, CartItem, Inventory, Order, OrderLine
from .payments import charge

JUST_NOW = timedelta(minutes=15)


class OrderError(Exception):
    """The cart cannot be ordered like this; the text is for the person who tried."""


class CartEmpty(OrderError):
    """There is nothing to order, or no longer."""


class CartChanged(OrderError):
    """What is in the cart, or what it costs, is not what the person saw when they agreed."""


def place_order(
    user: User, cart_number: int | None, *, seen: Sequence[dict[str, Any]], address: Address, payment_token: str
) -> Order:
    """Pay for a cart and return its order; for a cart that was ordered before, that order.

    `seen` are the lines that the person agreed to. Raises OrderError and PaymentRefused, and then nothing has changed.
    """
    known = find_order(user, cart_number)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _place(user, cart_number, seen, address, payment_token)
    except (IntegrityError, CartEmpty):
        # Another tab of the same person may have ordered this cart a moment ago.
        known = find_order(user, cart_number)
        if known is None:
            raise
        return known


def find_order(user: User, cart_number: int | None) -> Order | None:
    """Return the order that this cart has become, None while it is a cart."""
    if cart_number is None:
        return None
    return Order.objects.filter(user=user, cart_number=cart_number).first()


def latest_order(user: User, *, within: timedelta | None = None) -> Order | None:
    """Return the newest order of somebody, None if there is none or it is older than that."""
    orders = Order.objects.filter(user=user)
    if within is not None:
        orders = orders.filter(placed__gte=timezone.now() - within)
    return orders.first()


def usual_address(user: User) -> dict[str, str]:
    """Return {field: text} for an empty form: where the last order went, else what the account knows."""
    order = latest_order(user)
    if order is not None:
        return {field: getattr(order, field) for field in FIELDS}
    return dict.fromkeys(FIELDS, "") | {"email": user.email, "name": user.get_full_name()}


def _place(
    user: User, cart_number: int | None, seen: Sequence[dict[str, Any]], address: Address, payment_token: str
) -> Order:
    # By inventory, so that two orders never wait for each other's rows.
    items = list(
        CartItem.objects.filter(cart=cart_number, cart__user=user)
        .select_related("inventory__product")
        .order_by("inventory_id")
    )
    if not items:
        raise CartEmpty("There is nothing in your cart.")
    if _agreed(seen) != {(item.inventory_id, item.quantity, item.inventory.product.price) for item in items}:
        raise CartChanged("Your cart or a price has changed. Please look it over and confirm once more.")
    total = sum((item.inventory.product.price * item.quantity for item in items), Decimal("0.00"))
    order = Order.objects.create(user=user, cart_number=cart_number, total=total, **address.as_dict())
    _take_from_stock(items)
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            product=item.inventory.product,
            name=item.inventory.product.name,
            size=item.inventory.size,
            price=item.inventory.product.price,
            quantity=item.quantity,
        )
        for item in sorted(items, key=lambda item: item.pk)
    )
    Cart.objects.filter(pk=cart_number).delete()
    for product in {item.inventory.product_id for item in items}:
        # An UPDATE sends no signal that would do it.
        invalidate_component("product", product_id=product)
    # Last: what fails before it costs nobody money. The key keeps a repeat from being a second payment.
    order.payment = charge(payment_token, total, key=f"cart-{cart_number}")
    order.save(update_fields=["payment"])
    return order


def _agreed(seen: Sequence[dict[str, Any]]) -> set[tuple[int, int, Decimal]]:
    return {(line["inventory_id"], line["qty"], line["price"]) for line in seen}


def _take_from_stock(items: Sequence[CartItem]) -> None:
    """Reduce the stock by what is bought. Raises OrderError with every line that there is too little for."""
    missing = []
    for item in items:
        there_was_enough = Inventory.objects.filter(pk=item.inventory_id, stock__gte=item.quantity).update(
            stock=F("stock") - item.quantity
        )
        if not there_was_enough:
            missing.append(item)
    if not missing:
        return
    left = dict(Inventory.objects.filter(pk__in=[item.inventory_id for item in missing]).values_list("pk", "stock"))
    raise OrderError(" ".join(_too_little(item, left.get(item.inventory_id, 0)) for item in missing))


def _too_little(item: CartItem, stock: int) -> str:
    what = f"{item.inventory.product} in {item.inventory.size}"
    return f"Only {stock} of {what} left." if stock else f"{what} has just sold out."
