"""People, products and a filled shop for the sandbox's tests."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from shop.models import Brand, Category, Inventory, Product

from .browsing import browser, open_window, server

__all__ = ["browser", "open_window", "product", "seeded", "server", "shopper"]


@pytest.fixture
def product(db: None) -> Product:
    """A jumper: plenty of S, three of M, the last L, no XL."""
    brand = Brand.objects.create(name="Nordlune", slug="nordlune")
    jumper = Product.objects.create(
        brand=brand,
        name="Harbour Jumper",
        slug="harbour-jumper",
        category=Category.KNITWEAR,
        description="Keeps the wind out.",
        price=Decimal("119.00"),
        main_image="products/jumper.svg",
        thumbnail="products/jumper-square.svg",
        created=timezone.now(),
    )
    for position, (size, stock) in enumerate({"S": 12, "M": 3, "L": 1, "XL": 0}.items()):
        Inventory.objects.create(product=jumper, size=size, position=position, stock=stock)
    return jumper


@pytest.fixture
def shopper(db: None) -> User:
    """Somebody who buys."""
    return User.objects.create_user("maya", password="password123", first_name="Maya", last_name="Lindqvist")


@pytest.fixture
def seeded(db: None) -> None:
    """The whole sandbox as `seed_data` leaves it on a developer's machine."""
    with override_settings(DEBUG=True):
        call_command("seed_data", verbosity=0)
