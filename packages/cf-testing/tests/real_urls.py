"""A site of real components."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import include, path
from django.views.generic import TemplateView

urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("plain/", lambda request: HttpResponse("<h1>Plain</h1>")),
    path("", TemplateView.as_view(template_name="tests/page.html")),
]
