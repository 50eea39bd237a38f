"""How business goes: what the KPI cards show, computed over twelve windows of thirty days that end now."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User

from .models import Subscription, UserActivity

WINDOW = timedelta(days=30)
WINDOWS = 12


def measure(now: datetime) -> dict[str, Any]:
    """Return `{"mau": [...], "mrr": [...], "churn": [...]}`, one value for each window, the present one last.

    MAU counts the people who were there, MRR is what the subscriptions at a window's end bring in each month, churn is
    the share of a window's first subscriptions that were cancelled before its end, in per cent.
    """
    edges = [now - WINDOW * (WINDOWS - index) for index in range(WINDOWS + 1)]
    windows = list(pairwise(edges))
    return {"mau": _active_people(windows), **_subscriptions(windows)}


def note_activity(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Receive `user_logged_in`: somebody was here."""
    now = timezone.now()
    UserActivity.objects.update_or_create(user=user, day=now.date(), defaults={"last_seen": now})


def _active_people(windows: list[tuple[datetime, datetime]]) -> list[int]:
    counts = {
        f"people_{index}": Count("user", distinct=True, filter=Q(last_seen__gt=start, last_seen__lte=end))
        for index, (start, end) in enumerate(windows)
    }
    found = UserActivity.objects.filter(last_seen__gt=windows[0][0]).aggregate(**counts)
    return [found[f"people_{index}"] for index in range(len(windows))]


def _subscriptions(windows: list[tuple[datetime, datetime]]) -> dict[str, list[Any]]:
    sums: dict[str, Any] = {}
    for index, (start, end) in enumerate(windows):
        cancelled = Q(cancelled_at__gt=start, cancelled_at__lte=end)
        sums[f"income_{index}"] = Sum("monthly_amount", filter=_paid_at(end))
        sums[f"begun_{index}"] = Count("pk", filter=_paid_at(start))
        sums[f"lost_{index}"] = Count("pk", filter=_paid_at(start) & cancelled)
    found = Subscription.objects.aggregate(**sums)
    return {
        "mrr": [found[f"income_{index}"] or Decimal("0.00") for index in range(len(windows))],
        "churn": [_share(found[f"lost_{index}"], found[f"begun_{index}"]) for index in range(len(windows))],
    }


def _paid_at(moment: datetime) -> Q:
    return Q(created__lte=moment) & (Q(cancelled_at=None) | Q(cancelled_at__gt=moment))


def _share(part: int, whole: int) -> float:
    return round(part / whole * 100, 2) if whole else 0.0
