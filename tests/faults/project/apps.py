from django.apps import AppConfig


class FaultsConfig(AppConfig):
    name = "tests.faults.project"
    label = "faults"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import faultpoints

        faultpoints.watch_records()
