"""Components made of components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from .component import Component
from .errors import ComponentDefinitionError
from .registries import registry
from .slots import SlotContent

C = TypeVar("C", bound=Component)


def compose(cls: type[C], params: Mapping[str, Any] | None = None, /, **slots: SlotContent) -> C:
    """Return a component of `cls` with its slots filled by keyword: `compose(Card, {"id": 1}, body=Text())`.

    `params` may also be given by keyword, as may `component_id`. Raises ComponentDefinitionError for an unknown slot.
    """
    keyword_params = slots.pop("params", None) if "params" not in cls.slots else None
    component_id = slots.pop("component_id", None) if "component_id" not in cls.slots else None
    component = cls(component_id=component_id, **{**(params or {}), **(keyword_params or {})})
    for name, content in slots.items():
        component.fill_slot(name, content)
    return component


class CompositeComponent(Component, exposes_events=False):
    """A component whose slots are other registered components.

    They mount with those of the composite's params that their `mount` names, and only if the template shows them.
    """

    components: ClassVar[Mapping[str, str]] = {}
    """{slot: registered name}."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make a slot of every component."""
        super().__init_subclass__(**kwargs)
        cls.slots = tuple(dict.fromkeys((*cls.slots, *cls.components)))
        for slot, name in cls.components.items():
            if not isinstance(name, str):
                raise ComponentDefinitionError(
                    f"{cls.__qualname__}.components maps {slot!r} to {name!r}: give the registered name."
                )

    def _slot_component(self, name: str) -> Component | None:
        registered = self.components.get(name)
        if registered is None:
            return None
        cls = registry.get(registered)
        wanted = {key: self.params[key] for key in cls._mount_arguments.names if key in self.params}
        if self.request is None and "user" in self.params:
            wanted.setdefault("user", self.params["user"])
        return cls(**wanted)
