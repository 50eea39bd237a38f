"""Shopping: sizes, stock, the cart, reviews and the catalogue, as a person does it."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from cf_core import AuthRequired
from cf_testing import Page, dispatch_event, open_page
from shop import carts
from shop.models import Cart, CartItem, Inventory, Product, Review

pytestmark = pytest.mark.django_db


def product_page(product: Product, **options: Any) -> Page:
    return open_page(product.get_absolute_url(), **options)


def test_a_size_has_to_be_chosen_first(product: Product) -> None:
    page = product_page(product)

    page.click("Add to Cart", expect=422)

    assert "Please select a size first." in page.text("product")
    assert not CartItem.objects.exists()


def test_a_chosen_size_shows(product: Product) -> None:
    page = product_page(product)
    page.click("Add to Cart", expect=422)

    page.click("S")

    assert page.control("S")["aria-pressed"] == "true"
    assert "selected" in page.control("S").classes
    assert "Please select" not in page.text("product")


def test_sizes_tell_their_stock(product: Product) -> None:
    page = product_page(product)

    assert page.texts(".size-btn") == ["S", "M Only 3 left", "L Only 1 left", "XL Sold out"]
    assert page.control("XL Sold out").is_disabled


@pytest.mark.parametrize("who", ["visitor", "user"])
def test_adding_to_the_cart(product: Product, shopper: User, who: str) -> None:
    page = product_page(product, user=shopper if who == "user" else None)

    page.click("S")
    page.click("Add to Cart")

    assert page.control("Added to Cart ✓").is_disabled
    assert "Harbour Jumper" in page.text("cart")
    assert page.text("cart_badge") == "1"
    item = CartItem.objects.get()
    assert (item.inventory.size, item.quantity) == ("S", 1)
    assert item.cart.user == (shopper if who == "user" else None)
    assert page.announcements == ["Harbour Jumper in S added to the cart"]


def test_a_second_click_that_was_on_its_way_adds_nothing(product: Product) -> None:
    page = product_page(product)
    page.click("S")
    page.click("Add to Cart")

    # A double click: the second event was queued before the first answer disabled the button.
    page.component("product").dispatch("add_to_cart")

    assert page.text("cart_badge") == "1"
    assert CartItem.objects.get().quantity == 1


def test_the_cart_survives_a_reload(product: Product) -> None:
    page = product_page(product)
    page.click("S")
    page.click("Add to Cart")

    page.reload()

    assert "Harbour Jumper" in page.text("cart")
    assert page.text("cart_badge") == "1"


def test_another_size_can_be_added_next(product: Product) -> None:
    page = product_page(product)
    page.click("S")
    page.click("Add to Cart")

    page.click("M Only 3 left")
    page.click("Add to Cart")

    assert page.texts(".cart-price .hint") == ["Size S", "Size M"]
    assert page.text(".cart-total strong") == "$238.00"


def test_the_last_one_goes_into_the_cart_once(product: Product) -> None:
    page = product_page(product)
    page.click("L Only 1 left")
    page.click("Add to Cart")
    page.click("L Only 1 left")

    page.click("Add to Cart", expect=422)

    assert "The last one is in your cart already." in page.text("product")
    assert CartItem.objects.get().quantity == 1


def test_what_sells_out_meanwhile_is_said(product: Product) -> None:
    page = product_page(product)
    page.click("L Only 1 left")

    Inventory.objects.filter(size="L").update(stock=0)
    page.click("Add to Cart", expect=422)

    assert "Harbour Jumper in L is sold out." in page.text("product")
    assert page.control("L Sold out").is_disabled


def test_an_event_shows_the_price_of_the_moment(product: Product) -> None:
    page = product_page(product)

    Product.objects.update(price=Decimal("99.50"))
    page.click("S")
    page.click("Add to Cart")

    assert page.text(".product-info .price") == "$99.50"
    assert page.text(".cart-total strong") == "$99.50"


def test_quantities_are_changed_in_the_cart(product: Product) -> None:
    page = product_page(product)
    page.click("M Only 3 left")
    page.click("Add to Cart")
    cart = page.component("cart")

    cart.click("One more")
    cart.click("One more")
    assert cart.text(".quantity output") == "3"
    assert cart.text(".cart-total strong") == "$357.00"
    assert cart.control("One more").is_disabled
    assert page.text("cart_badge") == "3"

    cart.click("One less")
    assert cart.text(".cart-total strong") == "$238.00"

    cart.click("Remove Harbour Jumper, M")
    assert "Nothing in it yet." in cart.text()
    assert page.text(".badge.is-empty") == "0"
    assert not CartItem.objects.exists()


def test_one_less_than_one_removes_the_line(product: Product) -> None:
    page = product_page(product)
    page.click("S")
    page.click("Add to Cart")

    page.component("cart").click("One less")

    assert not CartItem.objects.exists()


def test_nobody_sees_anothers_cart(product: Product, shopper: User) -> None:
    page = product_page(product, user=shopper)
    page.click("S")
    page.click("Add to Cart")

    other = User.objects.create_user("other")
    assert "Nothing in it yet." in open_page("/shop/cart/", user=other).text("cart")
    assert "Nothing in it yet." in open_page("/shop/cart/").text("cart")


def test_a_visitors_cart_is_on_the_page_after_log_in(product: Product, shopper: User) -> None:
    page = product_page(product)
    page.click("S")
    page.click("Add to Cart")

    page.visit("/login/?next=/shop/cart/")
    page.fill("User name", "maya")
    page.fill("Password", "password123")
    page.submit("Password")

    assert page.path == "/shop/cart/"
    assert "Harbour Jumper" in page.text("cart")
    assert CartItem.objects.get().cart.user == shopper


def test_a_cart_line_cannot_be_forged_for_a_size_that_is_not_there(product: Product, shopper: User) -> None:
    cart = dispatch_event("cart", "add_item", {"product_id": product.pk, "size": "XXL"}, user=shopper)

    assert cart.errors == {"cart": "This size is not for sale."}
    assert not CartItem.objects.exists()


def test_the_cart_knows_its_total_as_a_decimal(product: Product, shopper: User) -> None:
    for _ in range(3):
        carts.add_item(carts.open_cart(shopper, None), product.pk, "S")
    Product.objects.update(price=Decimal("29.99"))

    assert dispatch_event("cart", user=shopper).state["total"] == Decimal("89.97")


@pytest.mark.parametrize("qty", ["many", 1.5, None])
def test_a_quantity_is_a_whole_number(product: Product, shopper: User, qty: Any) -> None:
    page = product_page(product, user=shopper)
    page.click("S")
    page.click("Add to Cart")

    page.component("cart").dispatch("set_qty", {"product_id": product.pk, "size": "S", "qty": qty}, expect=422)

    assert CartItem.objects.get().quantity == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_clicks_never_put_more_into_a_cart_than_there_is(product: Product, shopper: User) -> None:
    cart = carts.open_cart(shopper, None)
    refusals = []

    def add() -> None:
        from django.db import connection

        try:
            carts.add_item(cart, product.pk, "M")
        except carts.CartError as error:
            refusals.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert CartItem.objects.get().quantity == 3
    assert len(refusals) == 5


def test_the_endpoint_of_a_product_serves_that_product(client: Client, product: Product) -> None:
    response = client.get(f"/components/product/{product.pk}/", headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert "Harbour Jumper" in response.content.decode()
    assert "data-cf-state" in response.content.decode()


def test_the_endpoint_of_an_unknown_product_is_a_404(client: Client, db: None) -> None:
    assert client.get("/components/product/999/", headers={"HX-Request": "true"}).status_code == 404


def test_a_visitor_is_asked_to_log_in_before_a_review(product: Product) -> None:
    page = product_page(product)

    assert "Log in to write a review." in page.text("reviews")
    assert not page.shows("Publish")
    with pytest.raises(AuthRequired):
        dispatch_event(
            "reviews", "add_review", {"rating": 5, "text": "Very good indeed."}, user=None, product_id=product.pk
        )
    assert not Review.objects.exists()


def test_a_review_is_published(product: Product, shopper: User) -> None:
    page = product_page(product, user=shopper)

    page.choose("4 stars")
    page.fill("What should others know?", "Good cloth, fair price.")
    page.click("Publish")

    review = Review.objects.get()
    assert (review.product, review.author, review.rating) == (product, shopper, 4)
    assert "Maya Lindqvist" in page.row("Good cloth, fair price.").text()
    assert "your review is among these" in page.text("reviews")
    assert not page.shows("Publish")


@pytest.mark.parametrize(
    ("stars", "text", "messages"),
    [
        (None, "", ["Choose one to five stars.", "Tell us a little more"]),
        ("3 stars", "Fine", ["Tell us a little more"]),
        (None, "Good cloth, fair price.", ["Choose one to five stars."]),
        ("5 stars", "x" * 1001, ["1000 characters at most; these are 1001."]),
    ],
)
def test_what_is_wrong_with_a_review_is_said_beside_the_field(
    product: Product, shopper: User, stars: str | None, text: str, messages: list[str]
) -> None:
    page = product_page(product, user=shopper)
    if stars:
        page.choose(stars)
    page.fill("What should others know?", text)

    page.click("Publish", expect=422)

    shown = " ".join(page.component("reviews").texts(".error-line"))
    assert [message for message in messages if message not in shown] == []
    assert page.control("What should others know?").value == text
    assert not Review.objects.exists()


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_forged_rating_is_refused(product: Product, shopper: User, rating: int) -> None:
    reviews = dispatch_event(
        "reviews",
        "add_review",
        {"rating": rating, "text": "Good cloth, fair price."},
        user=shopper,
        product_id=product.pk,
    )

    assert "rating" in reviews.errors
    assert not Review.objects.exists()


def test_somebody_reviews_a_product_once(product: Product, shopper: User) -> None:
    payload = {"rating": 5, "text": "Good cloth, fair price."}
    dispatch_event("reviews", "add_review", payload, user=shopper, product_id=product.pk)

    again = dispatch_event("reviews", "add_review", payload, user=shopper, product_id=product.pk)

    assert again.errors == {"text": "You have reviewed this product already."}
    assert Review.objects.count() == 1


def test_what_a_reviewer_writes_is_text(product: Product, shopper: User) -> None:
    page = product_page(product, user=shopper)
    page.choose("5 stars")
    page.fill("What should others know?", "<script>alert(1)</script> & more")
    page.click("Publish")

    assert "<script>alert(1)</script> & more" in page.text("reviews")
    assert not page.all("reviews script, .review script")


@pytest.mark.usefixtures("seeded")
def test_reviews_and_product_keep_apart() -> None:
    page = open_page("/shop/product/1/")
    page.click("Show more")
    assert len(page.all(".review")) == 10

    page.click("L")

    assert len(page.all(".review")) == 10
    assert len(page.all(".product-more .product-card")) == 4
    page.click("Show more")
    assert len(page.all(".review")) == 14
    assert not page.shows("Show more")


@pytest.mark.usefixtures("seeded")
class TestCatalogue:
    def test_pages_are_turned_without_a_reload(self) -> None:
        page = open_page("/shop/")
        first = page.texts(".product-card-name")

        page.click("Next")

        assert page.url == "/shop/?page=2"
        assert len(page.texts(".product-card-name")) == 12
        assert not set(first) & set(page.texts(".product-card-name"))

    def test_filters_go_into_the_address_and_back_to_the_first_page(self) -> None:
        page = open_page("/shop/?page=3")

        page.fill("Search", "beanie")
        page.select("Brand", "Nordlune")

        assert page.url == "/shop/?q=beanie&brand=nordlune"
        assert page.text(".catalogue-count").startswith("2 products")
        page.reload()
        assert page.text(".catalogue-count").startswith("2 products")
        assert page.control("Search").value == "beanie"

    def test_filters_are_cleared(self) -> None:
        page = open_page("/shop/?q=beanie&category=accessories")

        page.click("Clear filters")

        assert page.url == "/shop/"
        assert page.text(".catalogue-count").startswith("52 products, page 1 of 5")

    def test_prices_are_sorted(self) -> None:
        page = open_page("/shop/")

        page.select("Order", "Price, low to high")

        prices = [Decimal(price.strip("$")) for price in page.texts(".product-card-foot .price")]
        assert prices == sorted(prices)

    def test_what_is_sold_out_can_be_left_out(self) -> None:
        page = open_page("/shop/")

        page.check("In stock only")

        sold_out = Product.objects.exclude(sizes__stock__gt=0).count()
        assert page.text(".catalogue-count").startswith(f"{52 - sold_out} products")

    def test_nothing_found_is_said(self) -> None:
        page = open_page("/shop/")

        page.fill("Search", "submarine")

        assert "Nothing fits." in page.text("catalogue")


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("name", "event", "payload", "params", "bound"),
    [
        ("product", "select_size", {"size": "L"}, {"product_id": 1}, 7),
        ("reviews", "show_more", {}, {"product_id": 1}, 5),
        ("cart", "refresh", {}, {}, 4),
        ("cart_badge", "refresh", {}, {}, 4),
        ("catalogue", "page", {"number": 2}, {"filters": {}}, 5),
    ],
)
def test_the_number_of_queries_of_an_event_is_bounded(
    name: str,
    event: str,
    payload: dict[str, Any],
    params: dict[str, Any],
    bound: int,
    django_assert_max_num_queries: Any,
) -> None:
    user = User.objects.get(username="shopper")
    carts.add_item(Cart.objects.create(user=user), 1, "L")

    # Two of them begin and end the event's savepoint, and a product is mounted first, with two.
    with django_assert_max_num_queries(bound):
        dispatch_event(name, event, payload, user=user, **params)
