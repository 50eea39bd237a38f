"""Where the matrix asks: the generic endpoint, a view of each component, and a page that places it."""

from __future__ import annotations

from django.urls import path

from cf_permissions.decorators import permission_classes
from cf_testing.parity.urls import place_component
from cf_testing.parity.urls import urlpatterns as shared

from .gates import GUARDED

urlpatterns = list(shared)
for _guarded in GUARDED.values():
    _page = permission_classes(_guarded.gate.of_view)(place_component) if _guarded.gate.of_view else place_component
    urlpatterns.append(path(f"pages/{_guarded.name}/", _page, {"name": _guarded.name}))
    urlpatterns += [path(f"views/{name}/", _guarded.view(name)) for name in _guarded.components]
