"""The gallery's page."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.views.generic import TemplateView

from cf_core import compose, registry


class GalleryView(TemplateView):
    """Every demo on one page."""

    template_name = "gallery/gallery.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Compose the panel: a live counter in one slot, HTML in the other."""
        counter = registry.get("counter")(initial=3)
        panel = compose(
            registry.get("panel"),
            params={"title": "A panel", "user": self.request.user},
            body=counter,
            footer=format_html("<p>{}</p>", "HTML from the view, escaped where it has to be: <3"),
        )
        return super().get_context_data(panel_html=panel.dispatch()["html"], **kwargs)
