from cf_core import Component, registry
from cf_permissions import AllowAny


@registry.register("todo_list")
class TodoList(Component):
    permission_classes = [AllowAny]

    def mount(self):
        self.state["tasks"] = {1: "Buy milk", 2: "Call Ada"}

    def on_add(self, text: str):
        self.state["tasks"][max(self.state["tasks"], default=0) + 1] = text

    def on_remove(self, number: int):
        self.state["tasks"].pop(number, None)


@registry.register("todo_item")
class TodoItem(Component):
    permission_classes = [AllowAny]

    def mount(self, text: str):
        self.state.update(text=text, is_done=False)

    def on_toggle(self):
        self.state["is_done"] = not self.state["is_done"]


@registry.register("statistics")
class Statistics(Component):
    permission_classes = [AllowAny]
    placeholder_template = "handbook/statistics_placeholder.html"

    def mount(self):
        self.state["figure"] = sum(range(1000))
