"""Log-in and log-out."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from .views import demo_login

urlpatterns = [
    # Whoever is logged in may log in as somebody else.
    path("login/", LoginView.as_view(template_name="accounts/login.html"), name="login"),
    path("login/demo/", demo_login, name="demo_login"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
