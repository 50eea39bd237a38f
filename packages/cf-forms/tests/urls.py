"""Where the components of the tests are reached."""

from django.urls import include, path

urlpatterns = [path("components/", include("cf_core.urls"))]
