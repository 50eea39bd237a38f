"""The suite's addresses, a page that places any component, and the views of test_views."""

from django.urls import include, path

from tests import views

urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("place/<str:name>/", views.place_component),
    *views.urlpatterns,
]
