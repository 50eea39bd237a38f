"""The Django app of the permission classes."""

from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    """`cf_permissions` in INSTALLED_APPS."""

    name = "cf_permissions"
    verbose_name = "Component permissions"
