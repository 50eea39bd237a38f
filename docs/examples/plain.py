"""A component in plain Python: no Django, no settings."""

from cf_core import Component
from cf_core.engine.plain import install_plain_host


class Text:
    def render(self, component, context):
        return f"count is {context['state']['count']}"


class Counter(Component):
    renderer = Text()

    def mount(self, initial: int = 0):
        self.state["count"] = initial

    def on_increment(self, amount: int = 1):
        self.state["count"] += amount


install_plain_host()
print(Counter(initial=5).dispatch("increment", {"amount": 2})["html"])
