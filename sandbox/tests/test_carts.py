"""Carts of users and visitors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts.models import User
from shop import carts
from shop.models import Cart, Inventory, Product


@pytest.fixture
def session(db: None) -> SessionStore:
    """A visitor's session."""
    return SessionStore()


def quantities(cart: Cart | None) -> dict[str, int]:
    return {line["size"]: line["qty"] for line in carts.cart_lines(cart)}


def put(cart: Cart, product: Product, size: str, times: int = 1) -> None:
    for _ in range(times):
        carts.add_item(cart, product.pk, size)


def test_adding_the_same_size_again_increments_its_line(product: Product, session: SessionStore) -> None:
    cart = carts.open_cart(None, session)

    put(cart, product, "S", times=2)
    put(cart, product, "M")

    assert quantities(cart) == {"S": 2, "M": 1}


def test_a_visitor_finds_their_cart_again_and_nobody_elses(product: Product, session: SessionStore) -> None:
    cart = carts.open_cart(None, session)

    assert carts.find_cart(None, session) == cart
    assert carts.find_cart(None, SessionStore()) is None


def test_looking_at_a_cart_makes_none(session: SessionStore, shopper: User) -> None:
    carts.find_cart(None, session)
    carts.find_cart(shopper, None)

    assert not Cart.objects.exists()


def test_a_session_never_leads_to_a_users_cart(session: SessionStore, shopper: User) -> None:
    session[carts.SESSION_KEY] = carts.open_cart(shopper, None).pk

    assert carts.find_cart(None, session) is None


@pytest.mark.parametrize(
    ("size", "times", "message"),
    [
        ("XL", 1, "sold out"),
        ("L", 2, "The last one is in your cart already."),
        ("M", 4, "All 3 that are left are in your cart already."),
        ("XXS", 1, "This size is not for sale."),
    ],
)
def test_no_more_goes_in_than_there_is(
    product: Product, session: SessionStore, size: str, times: int, message: str
) -> None:
    cart = carts.open_cart(None, session)
    put(cart, product, size, times=times - 1)

    with pytest.raises(carts.CartError, match=message):
        put(cart, product, size)

    assert quantities(cart).get(size, 0) == times - 1


def test_a_quantity_is_set_within_the_stock(product: Product, session: SessionStore) -> None:
    cart = carts.open_cart(None, session)
    put(cart, product, "S")

    carts.set_quantity(cart, product.pk, "S", 12)
    with pytest.raises(carts.CartError, match="Only 12 left in S"):
        carts.set_quantity(cart, product.pk, "S", 13)

    assert quantities(cart) == {"S": 12}


@pytest.mark.parametrize("quantity", [0, -3])
def test_a_quantity_of_nothing_removes_the_line(product: Product, session: SessionStore, quantity: int) -> None:
    cart = carts.open_cart(None, session)
    put(cart, product, "S")
    put(cart, product, "M")

    carts.set_quantity(cart, product.pk, "S", quantity)

    assert quantities(cart) == {"M": 1}


def test_removing_takes_out_that_size_only(product: Product, session: SessionStore) -> None:
    cart = carts.open_cart(None, session)
    put(cart, product, "S")
    put(cart, product, "M")

    carts.remove_item(cart, product.pk, "M")
    carts.remove_item(cart, product.pk, "M")

    assert quantities(cart) == {"S": 1}


def test_the_total_follows_the_price_of_the_day(product: Product, session: SessionStore) -> None:
    cart = carts.open_cart(None, session)
    put(cart, product, "S", times=3)

    Product.objects.update(price=Decimal("29.99"))

    assert carts.lines_total(carts.cart_lines(cart)) == Decimal("89.97")


def test_pieces_are_counted_over_all_lines(product: Product, session: SessionStore) -> None:
    cart = carts.open_cart(None, session)
    put(cart, product, "S", times=2)
    put(cart, product, "M")

    assert (carts.count_pieces(cart), carts.count_pieces(None)) == (3, 0)


def test_merging_adds_quantities_as_far_as_the_stock_goes(
    product: Product, session: SessionStore, shopper: User
) -> None:
    visitor_cart, user_cart = carts.open_cart(None, session), carts.open_cart(shopper, None)
    put(visitor_cart, product, "S", times=2)
    put(visitor_cart, product, "M", times=2)
    put(user_cart, product, "M", times=2)
    put(user_cart, product, "L")

    carts.merge_carts(visitor_cart, user_cart)

    assert quantities(user_cart) == {"S": 2, "M": 3, "L": 1}
    assert list(Cart.objects.all()) == [user_cart]


def test_a_size_that_sold_out_meanwhile_stays_visible_in_the_cart(product: Product, session: SessionStore) -> None:
    cart = carts.open_cart(None, session)
    put(cart, product, "L")

    Inventory.objects.filter(size="L").update(stock=0)

    assert [(line["qty"], line["stock"]) for line in carts.cart_lines(cart)] == [(1, 0)]


def visitor_with_cart(client: Client, product: Product) -> None:
    session: Any = client.session
    put(carts.open_cart(None, session), product, "S", times=2)
    session.save()


@pytest.mark.parametrize("way", ["password", "demo button"])
def test_a_visitors_cart_comes_along_at_log_in(client: Client, product: Product, shopper: User, way: str) -> None:
    User.objects.filter(pk=shopper.pk).update(username="shopper")
    visitor_with_cart(client, product)

    if way == "password":
        client.post("/login/", {"username": "shopper", "password": "password123"})
    else:
        client.post("/login/demo/", {"account": "shopper"})

    assert quantities(carts.find_cart(shopper, None)) == {"S": 2}
    assert carts.SESSION_KEY not in client.session


def test_logging_in_without_a_cart_makes_none(client: Client, shopper: User) -> None:
    client.force_login(shopper)

    assert not Cart.objects.exists()


def test_nothing_of_a_users_cart_is_left_after_log_out(client: Client, product: Product, shopper: User) -> None:
    visitor_with_cart(client, product)
    client.force_login(shopper)

    client.post("/logout/")

    assert carts.find_cart(None, client.session) is None
    assert quantities(carts.find_cart(shopper, None)) == {"S": 2}
