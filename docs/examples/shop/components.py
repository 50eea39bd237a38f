from django.db.models import F
from pydantic import PositiveInt

from cf_core import Component, registry
from cf_permissions import AllowAny

from .models import Product


@registry.register("counter")
class Counter(Component):
    permission_classes = [AllowAny]

    def mount(self, initial: int = 0):
        self.state["count"] = initial

    def on_increment(self, amount: int = 1):
        self.state["count"] += amount


@registry.register("product")
class ProductCard(Component):
    permission_classes = [AllowAny]

    def mount(self, product: Product):
        self.state["bought"] = 0

    def on_buy(self, quantity: PositiveInt = 1):
        product = self.params["product"]
        in_stock = Product.objects.filter(pk=product.pk, stock__gte=quantity)
        if in_stock.update(stock=F("stock") - quantity):
            self.state["bought"] += quantity
        else:
            self.errors["quantity"] = "There is not enough in stock."
        product.refresh_from_db()
