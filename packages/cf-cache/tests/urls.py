"""The URLs of the test project."""

from django.urls import include, path

from tests.views import ProductPageView, StaffTickerView, page

urlpatterns = [
    path("page/", page),
    path("product/<int:product_id>/", ProductPageView.as_view()),
    path("staff/", StaffTickerView.as_view()),
    path("components/", include("cf_core.urls")),
]
