"""The source viewer, itself a component."""

from typing import Any

from cf_core import Component, registry
from cf_permissions import AllowAny

from .sources import DEMOS, find_demo, read_sources


@registry.register("source_viewer")
class SourceViewer(Component):
    """Shows how a demo is made, one file at a time."""

    template_name = "pages/source_viewer.html"
    permission_classes = [AllowAny]

    def mount(self, demo: str) -> None:
        """Open the first file."""
        find_demo(demo)
        self.state.update({"demo": demo, "file": 0})

    def on_show(self, file: int) -> None:
        """Turn to another file."""
        self.state["file"] = file

    def get_context(self) -> dict[str, Any]:
        """Read the files anew on every render, so that an edit shows."""
        files = read_sources(DEMOS[self.state["demo"]])
        return {"files": files, "shown": files[min(max(self.state["file"], 0), len(files) - 1)]}
