from cf_core import Component, CompositeComponent, registry
from cf_permissions import AllowAny


@registry.register("card")
class Card(Component):
    permission_classes = [AllowAny]
    slots = ["body", "footer"]

    def mount(self, title: str):
        self.state.update(title=title, is_open=True)

    def on_toggle(self):
        self.state["is_open"] = not self.state["is_open"]

    def on_rename(self, title: str):
        self.state["title"] = title


@registry.register("tally")
class Tally(Component):
    permission_classes = [AllowAny]

    def mount(self, start: int = 0):
        self.state["count"] = start

    def on_add(self):
        self.state["count"] += 1


@registry.register("desk")
class Desk(CompositeComponent):
    permission_classes = [AllowAny]
    components = {"left": "tally", "right": "card"}
