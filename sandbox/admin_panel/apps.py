"""App configuration."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AdminPanelConfig(AppConfig):
    """The admin panel."""

    name = "admin_panel"
    verbose_name = "Admin panel"

    def ready(self) -> None:
        """Count whoever logs in as active."""
        from .figures import note_activity

        user_logged_in.connect(note_activity, dispatch_uid="admin_panel.note_activity")
