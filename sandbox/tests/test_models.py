"""What the database refuses, whatever the code says."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User, UserType
from shop.models import Cart, CartItem, Inventory, Order, OrderLine, Product, Review


def refused(action: Any) -> bool:
    try:
        with transaction.atomic():
            action()
    except IntegrityError:
        return True
    return False


def test_stock_cannot_fall_below_nothing(product: Product) -> None:
    assert refused(lambda: Inventory.objects.filter(product=product, size="L").update(stock=-1))


def test_a_size_exists_once_for_each_product(product: Product) -> None:
    assert refused(lambda: Inventory.objects.create(product=product, size="M", stock=1))


def test_a_price_cannot_be_negative(product: Product) -> None:
    assert refused(lambda: Product.objects.filter(pk=product.pk).update(price=-1))


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_cart_line_has_at_least_one_piece(product: Product, quantity: int) -> None:
    size = product.sizes.first()

    assert refused(lambda: CartItem.objects.create(cart=Cart.objects.create(), inventory=size, quantity=quantity))


def test_a_cart_has_one_line_for_each_size(product: Product) -> None:
    cart, size = Cart.objects.create(), product.sizes.first()
    CartItem.objects.create(cart=cart, inventory=size)

    assert refused(lambda: CartItem.objects.create(cart=cart, inventory=size))


def test_a_user_has_one_cart(shopper: User) -> None:
    Cart.objects.create(user=shopper)

    assert refused(lambda: Cart.objects.create(user=shopper))


def test_a_cart_becomes_one_order(shopper: User) -> None:
    Order.objects.create(user=shopper, cart_number=7, total=1)

    assert refused(lambda: Order.objects.create(user=shopper, cart_number=7, total=1))


def test_an_order_line_has_at_least_one_piece(shopper: User) -> None:
    order = Order.objects.create(user=shopper, total=1)

    assert refused(lambda: OrderLine.objects.create(order=order, name="Jumper", size="M", price=1, quantity=0))


@pytest.mark.parametrize("rating", [0, 6])
def test_a_rating_has_one_to_five_stars(product: Product, shopper: User, rating: int) -> None:
    assert refused(
        lambda: Review.objects.create(
            product=product, author=shopper, rating=rating, text="Fine.", created=timezone.now()
        )
    )


def test_somebody_reviews_a_product_once(product: Product, shopper: User) -> None:
    def review() -> Review:
        return Review.objects.create(product=product, author=shopper, rating=4, text="Fine.", created=timezone.now())

    review()

    assert refused(review)


@pytest.mark.django_db
def test_new_people_are_shoppers() -> None:
    assert User.objects.create_user("someone").user_type == UserType.SHOPPER


@pytest.mark.parametrize(
    ("first_name", "last_name", "initials"), [("Maya", "Lindqvist", "ML"), ("", "", "MA"), ("Cher", "", "CH")]
)
def test_initials_come_from_the_name_that_there_is(first_name: str, last_name: str, initials: str) -> None:
    assert User(username="maya", first_name=first_name, last_name=last_name).initials == initials


def test_cards_carry_stock_and_rating(product: Product, shopper: User, django_assert_num_queries: Any) -> None:
    Review.objects.create(product=product, author=shopper, rating=4, text="Fine.", created=timezone.now())

    with django_assert_num_queries(1):
        card = Product.objects.for_cards().get()
        brand = card.brand.name

    assert (brand, card.total_stock, card.rating, card.review_count) == ("Nordlune", 16, 4.0, 1)
