"""The Django app."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    """`INSTALLED_APPS` entry of cf-realtime."""

    name = "cf_realtime"
    verbose_name = "Realtime components"
