"""A component that takes its time to mount, for tests of many that want it at once."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

from cf_cache import CacheMixin
from cf_core import Component, registry

seen: list[Any] = []
"""The mounts of this process."""


class NoRenderer:
    """Renders nothing that costs anything."""

    def render(self, component: Component, context: dict[str, Any]) -> str:
        return "text"


@registry.register("slow")
class Slow(CacheMixin, Component):
    """Says when and by whom it was made."""

    renderer = NoRenderer()
    seconds = 0.2

    def mount(self) -> None:
        seen.append(os.getpid())
        if "CF_TEST_ANNOUNCE" in os.environ:
            print("mounting", flush=True)
        time.sleep(self.seconds)
        self.state["made"] = time.time_ns()


class SlowAsync(Slow):
    """The same, awaited."""

    async def mount(self) -> None:
        seen.append("async")
        await asyncio.sleep(self.seconds)
        self.state["made"] = time.time_ns()


class Failing(Slow):
    """Takes its time, and fails."""

    def mount(self) -> None:
        super().mount()
        raise LookupError


class Unkept(Slow):
    """Takes its time, for a state that is not kept."""

    def mount(self) -> None:
        super().mount()
        self.errors["api"] = "does not answer"
