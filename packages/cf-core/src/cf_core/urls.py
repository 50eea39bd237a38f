"""The suite's addresses: `path("components/", include("cf_core.urls"))`."""

from django.urls import path

from .views import component_view, csrf_token

__all__ = ["urlpatterns"]

urlpatterns = [
    path("_csrf/", csrf_token, name="cf_csrf"),
    path("<str:name>/", component_view, name="component_endpoint"),
]
