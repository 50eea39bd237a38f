from html import escape

from cf_core import Component, registry
from cf_core.rendering import DjangoCottonRenderer
from cf_permissions import AllowAny


class HtmlMethodRenderer:
    """Asks the component itself for its HTML."""

    def render(self, component, context):
        return component.html(context)


@registry.register("badge")
class Badge(Component):
    permission_classes = [AllowAny]
    renderer = HtmlMethodRenderer()

    def mount(self, label: str):
        self.state.update(label=label, stars=0)

    def on_star(self):
        self.state["stars"] += 1

    def html(self, context):
        label, stars = escape(self.state["label"]), self.state["stars"]
        return (
            f'<button hx-post="/components/badge/" hx-vals=\'{{"event": "star"}}\'>'
            f"{label} <span>{stars} stars</span></button>"
        )


@registry.register("note")
class Note(Component):
    permission_classes = [AllowAny]
    renderer = DjangoCottonRenderer()
    template_name = "sticky-note"

    def mount(self, text: str):
        self.state["text"] = text

    def on_shorten(self):
        self.state["text"] = self.state["text"][:10]


@registry.register("clock_face")
class ClockFace(Component):
    permission_classes = [AllowAny]
    template_name = "components/clock_face.jinja"

    def mount(self, hour: int = 12):
        self.state["hour"] = hour

    def on_later(self, hours: int = 1):
        self.state["hour"] = (self.state["hour"] + hours - 1) % 12 + 1
