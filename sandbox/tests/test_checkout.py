"""From the cart to the order: who may, what is checked, and that nothing is sold twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from cf_core import AuthRequired
from cf_testing import Page, dispatch_event, open_page
from shop import carts, orders
from shop.addresses import Address, read_address
from shop.models import Cart, CartItem, Inventory, Order, Product
from shop.payments import PaymentRefused

pytestmark = pytest.mark.django_db

ADDRESS = Address("maya@example.com", "Maya Lindqvist", "Quay 4", "10115", "Berlin", "DE")


def stock(size: str) -> int:
    return Inventory.objects.get(size=size).stock


def fill_cart(user: User, product: Product, **quantities: int) -> Cart:
    cart = carts.open_cart(user, None)
    for size, quantity in quantities.items():
        carts.add_item(cart, product.pk, size)
        carts.set_quantity(cart, product.pk, size, quantity)
    return cart


def checkout(user: User) -> Page:
    return open_page("/shop/checkout/", user=user)


def fill_address(page: Page) -> None:
    page.fill("E-mail", "maya@example.com")
    page.fill("Full name", "Maya Lindqvist")
    page.fill("Street and number", "Quay 4")
    page.fill("Postcode", "10115")
    page.fill("City", "Berlin")
    page.select("Country", "Germany")


def place(user: User, cart: Cart, token: str = "tok_visa") -> Order:
    return orders.place_order(user, cart.pk, seen=carts.cart_lines(cart), address=ADDRESS, payment_token=token)


def test_an_order_is_placed(product: Product, shopper: User) -> None:
    fill_cart(shopper, product, S=2, L=1)
    page = checkout(shopper)
    fill_address(page)
    page.choose("Visa ending in 4242")

    page.click("Pay $357.00")

    order = Order.objects.get()
    assert (order.user, order.total, order.city, order.country) == (shopper, Decimal("357.00"), "Berlin", "DE")
    assert [(line.name, line.size, line.quantity) for line in order.lines.all()] == [
        ("Harbour Jumper", "S", 2),
        ("Harbour Jumper", "L", 1),
    ]
    assert (stock("S"), stock("L")) == (10, 0)
    assert not CartItem.objects.exists()
    assert "Your order is confirmed." in page.text("checkout")
    assert order.reference in page.text("checkout")
    assert page.text("cart_badge") == "0"
    assert page.focused is not None
    assert page.focused["id"] == "checkout-confirmed"


def test_the_confirmation_is_there_after_a_reload_and_on_a_page_of_its_own(product: Product, shopper: User) -> None:
    order = place(shopper, fill_cart(shopper, product, S=1))

    page = checkout(shopper)
    assert "Your order is confirmed." in page.text("checkout")
    page.visit("/shop/orders/")
    page.visit(page.one("a.order-card")["href"])

    assert order.reference in page.text("h1")
    assert "Quay 4" in page.text("address")
    assert page.text(".cart-total strong") == "$119.00"


def test_nobody_sees_anothers_order(product: Product, shopper: User) -> None:
    order = place(shopper, fill_cart(shopper, product, S=1))

    other = User.objects.create_user("other")
    open_page(order.get_absolute_url(), user=other, expect=404)
    assert "No orders yet" in open_page("/shop/orders/", user=other).text("main")
    assert open_page(order.get_absolute_url()).path == "/login/"


class TestVisitor:
    """Who is not logged in."""

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept": "application/json"}, {}])
    def test_is_refused_in_json_with_the_way_to_log_in(self, client: Client, method: str, headers: Any) -> None:
        response = getattr(client, method)("/components/checkout/", headers=headers)

        assert response.status_code == 401
        assert response.json() == {
            "error": "Authentication required",
            "code": "auth_required",
            "login_url": "/login/",
        }

    def test_is_refused_an_order(self) -> None:
        with pytest.raises(AuthRequired):
            dispatch_event("checkout", "place_order", {"payment_token": "tok_visa"}, user=None)

    def test_logs_in_and_is_at_the_checkout_with_the_cart(self, product: Product, shopper: User) -> None:
        page = open_page(product.get_absolute_url())
        page.click("S")
        page.click("Add to Cart")
        page.click("Check out")
        assert page.path == "/shop/checkout/"
        assert not page.shows("Pay $119.00")
        assert "Harbour Jumper" in page.text("cart")

        page.click("Log in and check out", expect=401)
        # What the client script makes of it; tests/test_browser.py sees it do so.
        page.visit(f"{page.answer.json()['login_url']}?next={page.path}")
        page.fill("User name", "maya")
        page.fill("Password", "password123")
        page.submit("Password")

        assert page.path == "/shop/checkout/"
        assert page.shows("Pay $119.00")
        assert CartItem.objects.get().cart.user == shopper

    def test_who_is_logged_in_meanwhile_gets_the_checkout_from_the_gate(self, product: Product, shopper: User) -> None:
        page = open_page("/shop/checkout/")
        fill_cart(shopper, product, S=1)
        page.browser.client.force_login(shopper)

        page.click("Log in and check out")

        assert page.shows("Pay $119.00")

    def test_needs_no_script_to_find_the_log_in(self) -> None:
        page = open_page("/shop/checkout/", javascript=False)

        page.click("Log in and check out")

        assert page.url == "/login/?next=/shop/checkout/"


def test_an_empty_cart_has_no_checkout(shopper: User) -> None:
    page = checkout(shopper)

    assert "Nothing to pay for" in page.text("checkout")
    assert not page.all("form.checkout-form")


def test_what_is_wrong_is_said_beside_each_field_and_kept(product: Product, shopper: User) -> None:
    fill_cart(shopper, product, S=1)
    page = checkout(shopper)
    page.fill("E-mail", "nowhere")
    page.fill("Full name", "")
    page.fill("Postcode", "???")

    page.click("Pay $119.00", expect=422)

    messages = {
        line["id"].removeprefix("checkout-").removesuffix("-error"): line.text for line in page.all(".error-line")
    }
    assert messages == {
        "email": "This is no e-mail address.",
        "name": "Who is the parcel for?",
        "street": "Street and house number, please.",
        "postcode": "A postcode has letters and digits only.",
        "city": "Which town?",
        "country": "Choose a country.",
        "payment": "Choose how to pay.",
        "order": "",
    }
    assert page.control("E-mail").value == "nowhere"
    assert page.control("E-mail")["aria-invalid"] == "true"
    assert page.control("E-mail")["aria-describedby"] == "checkout-email-error"
    assert page.focused is not None
    assert page.focused["id"] == "checkout-email"
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("name", "x" * 81, "80 characters at most; these are 81."),
        ("country", "US", "We do not deliver there."),
        ("postcode", "1", "A postcode has letters and digits only."),
        ("email", "a@b", "This is no e-mail address."),
        ("street", " \0 ", "Street and house number, please."),
    ],
)
def test_an_address_is_checked(field: str, text: str, message: str) -> None:
    assert read_address({**ADDRESS.as_dict(), field: text})[1] == {field: message}


def test_stray_spaces_are_no_part_of_an_address() -> None:
    address, errors = read_address({**ADDRESS.as_dict(), "city": "  New   Town "})

    assert (address.city, errors) == ("New Town", {})


def test_the_last_address_is_offered(product: Product, shopper: User) -> None:
    place(shopper, fill_cart(shopper, product, S=1))
    fill_cart(shopper, product, S=1)

    page = checkout(shopper)

    assert page.control("Street and number").value == "Quay 4"
    assert page.control("Country").value == "DE"


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("Card that the bank declines, ending in 0002", "The bank declined this card. Nothing was charged."),
        ("Card without money on it, ending in 9995", "There is not enough money on this card. Nothing was charged."),
    ],
)
def test_a_refused_payment_changes_nothing_and_another_card_pays(
    product: Product, shopper: User, card: str, reason: str
) -> None:
    fill_cart(shopper, product, L=1)
    page = checkout(shopper)
    fill_address(page)
    page.choose(card)

    page.click("Pay $119.00", expect=422)

    assert page.text("#checkout-payment-error") == reason
    assert not Order.objects.exists()
    assert (stock("L"), CartItem.objects.count()) == (1, 1)

    page.choose("Mastercard ending in 4444")
    page.click("Pay $119.00")
    assert Order.objects.get().total == Decimal("119.00")


def test_a_forged_card_pays_nothing(product: Product, shopper: User) -> None:
    cart = fill_cart(shopper, product, S=1)

    with pytest.raises(PaymentRefused):
        place(shopper, cart, token="tok_mine")
    component = dispatch_event("checkout", "place_order", {**ADDRESS.as_dict(), "payment_token": "x"}, user=shopper)

    assert component.errors == {"payment": "Choose how to pay."}
    assert not Order.objects.exists()


def test_pressing_again_is_not_ordering_again(product: Product, shopper: User) -> None:
    fill_cart(shopper, product, S=1)
    page = checkout(shopper)
    other_tab = page.open_tab("/shop/checkout/")
    for tab in (page, other_tab):
        fill_address(tab)
        tab.choose("Visa ending in 4242")

    page.click("Pay $119.00")
    other_tab.click("Pay $119.00")
    # A double click: the second event was under way before the first was answered.
    page.component("checkout").dispatch("place_order", {**ADDRESS.as_dict(), "payment_token": "tok_visa"})

    order = Order.objects.get()
    assert order.reference in page.text("checkout")
    assert order.reference in other_tab.text("checkout")
    assert stock("S") == 11


def test_a_cart_filled_since_is_not_part_of_the_order(product: Product, shopper: User) -> None:
    fill_cart(shopper, product, S=1)
    old_tab = checkout(shopper)
    place(shopper, Cart.objects.get())
    fill_cart(shopper, product, M=2)

    fill_address(old_tab)
    old_tab.choose("Visa ending in 4242")
    old_tab.click("Pay $119.00")

    assert Order.objects.count() == 1
    assert CartItem.objects.get().quantity == 2


@pytest.mark.parametrize("change", ["price", "quantity"])
def test_nobody_pays_what_they_did_not_see(product: Product, shopper: User, change: str) -> None:
    cart = fill_cart(shopper, product, S=1)
    page = checkout(shopper)
    fill_address(page)
    page.choose("Visa ending in 4242")
    if change == "price":
        Product.objects.update(price=Decimal("238.00"))
    else:
        carts.set_quantity(cart, product.pk, "S", 2)

    page.click("Pay $119.00", expect=422)

    assert "has changed" in page.text("#checkout-order-error")
    assert not Order.objects.exists()
    page.click("Pay $238.00")
    assert Order.objects.get().total == Decimal("238.00")


def test_what_sold_out_meanwhile_is_said_and_nothing_is_ordered(product: Product, shopper: User) -> None:
    fill_cart(shopper, product, S=1, M=3, L=1)
    page = checkout(shopper)
    fill_address(page)
    page.choose("Visa ending in 4242")
    Inventory.objects.filter(size="L").update(stock=0)
    Inventory.objects.filter(size="M").update(stock=2)

    page.click("Pay $595.00", expect=422)

    assert page.text("#checkout-order-error") == (
        "Only 2 of Harbour Jumper in M left. Harbour Jumper in L has just sold out."
    )
    assert not Order.objects.exists()
    assert (stock("S"), stock("M"), stock("L")) == (12, 2, 0)


def in_parallel(*actions: Callable[[], object]) -> list[BaseException]:
    """Run all at once and return what they raised."""
    raised: list[BaseException] = []
    barrier = threading.Barrier(len(actions))

    def run(action: Callable[[], object]) -> None:
        try:
            barrier.wait()
            action()
        except (orders.OrderError, PaymentRefused) as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_fifty_people_buy_the_last_three(product: Product) -> None:
    people = [User(username=f"buyer{number}") for number in range(50)]
    User.objects.bulk_create(people)
    filled = [(user, fill_cart(user, product, M=1)) for user in people]
    seen = carts.cart_lines(filled[0][1])

    refusals = in_parallel(
        *(
            lambda user=user, cart=cart: orders.place_order(
                user, cart.pk, seen=seen, address=ADDRESS, payment_token="tok_visa"
            )
            for user, cart in filled
        )
    )

    assert (Order.objects.count(), stock("M"), len(refusals)) == (3, 0, 47)
    assert {str(refusal) for refusal in refusals} == {"Harbour Jumper in M has just sold out."}
    assert Cart.objects.count() == 47


@pytest.mark.django_db(transaction=True)
def test_one_cart_in_eight_tabs_is_one_order(product: Product, shopper: User) -> None:
    cart = fill_cart(shopper, product, S=2)
    seen = carts.cart_lines(cart)
    found: list[Order] = []

    def press() -> None:
        found.append(orders.place_order(shopper, cart.pk, seen=seen, address=ADDRESS, payment_token="tok_visa"))

    assert in_parallel(*[press] * 8) == []
    assert {order.pk for order in found} == {Order.objects.get().pk}
    assert stock("S") == 10


@pytest.mark.usefixtures("seeded")
def test_past_orders_fill_more_than_a_page() -> None:
    page = open_page("/shop/orders/", user=User.objects.get(username="shopper"))
    assert len(page.all(".order-card")) == 10

    page.click("Next")

    assert len(page.all(".order-card")) == 4
