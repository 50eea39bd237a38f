"""The suite's addresses."""

from django.urls import include, path

urlpatterns = [path("components/", include("cf_core.urls"))]
