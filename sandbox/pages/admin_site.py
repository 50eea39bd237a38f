"""Django's admin under the sandbox's content security policy."""

from typing import Any

from django.contrib.admin.sites import AdminSite

from config.csp import with_admin_policy


class SandboxAdminSite(AdminSite):
    """The usual admin site; its scripts are allowed as files of this host. `INSTALLED_APPS` makes it the default."""

    site_header = "Sandbox back office"
    site_title = "Sandbox"
    index_title = "Everything in the database"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap every page of the admin."""
        return with_admin_policy(super().admin_view(view, cacheable))

    def login(self, request: Any, extra_context: Any = None) -> Any:
        """Wrap the log-in page, which is no admin view."""
        return with_admin_policy(super().login)(request, extra_context)
