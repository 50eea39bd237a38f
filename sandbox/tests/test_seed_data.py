"""`manage.py seed_data`: believable, repeatable, quiet when asked to be."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Sum

from accounts.demo import DEMO_ACCOUNTS, PASSWORD
from accounts.models import User, UserType
from admin_panel.models import Subscription, UserActivity
from config import settings as usual
from shop.models import LOW_STOCK, Brand, Cart, Inventory, Order, OrderLine, Product, Review

MODELS = (User, Brand, Product, Inventory, Review, Cart, Order, OrderLine, Subscription, UserActivity)


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in MODELS}


def run(**options: Any) -> str:
    out = StringIO()
    call_command("seed_data", stdout=out, **options)
    return out.getvalue()


@pytest.mark.usefixtures("seeded")
def test_the_shop_is_full() -> None:
    assert Product.objects.count() >= 40
    assert Brand.objects.count() >= 5
    assert Review.objects.count() >= 200
    assert Inventory.objects.filter(stock=0).exists()
    assert Inventory.objects.filter(stock__range=(1, LOW_STOCK - 1)).exists()
    assert Product.objects.annotate(total=Sum("sizes__stock")).filter(total=0).exists()
    assert not Product.objects.annotate(sizes_count=Count("sizes")).filter(sizes_count=0).exists()


@pytest.mark.usefixtures("seeded")
def test_the_first_product_shows_plenty_few_last_and_sold_out() -> None:
    stocks = list(Product.objects.get(pk=1).sizes.values_list("stock", flat=True))

    assert 0 in stocks
    assert 1 in stocks
    assert max(stocks) > LOW_STOCK


@pytest.mark.usefixtures("seeded")
def test_every_product_has_its_pictures() -> None:
    for product in Product.objects.all():
        for image in (product.main_image, product.thumbnail):
            assert image.open().read().startswith(b"<svg ")
            assert image.url.startswith("/media/products/")


@pytest.mark.usefixtures("seeded")
def test_the_second_run_changes_nothing() -> None:
    Inventory.objects.update(stock=F("stock") + 1)
    before, stock = counts(), Inventory.objects.aggregate(total=Sum("stock"))

    run()

    assert counts() == before
    assert Inventory.objects.aggregate(total=Sum("stock")) == stock


@pytest.mark.usefixtures("seeded")
def test_the_admin_panel_has_members_who_pay_and_leave() -> None:
    members = User.objects.filter(subscriptions__isnull=False).distinct()

    assert User.objects.filter(is_active=False).exists()
    assert members.filter(subscriptions__status="active").exists()
    assert members.filter(subscriptions__status="cancelled").exists()
    assert not members.filter(subscriptions__created__lt=F("date_joined")).exists()
    assert not UserActivity.objects.filter(last_seen__lt=F("user__date_joined")).exists()
    assert not User.objects.filter(is_staff=True).exclude(username__in=["staff", "superuser"]).exists()


def test_there_are_thousands_of_members_unless_a_test_wants_fewer() -> None:
    assert usual.SEED_MEMBERS >= 5000


@pytest.mark.usefixtures("seeded")
def test_flush_begins_anew_and_keeps_people_who_are_not_demo_data(settings: Any) -> None:
    settings.DEBUG = True
    User.objects.create_superuser("me", email="me@example.org", password="x")
    Cart.objects.create(user=User.objects.get(username="shopper"))
    before = counts()
    Inventory.objects.update(stock=0)

    run(flush=True, verbosity=0)

    assert counts() == {**before, "Cart": 0}
    assert Inventory.objects.filter(stock__gt=0).exists()
    assert Product.objects.filter(pk=1).exists()
    assert User.objects.filter(username="me").exists()


@pytest.mark.usefixtures("seeded")
def test_scale_multiplies() -> None:
    before = counts()

    run(scale=2, verbosity=0)

    after = counts()
    assert after["Product"] == 2 * before["Product"]
    assert after["Review"] > 1.5 * before["Review"]
    assert Product.objects.values("name", "brand").distinct().count() == after["Product"]


@pytest.mark.django_db
@pytest.mark.parametrize("scale", ["0", "-1", "many"])
def test_scale_is_a_positive_number(scale: str) -> None:
    with pytest.raises(CommandError):
        call_command("seed_data", "--scale", scale)


@pytest.mark.django_db
def test_it_reports_its_progress() -> None:
    lines = run().splitlines()

    assert any("products" in line for line in lines)
    assert "Done" in lines[-1]


@pytest.mark.django_db
def test_it_is_silent_when_asked(capfd: pytest.CaptureFixture[str]) -> None:
    call_command("seed_data", verbosity=0)

    assert capfd.readouterr().out == ""


@pytest.mark.usefixtures("seeded")
def test_every_demo_account_can_log_in_with_the_public_password() -> None:
    for account in DEMO_ACCOUNTS:
        user = User.objects.get(username=account.username)
        assert user.check_password(PASSWORD)
        assert (user.is_staff, user.is_superuser) == (account.is_staff, account.is_superuser)
    assert User.objects.get(username="prof_davis").user_type == UserType.TEACHER
    assert User.objects.get(username="emma1").user_type == UserType.STUDENT
    assert User.objects.get(username="staff").has_perm("shop.change_inventory")


@pytest.mark.django_db
def test_without_debug_there_are_no_demo_accounts() -> None:
    run(verbosity=0)

    assert not User.objects.filter(username__in=[account.username for account in DEMO_ACCOUNTS]).exists()
    assert Product.objects.exists()


@pytest.mark.django_db
def test_a_product_made_by_hand_is_left_alone() -> None:
    brand = Brand.objects.create(name="Mine", slug="mine")
    mine = Product.objects.create(pk=2, brand=brand, name="Mine", slug="mine", price=1, created="2026-01-01T00:00Z")

    run(verbosity=0)

    mine.refresh_from_db()
    assert mine.name == "Mine"
    assert not mine.sizes.exists()
    assert not default_storage.exists("products/mine.svg")
