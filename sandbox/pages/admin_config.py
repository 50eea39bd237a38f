"""Which admin site `admin.site` is."""

from django.contrib.admin.apps import AdminConfig


class SandboxAdminConfig(AdminConfig):
    """Django's admin app with the sandbox's site."""

    default_site = "pages.admin_site.SandboxAdminSite"
