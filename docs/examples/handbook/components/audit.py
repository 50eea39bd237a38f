from cf_core import Component, registry
from cf_permissions import IsAuthenticated


@registry.register("transfer")
class Transfer(Component):
    permission_classes = [IsAuthenticated]

    def mount(self):
        self.state["sent"] = 0

    def on_send(self, amount: int, card_number: str = ""):
        self.state["sent"] += amount
