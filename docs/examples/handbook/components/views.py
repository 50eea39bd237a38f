from cf_core import Component, registry
from cf_permissions import AllowAny


@registry.register("stock_level")
class StockLevel(Component):
    """Declares no permissions of its own: reached only where the project places it."""

    def mount(self, product_id: int, unit: str = "pieces"):
        self.state.update(product_id=product_id, unit=unit, asked=0)

    def on_ask(self):
        self.state["asked"] += 1


@registry.register("search_box")
class SearchBox(Component):
    permission_classes = [AllowAny]
    public_params = ["query"]

    def mount(self, query: str = ""):
        self.state["query"] = query

    def on_search(self, query: str):
        self.state["query"] = query
