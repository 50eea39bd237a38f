"""The addresses of the documentation's project."""

from django.urls import include, path
from django.views.generic import TemplateView

from shop.views import products

urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("", TemplateView.as_view(template_name="shop/counters.html")),
    path("products/", products),
    path("handbook/", include("handbook.urls")),
]
