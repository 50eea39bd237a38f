"""The shop's pages and component endpoints."""

from django.urls import path

from cf_core.views import ComponentView

from .page_views import CartPageView, CataloguePageView, ProductPageView
from .views import ProductComponentView

urlpatterns = [
    path("shop/", CataloguePageView.as_view(), name="shop"),
    path("shop/product/<int:product_id>/", ProductPageView.as_view(), name="product_page"),
    path("shop/cart/", CartPageView.as_view(), name="cart_page"),
    path("components/product/<int:product_id>/", ProductComponentView.as_view(), name="product_component"),
    path("components/cart/", ComponentView.as_view(), name="cart_component"),
]
