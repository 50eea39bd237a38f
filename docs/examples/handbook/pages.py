from cf_cache import CacheMixin, invalidate_tag
from cf_core.views import ComponentView


class ReportsPageView(CacheMixin, ComponentView):
    component_name = "reports"
    cache_timeout = 60


def rearrange(shelf):
    invalidate_tag(f"shelf:{shelf}")
