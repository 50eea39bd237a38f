"""What the figures are computed from: who pays how much, and who was there when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Plan(models.TextChoices):
    """What a subscription buys."""

    STARTER = "starter", _("Starter")
    TEAM = "team", _("Team")
    BUSINESS = "business", _("Business")


class SubscriptionStatus(models.TextChoices):
    """Whether it is still paid for."""

    ACTIVE = "active", _("Active")
    CANCELLED = "cancelled", _("Cancelled")


class Subscription(models.Model):
    """What somebody pays every month, from `created` until `cancelled_at`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    plan = models.CharField(max_length=16, choices=Plan.choices, default=Plan.STARTER)
    status = models.CharField(
        max_length=16, choices=SubscriptionStatus.choices, default=SubscriptionStatus.ACTIVE, db_index=True
    )
    monthly_amount = models.DecimalField(max_digits=8, decimal_places=2)
    created = models.DateTimeField(default=timezone.now, db_index=True)
    cancelled_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="active", cancelled_at=None) | Q(status="cancelled", cancelled_at__isnull=False),
                name="admin_panel_subscription_cancelled_has_a_time",
            ),
            models.CheckConstraint(condition=Q(monthly_amount__gt=0), name="admin_panel_subscription_costs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.get_plan_display()} of {self.user}"


class UserActivity(models.Model):
    """That somebody was there on a day, and when last."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="activity")
    day = models.DateField()
    last_seen = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-last_seen", "-pk"]
        verbose_name_plural = _("user activity")
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="admin_panel_activity_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.day}"
