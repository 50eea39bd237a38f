from decimal import Decimal

from cf_cache import CacheMixin
from cf_core import Component, registry


@registry.register("prices")
class Prices(CacheMixin, Component):
    def get_cache_key(self, name, params, state):
        if params.get("is_preview"):
            return None
        return f"{super().get_cache_key(name, params, state)}:{self.currency}"

    @property
    def currency(self):
        return self.request.COOKIES.get("currency", "EUR") if self.request else "EUR"

    def mount(self, is_preview: bool = False):
        self.state["currency"] = self.currency
        self.state["shipping"] = Decimal("4.90")
