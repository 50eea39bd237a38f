"""What the shop sells, what people put into their carts, and what they bought.

Stock, quantities and ratings are guarded by constraints: no code path can sell less than nothing.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Avg, Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

LOW_STOCK = 5
# Without what is easily misread over the telephone.
REFERENCE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SIZE_ORDER = ("XS", "S", "M", "L", "XL", "One size")


def new_reference() -> str:
    """Return a name for an order that says nothing about how many there are."""
    return "-".join(get_random_string(4, REFERENCE_LETTERS) for _ in range(2))


class Category(models.TextChoices):
    """The shelves."""

    KNITWEAR = "knitwear", _("Knitwear")
    TOPS = "tops", _("Tops")
    OUTERWEAR = "outerwear", _("Outerwear")
    BOTTOMS = "bottoms", _("Bottoms")
    DRESSES = "dresses", _("Dresses")
    SHOES = "shoes", _("Shoes")
    ACCESSORIES = "accessories", _("Accessories")


class Brand(models.Model):
    """Who makes it."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product"]):
    """Products with what a list of them shows."""

    def for_cards(self) -> ProductQuerySet:
        """Add brand, stock over all sizes and the average rating."""
        stock = Inventory.objects.filter(product=models.OuterRef("pk")).order_by().values("product")
        reviews = Review.objects.filter(product=models.OuterRef("pk")).order_by().values("product")
        return self.select_related("brand").annotate(
            total_stock=models.Subquery(stock.annotate(total=Sum("stock")).values("total")),
            rating=models.Subquery(reviews.annotate(average=Avg("rating")).values("average")),
            review_count=models.Subquery(reviews.annotate(count=Count("pk")).values("count")),
        )


class Product(models.Model):
    """Something with a price. Its sizes are `Inventory` rows."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=160, unique=True)
    category = models.CharField(max_length=16, choices=Category.choices, db_index=True)
    description = models.TextField(blank=True)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    main_image = models.FileField(upload_to="products/")
    thumbnail = models.FileField(upload_to="products/")
    created = models.DateTimeField(db_index=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0), name="shop_product_price_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The product page."""
        return reverse("product_page", args=[self.pk])


class Inventory(models.Model):
    """One size of a product and how many of it are left."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="sizes")
    size = models.CharField(max_length=16)
    position = models.PositiveSmallIntegerField(default=0, help_text=_("Order of the sizes on the page"))
    stock = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = _("inventory")
        constraints = [
            models.UniqueConstraint(fields=["product", "size"], name="shop_inventory_unique_size"),
            models.CheckConstraint(condition=Q(stock__gte=0), name="shop_inventory_stock_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.size}"


class Review(models.Model):
    """What one person says about one product, once."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews")
    rating = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    text = models.TextField(max_length=1000)
    created = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["product", "author"], name="shop_review_once_per_author"),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="shop_review_rating_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.rating}/5 for {self.product}"


class Cart(models.Model):
    """What somebody means to buy: a user's own, or a visitor's that their session points to."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="cart"
    )
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Cart of {self.user or 'a visitor'}"


class CartItem(models.Model):
    """A line of a cart. The price is the product's, never a copy."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="items")
    inventory = models.ForeignKey(Inventory, on_delete=models.CASCADE, related_name="cart_items")
    quantity = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "inventory"], name="shop_cart_item_unique_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shop_cart_item_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.inventory}"


class Order(models.Model):
    """What somebody bought: prices, total and address as they were when the order was placed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="orders")
    reference = models.CharField(max_length=16, unique=True, default=new_reference)
    cart_number = models.PositiveBigIntegerField(
        null=True, blank=True, unique=True, help_text=_("The cart it was. A cart becomes one order, ever.")
    )
    placed = models.DateTimeField(default=timezone.now, db_index=True)
    total = models.DecimalField(max_digits=10, decimal_places=2)
    payment = models.CharField(max_length=64, help_text=_("What the payment service calls it"))
    email = models.EmailField()
    name = models.CharField(max_length=80)
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=12)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2)

    class Meta:
        ordering = ["-placed", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0), name="shop_order_total_not_negative"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """The order's page, for whoever placed it."""
        return reverse("order_page", args=[self.reference])


class OrderLine(models.Model):
    """A line of an order. It says for itself what was bought: products come and go."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    size = models.CharField(max_length=16)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shop_order_line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name} {self.size}"

    @property
    def subtotal(self) -> Decimal:
        """What the line came to."""
        return self.price * self.quantity
