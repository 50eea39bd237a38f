"""Carts: whose cart it is, what goes in and out, and what becomes of it at log-in.

Quantities never exceed the stock of the day. Putting something into a cart reserves nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import F, Sum
from django.http import HttpRequest

from accounts.models import User

from .models import Cart, CartItem, Inventory

SESSION_KEY = "shop_cart_id"


class CartError(Exception):
    """The cart cannot be changed like this; the text is for the person who tried."""


def find_cart(user: User | AnonymousUser | None, session: SessionBase | None) -> Cart | None:
    """Return the cart of this user, else the one this visitor's session points to, else None."""
    if user is not None and user.is_authenticated:
        return Cart.objects.filter(user=user).first()
    if session is None or SESSION_KEY not in session:
        return None
    return Cart.objects.filter(pk=session[SESSION_KEY], user=None).first()


def open_cart(user: User | AnonymousUser | None, session: SessionBase | None) -> Cart:
    """Return the cart of this user or visitor and begin one if there is none."""
    if user is not None and user.is_authenticated:
        return Cart.objects.get_or_create(user=user)[0]
    cart = find_cart(user, session)
    if cart is None:
        if session is None:
            raise CartError("A cart needs somebody to belong to: log in, or come with a session.")
        cart = Cart.objects.create()
        session[SESSION_KEY] = cart.pk
    return cart


def add_item(cart: Cart, product_id: int, size: str) -> CartItem:
    """Put one more of this size into the cart."""
    with transaction.atomic():
        inventory = _find_size(product_id, size)
        item, is_new = CartItem.objects.get_or_create(cart=cart, inventory=inventory)
        if is_new and inventory.stock > 0:
            return item
        # The condition is in the UPDATE, so that two tabs cannot pass it at once.
        changed = CartItem.objects.filter(pk=item.pk, quantity__lt=inventory.stock).update(quantity=F("quantity") + 1)
        if not changed:
            raise CartError(_too_many(inventory, in_cart=not is_new))
        item.refresh_from_db(fields=["quantity"])
        return item


def set_quantity(cart: Cart, product_id: int, size: str, quantity: int) -> None:
    """Set how many of this size are wanted; none or less removes the line."""
    if quantity <= 0:
        remove_item(cart, product_id, size)
        return
    inventory = _find_size(product_id, size)
    if quantity > inventory.stock:
        raise CartError(_too_many(inventory, in_cart=False))
    CartItem.objects.filter(cart=cart, inventory=inventory).update(quantity=quantity)


def remove_item(cart: Cart, product_id: int, size: str) -> None:
    """Take the line out; nothing happens if it is not there."""
    CartItem.objects.filter(cart=cart, inventory__product_id=product_id, inventory__size=size).delete()


def cart_lines(cart: Cart | None) -> list[dict[str, Any]]:
    """Return the lines as the cart component shows them, prices and stock of this moment."""
    if cart is None:
        return []
    items = cart.items.select_related("inventory__product")
    return [
        {
            "product_id": item.inventory.product_id,
            "inventory_id": item.inventory_id,
            "name": item.inventory.product.name,
            "size": item.inventory.size,
            "price": item.inventory.product.price,
            "qty": item.quantity,
            "stock": item.inventory.stock,
            "subtotal": item.inventory.product.price * item.quantity,
            "image_url": item.inventory.product.thumbnail.url,
        }
        for item in items
    ]


def lines_total(lines: list[dict[str, Any]]) -> Decimal:
    """Add the lines up."""
    return sum((line["subtotal"] for line in lines), Decimal("0.00"))


def count_pieces(cart: Cart | None) -> int:
    """Return how many pieces are in the cart, over all lines."""
    if cart is None:
        return 0
    return cart.items.aggregate(pieces=Sum("quantity"))["pieces"] or 0


def merge_carts(source: Cart, target: Cart) -> None:
    """Move a visitor's cart into a user's: quantities add up, as far as the stock goes."""
    with transaction.atomic():
        for item in source.items.select_related("inventory"):
            line, is_new = CartItem.objects.get_or_create(
                cart=target, inventory=item.inventory, defaults={"quantity": item.quantity}
            )
            if not is_new:
                wanted = line.quantity + item.quantity
                line.quantity = max(1, min(wanted, item.inventory.stock))
                line.save(update_fields=["quantity"])
        source.delete()


def keep_cart_at_login(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Receive `user_logged_in`: what the visitor had in the cart is the user's from now on."""
    session = getattr(request, "session", None)
    if session is None:
        return
    visitor_cart = find_cart(None, session)
    session.pop(SESSION_KEY, None)
    if visitor_cart is not None:
        merge_carts(visitor_cart, open_cart(user, session))


def _find_size(product_id: int, size: str) -> Inventory:
    inventory = Inventory.objects.select_related("product").filter(product_id=product_id, size=size).first()
    if inventory is None:
        raise CartError("This size is not for sale.")
    return inventory


def _too_many(inventory: Inventory, *, in_cart: bool) -> str:
    if inventory.stock == 0:
        return f"{inventory.product} in {inventory.size} is sold out."
    if in_cart and inventory.stock == 1:
        return "The last one is in your cart already."
    if in_cart:
        return f"All {inventory.stock} that are left are in your cart already."
    return f"Only {inventory.stock} left in {inventory.size}."
