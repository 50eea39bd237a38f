"""What cf-core keeps in the database: a record of each event that wrote to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class EventRecord(models.Model):
    """An event that was applied: inserted in the transaction of its effect, so that both exist or neither does.

    A second request with the same id finds it and gets its answer instead of a second effect.
    """

    owner = models.CharField(max_length=150)
    """Who sent it: `u:<user id>`, `s:<session hash>` or `c:<component id, or name where there was no token>`."""
    request_id = models.CharField(max_length=64)
    component = models.CharField(max_length=100)
    event = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    """SHA-256 of component, event and payload: the same id with another payload is refused."""
    arguments = models.TextField(blank=True)
    """The payload as JSON, private names redacted; only with `EVENT_RECORDS = "all"`."""
    created_at = models.DateTimeField(db_index=True)
    answer = models.TextField()
    """The answer as `cf_core.answers` writes it."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "request_id"], name="cf_core_event_owner_request_id")
        ]
        verbose_name = "event record"

    def __str__(self) -> str:
        return f"{self.component}.{self.event} by {self.owner} at {self.created_at:%Y-%m-%d %H:%M:%S}"
