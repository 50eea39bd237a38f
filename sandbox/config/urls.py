"""Every address of the sandbox."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("pages.urls")),
    path("", include("accounts.urls")),
    path("", include("gallery.urls")),
    # These have component endpoints of their own, which come before the generic one.
    path("", include("shop.urls")),
    path("", include("admin_panel.urls")),
    path("components/", include("cf_core.urls")),
    path("admin/", admin.site.urls),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
