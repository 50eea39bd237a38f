"""The addresses that the matrix asks: the suite's own, and a page that places any component."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from cf_core.placing import place


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


urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("place/<str:name>/", place_component),
]
