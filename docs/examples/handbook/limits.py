from cf_core.views import ComponentView
from cf_permissions.throttling import RateLimitMixin


class TallyView(RateLimitMixin, ComponentView):
    component_name = "tally"
    throttle_rate = "5/second, 100/minute"

    def get_throttle_key(self, request, **kwargs):
        return f"team:{kwargs['team']}"
