"""The components of the admin panel: a list of users, and figures that are expensive to compute."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone

from accounts.models import User
from cf_cache import CacheMixin
from cf_core import Component, NotFound, registry
from cf_permissions import IsStaff, IsSuperuser, requires

from . import people
from .cards import FACTS, make_card
from .figures import measure


@registry.register("user_list")
class UserListComponent(Component):
    """Searchable, paginated user management table for staff.

    State shape:
        query (str): current search string
        sort (str): a column, with a minus for descending
        page (int): current 1-based page number
        users (list): rows of the current page
        total (int): total matching user count
        page_count (int): total pages
    """

    template_name = "admin_panel/user_list.html"
    permission_classes = [IsStaff]

    def mount(self, query: str = "", sort: str = people.NEWEST, page: int = 1) -> None:
        """Begin with what the page's address says."""
        self.state.update({"query": people.clean_query(query), "sort": people.known_sort(sort), "page": page})
        self._load_page()

    def on_search(self, query: str = "") -> None:
        """User typed into the search box: reset to page 1 and reload."""
        self.state.update({"query": people.clean_query(query), "page": 1})
        self._show()

    def on_sort(self, by: str) -> None:
        """Somebody clicked the head of a column."""
        self.state.update({"sort": people.known_sort(by), "page": 1})
        self._show()

    def on_change_page(self, page: int) -> None:
        """Navigate to a different page."""
        self.state["page"] = max(1, page)
        self._show()

    def on_toggle_status(self, user_id: int) -> None:
        """Switch an account on or off."""
        self._toggle(user_id)

    @requires(IsSuperuser)
    def on_toggle_superuser(self, user_id: int) -> None:
        """Switch a superuser's account on or off; what `{% can %}` asks before it shows the button."""
        self._toggle(user_id)

    def get_context(self) -> dict[str, Any]:
        """Say where the columns, the pages and the rows lead."""
        query, sort, page = self.state["query"], self.state["sort"], self.state["page"]
        # The pages alone; the rows are in the state.
        numbers = Paginator(range(self.state["total"]), people.PAGE_SIZE).get_elided_page_range(
            page, on_each_side=1, on_ends=1
        )
        return {
            "columns": [
                {
                    "key": key,
                    "label": label,
                    "next": f"-{key}" if sort == key else key,
                    "url": people.list_url(query, f"-{key}" if sort == key else key),
                    "direction": "ascending" if sort == key else "descending" if sort == f"-{key}" else "",
                }
                for key, label in zip(people.SORTS, ("Username", "Email", "Joined", "Status"), strict=True)
            ],
            "page_links": [
                {"number": number, "url": people.list_url(query, sort, number) if isinstance(number, int) else ""}
                for number in numbers
            ],
            "previous_url": people.list_url(query, sort, page - 1),
            "next_url": people.list_url(query, sort, page + 1),
        }

    def _load_page(self) -> None:
        self.state.update(people.read_page(self.state["query"], self.state["sort"], self.state["page"]))

    def _show(self) -> None:
        self._load_page()
        self.push_url(people.list_url(self.state["query"], self.state["sort"], self.state["page"]))

    def _toggle(self, user_id: int) -> None:
        row = next((row for row in self.state["users"] if row["id"] == user_id), None)
        person = User.objects.filter(pk=user_id).first()
        if row is None or person is None:
            raise NotFound(f"No user {user_id} on this page")
        # What was seen decides: when two people press "Deactivate", the account is off, and not on again.
        people.set_active(self.user, person, is_active=not row["is_active"])
        row["is_active"] = person.is_active
        self.announce(f"{person.username} is {'active' if person.is_active else 'inactive'} now")


@registry.register("metrics")
class MetricsComponent(CacheMixin, Component):
    """KPI dashboard: MAU, MRR, and churn rate, with a trend over twelve windows of thirty days.

    State shape:
        mau (int), mrr (Decimal), churn_rate (float): the last thirty days
        trends: {"mau" | "mrr" | "churn": twelve values, the present one last}
        refreshed_at (datetime): when the database was read
    """

    template_name = "admin_panel/metrics.html"
    permission_classes = [IsStaff]
    cache_ttl = 300  # 5 minutes

    def get_cache_key(self, name: str, params: dict[str, Any], state: dict[str, Any]) -> str:
        """Every member of staff sees the same figures."""
        return "admin:metrics"

    def mount(self) -> None:
        """Compute the figures, unless somebody did within the last five minutes."""
        self._compute_metrics()

    @requires(IsStaff)
    def on_refresh(self) -> None:
        """Staff clicked the Refresh button: bust the cache and recompute."""
        self.invalidate_cache()
        self._compute_metrics()
        self.announce("The figures are new")

    def get_context(self) -> dict[str, Any]:
        """Make cards of the figures."""
        return {"cards": [make_card(fact, self.state["trends"][fact.key]) for fact in FACTS]}

    def _compute_metrics(self) -> None:
        now = timezone.now()
        trends = measure(now)
        self.state.update(
            {
                "mau": trends["mau"][-1],
                "mrr": trends["mrr"][-1],
                "churn_rate": trends["churn"][-1],
                "trends": trends,
                "refreshed_at": now,
            }
        )
