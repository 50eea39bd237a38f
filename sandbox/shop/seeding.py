"""Fill the shop. What is already there stays as it is, so that running it again changes nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import product as pairs

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.core.management.color import no_style
from django.db import connection
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User

from . import assortment
from .artwork import draw
from .assortment import Article
from .models import REFERENCE_LETTERS, Brand, Cart, Inventory, Order, OrderLine, Product, Review

CUSTOMER_DOMAIN = "customers.example"
CUSTOMERS_PER_SCALE = 60
BATCH = 500

# The first product of the shop shows everything at once: plenty, few, the last one, sold out.
SHOWCASE_STOCK = (12, 4, 0, 23, 1)

Report = Callable[[str], None]


def seed_shop(scale: int, report: Report) -> None:
    """Create what is missing of brands, pictures, products, sizes, customers and reviews."""
    wanted = list(assortment.articles(scale))
    brands = _seed_brands(wanted)
    report(f"{len(brands)} brands")
    report(f"{_seed_pictures(wanted)} new pictures drawn")
    products = _seed_products(wanted, brands)
    # A product made by hand may sit on a key; what it displaced is left out.
    wanted = [article for article in wanted if article.slug in products]
    report(f"{len(wanted)} products")
    report(f"{_seed_inventory(wanted, products)} sizes")
    customers = _seed_customers(CUSTOMERS_PER_SCALE * scale)
    report(f"{len(customers)} customers")
    report(f"{_seed_reviews(wanted, products, customers)} reviews")
    report(f"{seed_orders(customers, least=0, most=3)} orders")


def seed_orders(people: Sequence[int], *, least: int, most: int) -> int:
    """Give people who have no orders some past ones, and return how many these were. The stock has settled since."""
    served = set(Order.objects.filter(user__in=people).values_list("user", flat=True))
    buyers = User.objects.filter(pk__in=set(people) - served)
    sizes = list(Inventory.objects.select_related("product").order_by("pk"))
    orders: list[Order] = []
    lines: list[OrderLine] = []
    for buyer in buyers:
        # By person, so that a later run with more people invents nothing twice.
        chance = random.Random(f"orders:{buyer.username}")
        address = chance.choice(assortment.ADDRESSES)
        for _ in range(chance.randint(least, most)):
            bought = chance.sample(sizes, chance.choices((1, 2, 3), (5, 3, 1))[0])
            orders.append(_past_order(buyer, address, bought, chance))
            lines += [
                OrderLine(
                    order=orders[-1],
                    product=size.product,
                    name=size.product.name,
                    size=size.size,
                    price=size.product.price,
                    quantity=1,
                )
                for size in bought
            ]
    Order.objects.bulk_create(orders, batch_size=BATCH)
    OrderLine.objects.bulk_create(lines, batch_size=BATCH)
    return len(orders)


def _past_order(buyer: User, address: Sequence[str], bought: list[Inventory], chance: random.Random) -> Order:
    street, postcode, city, country = address
    return Order(
        user=buyer,
        reference="-".join("".join(chance.choices(REFERENCE_LETTERS, k=4)) for _ in range(2)),
        placed=timezone.now() - timedelta(minutes=chance.randint(2 * 24 * 60, 300 * 24 * 60)),
        total=sum(size.product.price for size in bought),
        payment=f"pay_{chance.getrandbits(64):016x}",
        email=buyer.email,
        name=buyer.get_full_name(),
        street=street,
        postcode=postcode,
        city=city,
        country=country,
    )


def flush_shop() -> None:
    """Delete everything in the shop and its seeded customers."""
    Order.objects.all().delete()
    Cart.objects.all().delete()
    Product.objects.all().delete()
    Brand.objects.all().delete()
    User.objects.filter(email__endswith=f"@{CUSTOMER_DOMAIN}").delete()


def grant_stock_keeping(user: User) -> None:
    """Let a member of staff look at the shop in the back office and correct the stock."""
    codenames = ["view_brand", "view_product", "view_review", "view_inventory", "change_inventory"]
    user.user_permissions.add(*Permission.objects.filter(content_type__app_label="shop", codename__in=codenames))


def _seed_brands(wanted: list[Article]) -> dict[str, Brand]:
    names = sorted({article.design.brand for article in wanted})
    Brand.objects.bulk_create((Brand(name=name, slug=slugify(name)) for name in names), ignore_conflicts=True)
    return {brand.name: brand for brand in Brand.objects.filter(name__in=names)}


def _seed_pictures(wanted: list[Article]) -> int:
    storage: Storage = Product._meta.get_field("main_image").storage  # type: ignore[union-attr]
    drawn = 0
    for article in {article.art_name: article for article in wanted}.values():
        for path, is_square in ((_image_path(article), False), (_thumbnail_path(article), True)):
            if not storage.exists(path):
                svg = draw(article.design.shape, article.design.pattern, article.palette, is_square=is_square)
                storage.save(path, ContentFile(svg.encode()))
                drawn += 1
    return drawn


def _image_path(article: Article) -> str:
    return f"products/{article.art_name}.svg"


def _thumbnail_path(article: Article) -> str:
    return f"products/{article.art_name}-square.svg"


def _seed_products(wanted: list[Article], brands: dict[str, Brand]) -> dict[str, int]:
    now = timezone.now()
    Product.objects.bulk_create(
        (
            Product(
                # Known keys, so that /shop/product/1/ is there after every flush too.
                pk=article.number,
                brand=brands[article.design.brand],
                name=article.name,
                slug=article.slug,
                category=article.design.category,
                description=article.design.description,
                price=article.price,
                main_image=_image_path(article),
                thumbnail=_thumbnail_path(article),
                created=now - timedelta(hours=7 * article.number),
            )
            for article in wanted
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Product]):
            cursor.execute(statement)
    return dict(Product.objects.values_list("slug", "pk"))


def _seed_inventory(wanted: list[Article], products: dict[str, int]) -> int:
    rows = [
        Inventory(product_id=products[article.slug], size=size, position=position, stock=stock)
        for article in wanted
        for position, (size, stock) in enumerate(zip(article.design.sizes, _stock(article), strict=True))
    ]
    Inventory.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def _stock(article: Article) -> tuple[int, ...]:
    """How many there are of each size: some few, some none, and now and then all gone."""
    if article.number == 1:
        return SHOWCASE_STOCK
    chance = random.Random(f"stock:{article.slug}")
    sizes = article.design.sizes
    if chance.random() < 0.04:
        return tuple(0 for _ in sizes)
    return tuple(chance.choices((0, chance.randint(1, 4), chance.randint(5, 40)), (1, 2, 6))[0] for _ in sizes)


def _seed_customers(count: int) -> list[int]:
    password = make_password(None)
    now = timezone.now()
    names = list(pairs(assortment.FIRST_NAMES, assortment.LAST_NAMES))
    random.Random("customers").shuffle(names)
    users = []
    for number in range(count):
        first, last = names[number % len(names)]
        repeat = number // len(names)
        username = slugify(f"{first} {last}") + (f"-{repeat + 1}" if repeat else "")
        users.append(
            User(
                username=username,
                email=f"{username}@{CUSTOMER_DOMAIN}",
                password=password,
                first_name=first,
                last_name=last,
                # Before anything that they bought or reviewed.
                date_joined=now - timedelta(days=310 + 7 * (number % 53), minutes=11 * number),
            )
        )
    User.objects.bulk_create(users, batch_size=BATCH, ignore_conflicts=True)
    return list(User.objects.filter(email__endswith=f"@{CUSTOMER_DOMAIN}").order_by("pk").values_list("pk", flat=True))[
        :count
    ]


def _seed_reviews(wanted: list[Article], products: dict[str, int], customers: list[int]) -> int:
    now = timezone.now()
    rows = []
    for article in wanted:
        chance = random.Random(f"reviews:{article.slug}")
        count = 14 if article.number == 1 else chance.randint(2, 9)
        for author in chance.sample(customers[:CUSTOMERS_PER_SCALE], count):
            rating = chance.choices((5, 4, 3, 2, 1), (48, 30, 13, 6, 3))[0]
            text = f"{chance.choice(assortment.OPENERS[rating])} {chance.choice(assortment.DETAILS[rating])}"
            rows.append(
                Review(
                    product_id=products[article.slug],
                    author_id=author,
                    rating=rating,
                    text=text,
                    created=now - timedelta(hours=chance.randint(3, 90 * 24), minutes=chance.randint(0, 59)),
                )
            )
    Review.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)
