from cf_core import Component, registry
from cf_permissions import AllowAny, IsAuthenticated
from cf_permissions.throttling import RateLimitMixin


@registry.register("price_search")
class PriceSearch(Component):
    permission_classes = [AllowAny]
    public_params = ["query"]
    rate_limit = "3/second, 60/minute"
    rate_limit_mounts = True

    def mount(self, query: str = ""):
        self.state["query"] = query

    def on_search(self, query: str):
        self.state["query"] = query


@registry.register("team_letters")
class TeamLetters(RateLimitMixin, Component):
    permission_classes = [IsAuthenticated]
    throttle_rate = "20/day"

    def get_throttle_key(self, request, **kwargs):
        return f"team:{kwargs['team']}"

    def mount(self, team: str):
        self.state["sent"] = 0

    def on_send(self):
        self.state["sent"] += 1
