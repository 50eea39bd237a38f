"""The pages around the demos."""

from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from .views import HomeView, source

urlpatterns = [
    # For pages without the theme, such as the back office.
    path("favicon.ico", RedirectView.as_view(url=static("pages/mark.svg"))),
    path("", HomeView.as_view(), name="home"),
    path("source/<slug:demo>/", source, name="source"),
]
