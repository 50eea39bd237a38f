from cf_cache import CacheMixin
from cf_core import Component, registry
from cf_permissions import AllowAny, IsStaff
from shop.models import Product

from ..models import Comment, Voucher


@registry.register("key_figures")
class KeyFigures(CacheMixin, Component):
    permission_classes = [IsStaff]
    cache_ttl = 300

    def get_cache_key(self, name, params, state):
        return "key-figures"

    def mount(self):
        self.compute()

    def on_refresh(self):
        self.invalidate_cache()
        self.compute()

    def compute(self):
        self.state["comments"] = Comment.objects.count()
        self.state["open_vouchers"] = Voucher.objects.filter(redeemed_by="").count()


@registry.register("product_card")
class ProductCard(CacheMixin, Component):
    permission_classes = [AllowAny]
    cache_ttl = 300
    cache_stale = 60
    cache_tags = ["shelf:{shelf}"]
    invalidate_on = [Product]

    @classmethod
    def invalidated_by(cls, product):
        return {"product_id": product.pk}

    def mount(self, product_id: int, shelf: str = "main"):
        product = Product.objects.get(pk=product_id)
        self.state.update(name=product.name, stock=product.stock)
