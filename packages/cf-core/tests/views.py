"""Views of a project: a page that places a component by name, and component views of several kinds."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from cf_core.placing import place

urlpatterns: list[Any] = []


def place_component(request: HttpRequest, name: str) -> HttpResponse:
    """Answer what `{% live_component name %}` prints: `?params=` is a JSON object, `?lazy` and `?id=` as in the tag."""
    html = place(
        name,
        json.loads(request.GET.get("params", "{}")),
        request=request,
        parent=None,
        component_id=request.GET.get("id"),
        lazy="lazy" in request.GET,
    )
    return HttpResponse(html)
