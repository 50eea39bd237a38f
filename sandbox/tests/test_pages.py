"""Every page answers, under a strict policy, with a bounded number of queries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from cf_testing import Page, open_page
from pages.sources import DEMOS
from shop.models import Product, Review

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
ACCOUNTS = [None, "shopper", "staff", "superuser", "prof_davis", "emma1"]

pytestmark = pytest.mark.usefixtures("seeded")


def get(client: Client, url: str) -> Page:
    page = open_page(url, client=client)
    assert page.status == 200
    return page


def log_in(client: Client, username: str | None) -> None:
    if username:
        client.force_login(User.objects.get(username=username))


@pytest.mark.parametrize("username", ACCOUNTS)
def test_every_page_answers_to_everybody(client: Client, username: str | None) -> None:
    log_in(client, username)

    for url in (page for page in PAGES if page != "/login/"):
        page = get(client, url)
        assert page.all("main h1, main h2"), url
        assert page.one("a.skip-link")["href"] == "#content"


@pytest.mark.parametrize("url", PAGES)
def test_pages_run_under_a_strict_policy(client: Client, url: str) -> None:
    response = client.get(url)
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";") if part)
    page = get(client, url)

    # One nonce for each answer: a second request has another.
    assert len(re.findall(r"'nonce-([^']+)'", policy["script-src"])) == 1
    assert "unsafe" not in response["Content-Security-Policy"]
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert len({script["nonce"] for script in page.all("script")}) == 1
    assert all("src" in script for script in page.all("script"))
    assert not page.all("[style], style")
    assert not re.search(r"<[^>]*\son\w+\s*=", page.html())


def test_the_admin_panel_keeps_the_rules_of_all_pages(client: Client, django_assert_max_num_queries: Any) -> None:
    log_in(client, "staff")
    page = get(client, "/admin-panel/")
    ids = [element["id"] for element in page.all("[id]")]

    assert not page.all("[style], style")
    assert len(ids) == len(set(ids))
    assert [control for control in page.all("button, a[href], input") if control.is_visible and not control.name] == []
    assert page.all("details.source-box")
    with django_assert_max_num_queries(6):
        client.get("/admin-panel/")


@pytest.mark.parametrize("url", PAGES)
def test_pages_load_nothing_from_elsewhere(client: Client, url: str) -> None:
    page = get(client, url)

    for attribute in ("src", "href", "action"):
        for element in page.all(f"[{attribute}]"):
            assert re.match(r"[/?#]", element[attribute]), element


@pytest.mark.parametrize("url", PAGES)
def test_ids_are_unique_and_labels_lead_somewhere(client: Client, url: str) -> None:
    page = get(client, url)
    ids = [element["id"] for element in page.all("[id]")]

    assert len(ids) == len(set(ids))
    assert {label["for"] for label in page.all("label[for]")} <= set(ids)
    assert [control for control in page.all("button, a[href], input") if control.is_visible and not control.name] == []


@pytest.mark.parametrize(
    ("url", "bound"),
    [
        ("/", 8),
        ("/gallery/", 8),
        ("/shop/", 10),
        ("/shop/product/1/", 16),
        ("/shop/cart/", 8),
        ("/shop/checkout/", 8),
        ("/shop/orders/", 10),
        ("/login/", 6),
    ],
)
def test_the_number_of_queries_is_bounded(
    client: Client, url: str, bound: int, django_assert_max_num_queries: Any
) -> None:
    log_in(client, "shopper" if url != "/login/" else None)
    client.get(url)

    with django_assert_max_num_queries(bound):
        client.get(url)


def test_the_landing_page_offers_every_demo_account(client: Client) -> None:
    page = get(client, "/")

    assert {button["value"] for button in page.all("button[name=account]")} == {
        "shopper",
        "staff",
        "superuser",
        "teacher",
        "student",
    }


@pytest.mark.parametrize(
    ("key", "username"),
    [
        ("shopper", "shopper"),
        ("staff", "staff"),
        ("superuser", "superuser"),
        ("teacher", "prof_davis"),
        ("student", "emma1"),
    ],
)
def test_a_demo_account_is_one_click_away(client: Client, key: str, username: str) -> None:
    response = client.post("/login/demo/", {"account": key, "next": "/shop/"})

    assert response.url == "/shop/"
    assert client.get("/").context["user"].username == username


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_a_demo_log_in_leads_nowhere_else(client: Client, url: str) -> None:
    assert client.post("/login/demo/", {"account": "shopper", "next": url}).url == "/"


def test_a_demo_log_in_is_a_post(client: Client) -> None:
    assert client.get("/login/demo/?account=shopper").status_code == 405


@pytest.mark.parametrize("account", ["nobody", "", "shopper"])
def test_an_account_that_is_not_there_says_what_to_do(client: Client, account: str) -> None:
    User.objects.filter(username="shopper").delete()

    response = client.post("/login/demo/", {"account": account}, follow=True)

    assert "seed_data" in response.content.decode()
    assert not response.context["user"].is_authenticated


def test_without_the_setting_there_are_no_demo_buttons(client: Client, settings: Any) -> None:
    settings.DEMO_ACCOUNTS = False

    assert not get(client, "/").all("button[name=account]")
    assert client.post("/login/demo/", {"account": "superuser"}).status_code == 404
    assert not client.get("/").context["user"].is_authenticated


def test_log_in_and_out_by_hand(client: Client) -> None:
    response = client.post("/login/", {"username": "shopper", "password": "password123", "next": "/gallery/"})
    assert response.url == "/gallery/"
    assert "Maya Lindqvist" in client.get("/gallery/").content.decode()

    assert client.post("/logout/").url == "/"
    assert not client.get("/").context["user"].is_authenticated


def test_a_wrong_password_is_said_on_the_page(client: Client) -> None:
    page = get(client, "/login/")

    page.fill("User name", "shopper")
    page.fill("Password", "no")
    page.submit("Password")

    assert "correct username and password" in page.text("[role=alert]")


@pytest.mark.parametrize("demo", sorted(DEMOS))
def test_every_source_is_shown(client: Client, demo: str) -> None:
    text = get(client, f"/source/{demo}/").text("main")

    assert "class " in text
    assert all(template.rsplit("/", 1)[-1] in text for template in DEMOS[demo].templates)


@pytest.mark.parametrize("demo", ["nothing", "settings", "manage", "..-config-settings"])
def test_no_other_source_is_shown(client: Client, demo: str) -> None:
    assert client.get(f"/source/{demo}/").status_code == 404


def test_pages_with_components_link_to_a_source(client: Client) -> None:
    for url in ("/gallery/", "/shop/", "/shop/product/1/", "/shop/cart/", "/shop/checkout/"):
        assert get(client, url).all("details.source-box"), url


def test_an_unknown_page_is_a_404_in_the_theme(client: Client) -> None:
    response = client.get("/nothing/")

    assert response.status_code == 404
    assert b"site-header" in response.content


def test_an_unknown_product_is_a_404(client: Client) -> None:
    assert client.get("/shop/product/999999/").status_code == 404


@pytest.mark.parametrize("url", ["/admin/", "/admin/shop/product/", "/admin/shop/inventory/", "/admin/accounts/user/"])
def test_the_back_office_opens_for_the_superuser(client: Client, url: str) -> None:
    log_in(client, "superuser")

    response = client.get(url)

    assert response.status_code == 200
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_staff_corrects_the_stock_and_nothing_else(client: Client) -> None:
    log_in(client, "staff")

    assert client.get("/admin/shop/inventory/").status_code == 200
    assert client.get("/admin/accounts/user/").status_code == 403
    assert client.get("/admin/shop/product/add/").status_code == 403


def names(page: Page) -> list[str]:
    return page.texts(".product-grid .product-card-name")


def test_the_catalogue_has_pages(client: Client) -> None:
    first, second = names(get(client, "/shop/")), names(get(client, "/shop/?page=2"))

    assert len(first) == len(second) == 12
    assert not set(first) & set(second)
    assert names(get(client, "/shop/?page=999")) == names(get(client, "/shop/?page=5"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("brand=kaito-works", {"brand__slug": "kaito-works"}),
        ("category=shoes", {"category": "shoes"}),
        ("q=beanie", {"name__icontains": "beanie"}),
        ("q=nordlune+beanie&category=accessories", {"brand__slug": "nordlune", "name__icontains": "beanie"}),
    ],
)
def test_the_address_filters_the_catalogue(client: Client, query: str, expected: dict[str, str]) -> None:
    page = get(client, f"/shop/?{query}")

    products = Product.objects.filter(**expected)
    assert products.exists()
    assert page.text(".catalogue-count").split()[0] == str(products.count())
    assert set(names(page)) <= {product.name for product in products}


@pytest.mark.parametrize(
    "query", ["page=x", "page=-1", "sort=rubbish", "category=none", "in_stock=maybe", "q=%00", "brand=%00"]
)
def test_an_address_typed_by_hand_never_breaks_the_catalogue(client: Client, query: str) -> None:
    assert len(names(get(client, f"/shop/?{query}"))) in (0, 12)


def test_the_product_page_shows_what_the_database_knows(client: Client) -> None:
    product = Product.objects.get(pk=1)

    page = get(client, "/shop/product/1/")

    assert page.text(".product-info .price") == f"${product.price}"
    assert page.one(".product-picture img")["src"] == product.main_image.url
    assert page.texts(".size-btn") == ["XS", "S Only 4 left", "M Sold out", "L", "XL Only 1 left"]
    assert [size.text for size in page.all(".size-btn") if size.is_disabled] == ["M Sold out"]
    assert str(Review.objects.filter(product=product).count()) in page.text(".reviews-head")
    assert len(page.all(".product-more .product-card")) == 4
