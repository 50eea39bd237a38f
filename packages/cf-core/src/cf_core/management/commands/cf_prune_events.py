"""Delete event records that no client will ask about any more."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ...conf import conf
from ...models import EventRecord


class Command(BaseCommand):
    """`manage.py cf_prune_events [--hours N] [--database ALIAS]`."""

    help = "Delete event records older than CF_CORE['EVENT_RECORD_HOURS']."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the age and the database."""
        parser.add_argument("--hours", type=int, default=None, help="Age in hours; default: EVENT_RECORD_HOURS.")
        parser.add_argument("--database", default="default", help="Alias of the database.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete and report."""
        hours = options["hours"] if options["hours"] is not None else conf().EVENT_RECORD_HOURS
        before = timezone.now() - timedelta(hours=hours)
        count, _ = EventRecord.objects.using(options["database"]).filter(created_at__lt=before).delete()
        self.stdout.write(f"Deleted {count} event record(s) older than {hours} h.")
