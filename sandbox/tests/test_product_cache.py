"""The product page is remembered for five minutes, and never longer than it is true; its events are counted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from cf_core import RateLimited
from cf_testing import Page, dispatch_event, open_page
from shop import carts, orders
from shop.addresses import Address
from shop.components import CartComponent, ProductComponent
from shop.models import Brand, Inventory, Product

# What is dropped from the cache is dropped on commit.
pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = Address("maya@example.com", "Maya Lindqvist", "Quay 4", "10115", "Berlin", "DE")


def shown(product: Product, **options: Any) -> tuple[str, str, list[str]]:
    """What a new visitor sees: brand, price and sizes."""
    page = open_page(product.get_absolute_url(), **options)
    return page.text(".product-info .brand"), page.text(".product-info .price"), page.texts(".size-btn")


def root(page: Page) -> Any:
    """The product's element."""
    return page.one("[data-cf-component=product]")


def test_a_second_visitor_costs_the_product_no_query(product: Product, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        dispatch_event("product", product_id=product.pk, user=None)
    with django_assert_num_queries(0):
        again = dispatch_event("product", product_id=product.pk, user=None)

    assert again.state["name"] == "Harbour Jumper"
    assert ProductComponent.cache_ttl == 300


def test_everybody_shares_the_product_and_nobody_anothers_choice(product: Product, shopper: User) -> None:
    page = open_page(product.get_absolute_url(), user=shopper)
    page.click("S")
    page.click("Add to Cart")

    other = open_page(product.get_absolute_url())

    assert not other.all(".size-btn.selected")
    assert other.shows("Add to Cart")
    assert "Nothing in it yet." in other.text("cart")
    assert root(page)["data-cf-id"] != root(other)["data-cf-id"]


def test_it_is_remembered(product: Product) -> None:
    before = shown(product)

    # An UPDATE sends no signal: nobody has told the cache.
    Product.objects.update(price=Decimal("99.00"))

    assert shown(product) == before


def test_events_go_past_the_cache(product: Product) -> None:
    page = open_page(product.get_absolute_url())
    Product.objects.update(price=Decimal("99.00"))
    Inventory.objects.filter(size="L").update(stock=0)

    page.click("S")

    assert page.text(".product-info .price") == "$99.00"
    assert page.texts(".size-btn") == ["S", "M Only 3 left", "L Sold out", "XL Sold out"]


@pytest.mark.parametrize("change", ["price", "stock", "new size", "brand", "size gone"])
def test_a_change_is_seen_at_once(product: Product, change: str) -> None:
    before = shown(product)
    size = Inventory.objects.get(size="M")

    if change == "price":
        product.price = Decimal("99.00")
        product.save()
    elif change == "stock":
        size.stock = 0
        size.save()
    elif change == "new size":
        Inventory.objects.create(product=product, size="XXL", position=9, stock=3)
    elif change == "brand":
        brand = Brand.objects.get()
        brand.name = "Südlune"
        brand.save()
    else:
        size.delete()

    assert shown(product) != before


def test_a_change_leaves_other_products_in_the_cache(product: Product, django_assert_num_queries: Any) -> None:
    other = Product.objects.create(
        brand=product.brand,
        name="Scarf",
        slug="scarf",
        price=1,
        main_image="a.svg",
        thumbnail="a.svg",
        created=product.created,
    )
    dispatch_event("product", product_id=other.pk, user=None)

    product.save()

    with django_assert_num_queries(0):
        dispatch_event("product", product_id=other.pk, user=None)


def test_the_back_office_changes_the_page(product: Product) -> None:
    shown(product)
    boss = User.objects.create_superuser("boss")
    page = open_page(f"/admin/shop/inventory/{Inventory.objects.get(size='S').pk}/change/", user=boss)

    page.fill("Stock", "2")
    page.click("Save")

    assert shown(product)[2][0] == "S Only 2 left"


def test_an_order_changes_the_page(product: Product, shopper: User) -> None:
    assert shown(product)[2][2] == "L Only 1 left"
    cart = carts.open_cart(shopper, None)
    carts.add_item(cart, product.pk, "L")

    orders.place_order(shopper, cart.pk, seen=carts.cart_lines(cart), address=ADDRESS, payment_token="tok_visa")

    assert shown(product)[2][2] == "L Sold out"


def test_an_order_that_fails_changes_nothing(product: Product, shopper: User, django_assert_num_queries: Any) -> None:
    dispatch_event("product", product_id=product.pk, user=None)
    cart = carts.open_cart(shopper, None)
    carts.add_item(cart, product.pk, "L")

    with pytest.raises(Exception, match="declined"):
        orders.place_order(shopper, cart.pk, seen=carts.cart_lines(cart), address=ADDRESS, payment_token="tok_declined")

    with django_assert_num_queries(0):
        dispatch_event("product", product_id=product.pk, user=None)


def test_the_cart_is_never_cached(product: Product, shopper: User) -> None:
    page = open_page("/shop/cart/", user=shopper)
    assert "Nothing in it yet." in page.text("cart")

    carts.add_item(carts.open_cart(shopper, None), product.pk, "S")
    page.reload()

    assert "Harbour Jumper" in page.text("cart")
    assert not getattr(CartComponent, "cache_ttl", None)


def click_sizes(page: Page, times: int) -> None:
    for number in range(times):
        page.click("S" if number % 2 else "M Only 3 left")


def test_thirty_events_a_minute_for_each_person(product: Product, shopper: User) -> None:
    page = open_page(product.get_absolute_url(), user=shopper)
    click_sizes(page, 30)

    page.click("S", expect=429)

    refusal = page.answer
    assert refusal.json()["code"] == "rate_limited"
    assert 1 <= refusal.json()["retry_after"] <= 60
    assert refusal.headers["Retry-After"] == str(refusal.json()["retry_after"])
    # What was shown stands, other components and other people go on.
    assert page.control("S")["aria-pressed"] == "true"
    other = User.objects.create_user("other")
    click_sizes(open_page(product.get_absolute_url(), user=other), 1)
    click_sizes(open_page(product.get_absolute_url()), 1)


def test_the_limit_is_the_persons_whatever_the_product_and_the_way(product: Product, shopper: User) -> None:
    page = open_page(product.get_absolute_url(), user=shopper)
    click_sizes(page, 15)
    page.reload()
    click_sizes(page, 15)
    token = root(page)["data-cf-state"]

    for url in (f"/components/product/{product.pk}/", "/components/product/"):
        answer = page.browser.client.post(
            url,
            {"event": "select_size", "size": "S", "_state": token},
            headers={"HX-Request": "true", "X-CSRFToken": page.browser.client.cookies["csrftoken"].value},
        )
        assert answer.status_code == 429


def test_looking_costs_nothing(product: Product, shopper: User) -> None:
    for _ in range(35):
        page = open_page(product.get_absolute_url(), user=shopper)

    page.click("S")


def test_five_events_a_second_for_the_cart(product: Product, shopper: User) -> None:
    carts.add_item(carts.open_cart(shopper, None), product.pk, "S")

    def press(times: int) -> None:
        for _ in range(times):
            dispatch_event("cart", "refresh", user=shopper)

    press(5)
    # Six would do within one second; there may be a border between them.
    with pytest.raises(RateLimited) as refusal:
        press(200)

    assert refusal.value.retry_after == 1


def test_seeding_empties_the_cache() -> None:
    call_command("seed_data", verbosity=0)
    product = Product.objects.get(pk=1)
    before = shown(product)
    Product.objects.update(price=Decimal("1.00"))

    call_command("seed_data", verbosity=0)

    assert shown(product) != before
