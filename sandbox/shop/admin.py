"""The shop in Django's admin. Change a price or the stock here and watch the product page follow."""

from django.contrib import admin
from django.http import HttpRequest

from .models import Brand, Cart, CartItem, Inventory, Order, OrderLine, Product, Review


class InventoryInline(admin.TabularInline):
    """The sizes of a product."""

    model = Inventory
    extra = 0


@admin.register(Brand)
class BrandAdmin(admin.ModelAdmin):
    """Brands."""

    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    """Products with their sizes."""

    list_display = ("name", "brand", "category", "price", "created")
    list_editable = ("price",)
    list_filter = ("category", "brand")
    list_select_related = ("brand",)
    search_fields = ("name", "brand__name")
    inlines = [InventoryInline]


@admin.register(Inventory)
class InventoryAdmin(admin.ModelAdmin):
    """Stock by size."""

    list_display = ("product", "size", "stock")
    list_editable = ("stock",)
    list_filter = ("size",)
    list_select_related = ("product",)
    search_fields = ("product__name",)


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    """Reviews."""

    list_display = ("product", "author", "rating", "created")
    list_filter = ("rating",)
    list_select_related = ("product", "author")
    raw_id_fields = ("product", "author")


class CartItemInline(admin.TabularInline):
    """The lines of a cart."""

    model = CartItem
    extra = 0
    raw_id_fields = ("inventory",)


@admin.register(Cart)
class CartAdmin(admin.ModelAdmin):
    """Carts of users and visitors."""

    list_display = ("pk", "user", "created")
    list_select_related = ("user",)
    raw_id_fields = ("user",)
    inlines = [CartItemInline]


class OrderLineInline(admin.TabularInline):
    """The lines of an order, as they were bought."""

    model = OrderLine
    extra = 0
    can_delete = False
    readonly_fields = ("product", "name", "size", "price", "quantity")

    def has_add_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        """Nothing is added to what somebody has bought."""
        return False


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    """Orders: looked at, not made here."""

    list_display = ("reference", "user", "total", "country", "placed")
    list_filter = ("country",)
    list_select_related = ("user",)
    search_fields = ("reference", "user__username", "email")
    date_hierarchy = "placed"
    readonly_fields = ("user", "reference", "cart_number", "placed", "total", "payment")
    inlines = [OrderLineInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Orders come from the checkout."""
        return False
