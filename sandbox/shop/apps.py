"""App configuration."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class ShopConfig(AppConfig):
    """The shop."""

    name = "shop"

    def ready(self) -> None:
        """Take a visitor's cart along when they log in."""
        from .carts import keep_cart_at_login

        user_logged_in.connect(keep_cart_at_login, dispatch_uid="shop.keep_cart_at_login")
