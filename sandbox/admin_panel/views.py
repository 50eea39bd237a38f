"""The admin panel's page and its component endpoints."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView

from cf_core.views import ComponentView
from cf_permissions import IsStaff

from .people import NEWEST, known_page


class UserListView(ComponentView):
    """Staff-only endpoint for the user management table: 401 and 403 are JSON, never a redirect."""

    component_name = "user_list"
    permission_classes = [IsStaff]


class MetricsView(ComponentView):
    """Staff-only endpoint for the KPI cards."""

    component_name = "metrics"
    permission_classes = [IsStaff]


class AdminPanelView(TemplateView):
    """The panel; for others than staff a page that says so, and what to do."""

    template_name = "admin_panel/panel.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 403 to those who see nothing but the notice."""
        response = super().get(request, *args, **kwargs)
        if not request.user.is_staff:
            response.status_code = 403
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Hand the address's query to the list."""
        asked = self.request.GET
        return super().get_context_data(
            query=asked.get("query", ""),
            sort=asked.get("sort", NEWEST),
            page=known_page(asked.get("page", 1)),
            **kwargs,
        )
