"""The pages around the demos."""

from django.urls import path

from .views import HomeView, source

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("source/<slug:demo>/", source, name="source"),
]
