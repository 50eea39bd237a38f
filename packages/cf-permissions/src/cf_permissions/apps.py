"""The Django app of permissions and rate limits."""

from importlib.util import find_spec

from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    """`cf_permissions` in INSTALLED_APPS."""

    name = "cf_permissions"
    verbose_name = "Component permissions"

    def ready(self) -> None:
        """Have permissions of events asked and checked, events counted, and rates checked."""
        from cf_core.engine.classhooks import hook_classes
        from cf_core.engine.extensions import extensions

        from . import permission_checks, rate_checks, rest_framework, throttling  # noqa: F401 - checks register themselves
        from .conf import lead_django_ratelimit
        from .events import ATTRIBUTE, note_problems, permissions_of_event

        extensions.served_attributes.add(ATTRIBUTE)
        extensions.event_policies.append(permissions_of_event)
        hook_classes(note_problems)
        if find_spec("rest_framework") is not None:
            extensions.permission_adapters.append(rest_framework.adapt)
        extensions.served_attributes |= {"rate_limit", "rate_limits", "throttle_rate"}
        extensions.guards.append(throttling.count_event)
        extensions.render_guards.append(throttling.count_render)
        lead_django_ratelimit()
