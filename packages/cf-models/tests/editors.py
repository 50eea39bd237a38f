"""The component that most of these tests edit an order with."""

from __future__ import annotations

from typing import Any

from cf_models import DjangoModelComponent
from tests.models import Order
from tests.renderers import Inline

SHOWN = """<form>{{ state.status }} {{ state.notes }}
{% for name, texts in errors.items %}<p>{{ name }}: {{ texts|join:" " }}</p>{% endfor %}</form>"""


class Editor(DjangoModelComponent):
    """Sets state, or the instance itself, and saves; by `def` and by `async def`."""

    model = Order
    state_fields = ["status", "notes", "total", "number", "customer", "shelf", "place", "due", "tags", "urgent"]
    select_related = ["customer"]
    renderer = Inline(SHOWN)

    def on_edit(self, values: dict[str, Any]) -> None:
        self.state.update(values)
        self.update_instance_from_state()
        self.save_instance()

    async def on_aedit(self, values: dict[str, Any]) -> None:
        self.state.update(values)
        self.update_instance_from_state()
        await self.save_instance()

    def on_set(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(self.instance, name, value)
        self.save_instance()

    def on_draft(self, values: dict[str, Any]) -> None:
        self.state.update(values)

    async def on_forget(self) -> None:
        self.instance.notes = "forgotten"
        self.save_instance()
