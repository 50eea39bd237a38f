from django.urls import include, path
from django.views.generic import TemplateView

urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("", TemplateView.as_view(template_name="shop/counters.html")),
]
