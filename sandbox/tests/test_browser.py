"""The sandbox in a real browser: its own server, its own data, the strict policy on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .browsing import button, part

PAGES = [
    "/",
    "/gallery/",
    "/shop/",
    "/shop/product/1/",
    "/shop/cart/",
    "/shop/checkout/",
    "/login/",
    "/source/product/",
]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_keep_to_the_policy(open_window: Callable[..., Page], scheme: str, width: int) -> None:
    page = open_window(color_scheme=scheme, viewport={"width": width, "height": 844})

    for url in PAGES:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, url
        broken = "[...document.images].filter((image) => image.complete && !image.naturalWidth).length"
        assert page.evaluate(broken) == 0, url


def test_shopping_from_the_size_to_the_log_in(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/product/1/")
    product, cart, badge = part(page, "product"), part(page, "cart"), part(page, "cart_badge").locator(".badge")

    button(product, "Add to Cart").click()
    expect(product).to_contain_text("Please select a size first.")
    expect(button(product, "M Sold out")).to_be_disabled()
    button(product, "L").click()
    expect(button(product, "L")).to_have_attribute("aria-pressed", "true")
    button(product, "Add to Cart").click()
    expect(button(product, "Added to Cart ✓")).to_be_disabled()
    expect(cart.locator(".cart-line")).to_have_count(1)
    expect(badge).to_have_text("1")

    button(cart, "One more").click()
    button(cart, "One more").click()
    expect(cart.locator(".cart-total")).to_contain_text("$357.00")
    expect(badge).to_have_text("3")
    page.reload()
    expect(cart.locator(".cart-total")).to_contain_text("$357.00")

    page.goto("/login/")
    page.locator("button[value=shopper]").click()
    page.goto("/shop/cart/")
    expect(cart.locator(".cart-total")).to_contain_text("$357.00")
    cart.get_by_role("button", name="Remove").click()
    expect(cart).to_contain_text("Nothing in it yet.")


def test_slots_of_the_product_keep_what_they_show(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/product/1/")
    button(part(page, "reviews"), "Show more").click()
    expect(page.locator(".review")).to_have_count(10)

    button(part(page, "product"), "L").click()

    expect(page.locator(".size-btn.selected")).to_have_count(1)
    expect(page.locator(".review")).to_have_count(10)
    expect(page.locator(".product-more .product-card")).to_have_count(4)


def test_a_review_is_written(open_window: Callable[..., Page]) -> None:
    page = open_window("/login/?next=/shop/product/5/")
    page.locator("button[value=student]").click()
    reviews = part(page, "reviews")

    button(reviews, "Publish").click()
    expect(reviews).to_contain_text("Choose one to five stars.")
    reviews.locator("label[for$=star-4]").click()
    reviews.get_by_label("What should others know?").fill("Good cloth, fair price.")
    button(reviews, "Publish").click()

    expect(reviews.locator(".review").first).to_contain_text("Good cloth, fair price.")
    expect(reviews).to_contain_text("your review is among these")


def test_the_catalogue_filters_while_somebody_types(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/")
    count, search = page.locator(".catalogue-count"), page.get_by_label("Search")

    page.get_by_role("link", name="Next").click()
    expect(count).to_contain_text("page 2 of 5")
    search.click()
    page.keyboard.type("beanie", delay=40)
    expect(count).to_contain_text("4 products")
    expect(search).to_be_focused()
    expect(search).to_have_value("beanie")
    page.get_by_label("Brand").select_option("nordlune")
    expect(count).to_contain_text("2 products")
    page.get_by_role("link", name="Clear filters").click()
    expect(count).to_contain_text("52 products")
    expect(search).to_have_value("")


def test_the_catalogue_keeps_its_filters_in_the_address(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/")
    count = page.locator(".catalogue-count")

    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile(r"/shop/\?page=2$"))
    page.get_by_label("Brand").select_option("nordlune")
    expect(page).to_have_url(re.compile(r"/shop/\?brand=nordlune$"))

    page.go_back()
    expect(count).to_contain_text("page 2 of 5")
    page.go_back()
    expect(count).to_contain_text("page 1 of 5")


def test_quick_clicks_all_count(open_window: Callable[..., Page]) -> None:
    page = open_window("/gallery/")
    counter, dice = part(page, "counter").first, part(page, "dice")

    for _ in range(5):
        button(counter, "One more").click()
    for _ in range(3):
        button(dice, "Throw").click()

    expect(counter.locator("output")).to_have_text("10")
    expect(dice).to_have_attribute("aria-busy", "true")
    expect(dice.locator(".die")).to_have_count(3)
    expect(dice).not_to_have_attribute("aria-busy", "true")


def test_nested_components_keep_their_points(open_window: Callable[..., Page]) -> None:
    page = open_window("/gallery/")
    board = part(page, "tally_board")
    points = board.locator("li", has_text="Grace").locator(".tally-points")

    button(board, "Add a point for Grace").click()
    expect(points).to_have_text("1")
    button(board, "Add a player").click()
    button(board, "Shuffle").click()
    button(board, "Remove Ada").click()
    expect(board.locator("li")).to_have_count(2)

    button(board, "Add a point for Grace").click()
    expect(points).to_have_text("2")


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong(open_window: Callable[..., Page]) -> None:
    page = open_window("/gallery/")
    todo = part(page, "todo_list")

    todo.get_by_label("New item").fill("Old news")
    todo.get_by_label("Due").fill("2001-01-01")
    button(todo, "Add").click()
    expect(todo).to_contain_text("That day is over.")
    expect(todo.get_by_label("New item")).to_have_value("Old news")

    todo.get_by_label("Due").fill("2099-01-01")
    todo.get_by_label("New item").press("Enter")
    expect(todo.locator("li", has_text="Old news")).to_contain_text("1 Jan")
    expect(todo.get_by_label("New item")).to_have_value("")


def test_mishaps_are_told_and_survived(open_window: Callable[..., Page]) -> None:
    page = open_window("/gallery/")
    mishaps = part(page, "mishaps")

    button(mishaps, "Crash the handler").click()
    expect(page.locator(".cf-toast")).to_have_count(1)
    button(mishaps, "Ask for too much").click()
    expect(page.locator(".cf-toast", has_text="This button is for nobody")).to_be_visible()

    button(mishaps, "Still alive?").click()
    expect(mishaps).to_contain_text("Yes, 1 time")


def test_lazy_components_load_when_they_come_into_view(open_window: Callable[..., Page]) -> None:
    page = open_window("/gallery/")
    source = page.locator("article", has=page.locator("#demo-counter")).locator("details")

    source.locator("summary").click()
    expect(source.locator("pre")).to_contain_text("class Counter(Component)")
    button(source, "counter.html").click()
    expect(source.locator(".source-path")).to_have_text("gallery/templates/gallery/counter.html")

    page.locator("#demo-lazy").scroll_into_view_if_needed()
    page.mouse.wheel(0, 2000)
    expect(part(page, "shop_figures")).to_contain_text("Pieces in stock")


def test_the_theme_is_remembered_until_it_is_the_systems_again(open_window: Callable[..., Page]) -> None:
    page = open_window("/")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)

    button(page, "Dark theme").click()
    dark = page.evaluate(colour)
    page.goto("/shop/")
    assert page.evaluate(colour) == dark != light
    expect(button(page, "Dark theme")).to_have_attribute("aria-pressed", "true")

    button(page, "Dark theme").click()
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour) == dark


def test_the_menu_of_a_phone(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/", viewport={"width": 390, "height": 844})
    link = page.get_by_role("link", name="Gallery")
    expect(link).to_be_hidden()

    button(page, "Menu").click()
    link.click()

    expect(page).to_have_url(re.compile(r"/gallery/$"))


def test_a_size_is_chosen_by_keyboard_alone(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/product/1/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")

    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.size-btn')"):
            break
    page.keyboard.press("Enter")

    expect(page.locator(".size-btn.selected")).to_be_focused()


def test_nothing_moves_while_somebody_shops(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/product/1/")
    product = part(page, "product")
    add = product.locator(".add-to-cart")
    page.wait_for_load_state("networkidle")
    place = add.bounding_box()

    add.click()
    expect(product).to_contain_text("Please select a size first.")
    assert add.bounding_box() == place
    button(product, "L").click()
    expect(product.locator(".size-btn.selected")).to_have_count(1)
    assert add.bounding_box() == place
    add.click()
    expect(add).to_have_text("Added to Cart ✓")
    assert add.bounding_box() == place


def test_pages_work_without_javascript(open_window: Callable[..., Page]) -> None:
    page = open_window("/shop/", java_script_enabled=False)
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".catalogue-count")).to_contain_text("page 2 of 5")

    page.get_by_label("Search").fill("beanie")
    button(page, "Show").click()

    expect(page.locator(".catalogue-count")).to_contain_text("4 products")
