from cf_core import Component, registry
from cf_permissions import AllowAny


@registry.register("counter")
class Counter(Component):
    permission_classes = [AllowAny]

    def mount(self, initial: int = 0):
        self.state["count"] = initial

    def on_increment(self, amount: int = 1):
        self.state["count"] += amount
