"""What the figures are made of, in Django's admin."""

from django.contrib import admin

from .models import Subscription, UserActivity


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    """Subscriptions."""

    list_display = ("user", "plan", "status", "monthly_amount", "created", "cancelled_at")
    list_filter = ("status", "plan")
    list_select_related = ("user",)
    raw_id_fields = ("user",)
    search_fields = ("user__username", "user__email")


@admin.register(UserActivity)
class UserActivityAdmin(admin.ModelAdmin):
    """Who was there when."""

    list_display = ("user", "day", "last_seen")
    list_select_related = ("user",)
    raw_id_fields = ("user",)
    search_fields = ("user__username",)
    date_hierarchy = "day"
