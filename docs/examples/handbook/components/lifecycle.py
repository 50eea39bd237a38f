from cf_core import Component, registry
from cf_permissions import AllowAny


@registry.register("lifecycle")
class Lifecycle(Component):
    """Notes which of its methods run, in their order."""

    permission_classes = [AllowAny]

    def mount(self):
        self.steps = ["mount"]

    def hydrate(self, state):
        super().hydrate(state)
        self.steps = ["hydrate"]

    def on_poke(self):
        self.steps.append("on_poke")

    def before_render(self):
        self.steps.append("before_render")

    def get_context(self):
        self.steps.append("get_context")
        return {"steps": self.steps}

    def dehydrate(self):
        self.steps.append("dehydrate")
        return super().dehydrate()


@registry.register("greeting")
class Greeting(Component):
    template_name = "handbook/greeting.html"
    permission_classes = [AllowAny]

    def mount(self, name: str, shout: bool = False):
        self.state["text"] = f"Hello {name}!" if shout else f"Hello {name}."
