"""The checkout and the limits of the shop in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from .browsing import button, part

CHECKOUT = re.compile(r"/login/\?next=%2Fshop%2Fcheckout%2F$")


def log_in(page: Page, account: str, then: str) -> None:
    page.goto(f"/login/?next={then}")
    page.locator(f"button[value={account}]").click()


def fill_cart(page: Page, product: int, size: str) -> None:
    page.goto(f"/shop/product/{product}/")
    button(part(page, "product"), size).click()
    expect(page.locator(".size-btn.selected")).to_have_count(1)
    button(part(page, "product"), "Add to Cart").click()
    expect(part(page, "cart").locator(".cart-line")).not_to_have_count(0)


def fill_address(page: Page) -> None:
    for label, text in [("Street and number", "Quay 4"), ("Postcode", "10115"), ("City", "Berlin")]:
        page.get_by_label(label).fill(text)
    page.get_by_label("Country").select_option("DE")


def test_a_visitor_goes_through_the_log_in_and_pays(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/")
    answers: list[tuple[str, int]] = []
    page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    fill_cart(page, 1, "L")
    page.get_by_role("link", name="Check out").click()
    expect(page.get_by_role("heading", name="Log in to check out")).to_be_visible()
    expect(part(page, "cart")).to_contain_text("$119.00")

    page.get_by_role("link", name="Log in and check out").click()
    page.wait_for_url(CHECKOUT)
    assert [status for url, status in answers if url.endswith("/components/checkout/")] == [401]
    page.locator("button[value=teacher]").click()

    expect(page).to_have_url(re.compile("/shop/checkout/$"))
    button(page, "Pay $119.00").click()
    expect(page.get_by_label("Street and number")).to_be_focused()
    expect(page.get_by_text("Choose how to pay.")).to_be_visible()
    fill_address(page)
    page.get_by_label("Card that the bank declines").check()
    button(page, "Pay $119.00").click()
    expect(page.get_by_text("The bank declined this card. Nothing was charged.")).to_be_visible()
    expect(page.get_by_label("City")).to_have_value("Berlin")
    page.get_by_label("Visa").check()
    button(page, "Pay $119.00").click()

    expect(page.get_by_role("heading", name="Your order is confirmed.")).to_be_focused()
    expect(part(page, "cart_badge").locator(".badge")).to_have_text("0")
    page.reload()
    expect(page.get_by_role("heading", name="Your order is confirmed.")).to_be_visible()


def test_who_logged_out_in_another_tab_comes_back_to_the_checkout(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/")
    fill_cart(page, 3, "L")
    log_in(page, "student", "/shop/checkout/")
    fill_address(page)
    page.get_by_label("Visa").check()
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name=re.compile("Your account")).click()
    button(other, "Log out").click()
    expect(other.get_by_role("link", name="Log in").first).to_be_visible()

    page.get_by_role("button", name=re.compile(r"^Pay")).click()
    page.wait_for_url(CHECKOUT)
    page.locator("button[value=student]").click()

    expect(page.get_by_role("button", name=re.compile(r"^Pay"))).to_be_visible()


def test_pressing_pay_again_and_again_orders_once(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/")
    fill_cart(page, 1, "XS")
    log_in(page, "superuser", "/shop/checkout/")
    fill_address(page)
    page.get_by_label("Visa").check()

    page.evaluate("""() => {
        const pay = [...document.querySelectorAll('button')].find((button) => /^Pay/.test(button.textContent));
        for (let times = 0; times < 6; times++) pay.click();
    }""")

    expect(page.get_by_role("heading", name="Your order is confirmed.")).to_be_visible()
    page.goto("/shop/orders/")
    expect(page.locator(".order-card")).to_have_count(1)


def test_too_many_clicks_are_told_when_to_go_on(open_window: Callable[..., Page]) -> None:
    page = open_window("/")
    log_in(page, "staff", "/shop/product/1/")
    toast = page.locator(".cf-toast")
    # Thirty a minute: sixty-one are too many wherever the minutes begin.
    page.evaluate("""async () => {
        const product = document.querySelector('[data-cf-component=product]');
        for (let number = 0, goes = true; goes && number < 61; number++)
            goes = await cf.dispatch(product, 'select_size', {size: number % 2 ? 'S' : 'L'});
    }""")

    expect(toast).to_have_text(re.compile(r"Too many requests\s+Try again in \d+ s\."))
    expect(page.get_by_role("status").filter(has_text="Try again in").first).to_be_attached()
    first = toast.get_by_role("timer").inner_text()
    expect(toast.get_by_role("timer")).not_to_have_text(first)
    # The cart has a limit of its own.
    expect(part(page, "cart")).not_to_have_attribute("aria-busy", "true")


def test_quick_clicks_in_the_cart_wait_a_second_and_go_on(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/")
    fill_cart(page, 1, "L")
    cart = part(page, "cart")
    refused = page.evaluate("""async () => {
        const cart = document.querySelector('[data-cf-component=cart]');
        let number = 0;
        while (number++ < 200 && (await cf.dispatch(cart, 'refresh', {})));
        return number <= 200;
    }""")
    assert refused

    button(cart, "One more").click()

    expect(cart.locator(".quantity output")).to_have_text("2")
    expect(page.locator(".cf-toast")).to_have_count(0)
