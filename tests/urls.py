"""URLs of the cross-package tests: what `cf_core.urls` documents, under its documented prefix."""

from django.urls import include, path

urlpatterns = [path("components/", include("cf_core.urls"))]
