"""Reading the audit trail."""

from cf_core.models import EventRecord


def events_of(user):
    return EventRecord.objects.filter(owner=f"u:{user.pk}").order_by("created_at")
