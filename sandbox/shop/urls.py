"""The shop's pages and component endpoints."""

from django.urls import path

from cf_core.views import ComponentView

from .page_views import (
    CartPageView,
    CataloguePageView,
    CheckoutPageView,
    OrderPageView,
    OrdersPageView,
    ProductPageView,
)
from .views import CheckoutComponentView, ProductComponentView

urlpatterns = [
    path("shop/", CataloguePageView.as_view(), name="shop"),
    path("shop/product/<int:product_id>/", ProductPageView.as_view(), name="product_page"),
    path("shop/cart/", CartPageView.as_view(), name="cart_page"),
    path("shop/checkout/", CheckoutPageView.as_view(), name="checkout"),
    path("shop/orders/", OrdersPageView.as_view(), name="orders"),
    path("shop/orders/<str:reference>/", OrderPageView.as_view(), name="order_page"),
    path("components/product/<int:product_id>/", ProductComponentView.as_view(), name="product_component"),
    path("components/cart/", ComponentView.as_view(), name="cart_component"),
    path("components/checkout/", CheckoutComponentView.as_view(), name="checkout_component"),
]
