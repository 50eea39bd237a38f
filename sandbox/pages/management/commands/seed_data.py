"""Fill the sandbox with data that looks like somebody's business."""

from __future__ import annotations

import argparse
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from accounts.demo import DEMO_ACCOUNTS, PASSWORD, create_demo_users
from accounts.models import User
from admin_panel.seeding import flush_admin_panel, seed_admin_panel
from cf_cache import invalidate_component
from shop import seeding as shop

# More than a page of them.
ORDERS_OF_THE_SHOPPER = 14


class Command(BaseCommand):
    """`manage.py seed_data`: safe to run again, and quiet with `--verbosity 0`."""

    help = "Fill the sandbox with demo data. Running it again adds only what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--flush", action="store_true", help="Delete the demo data first.")
        parser.add_argument(
            "--scale", type=_positive, default=1, help="How many times the usual amount of data (default: 1)."
        )

    def handle(self, *, flush: bool, scale: int, verbosity: int, **options: Any) -> None:
        """Seed everything in one transaction: all of it is there afterwards, or nothing is."""
        is_loud = verbosity > 0
        started = time.monotonic()

        def report(line: str) -> None:
            if is_loud:
                self.stdout.write(f"  {time.monotonic() - started:5.2f} s  {line}")
                self.stdout.flush()

        if is_loud:
            self.stdout.write(self.style.MIGRATE_HEADING(f"Seeding the sandbox (scale {scale})"))
        with transaction.atomic():
            if flush:
                shop.flush_shop()
                flush_admin_panel()
                User.objects.filter(username__in=[account.username for account in DEMO_ACCOUNTS]).delete()
                report("old demo data deleted")
            self._seed_accounts(report)
            shop.seed_shop(scale, report)
            shopper = User.objects.filter(username="shopper").values_list("pk", flat=True)
            placed = shop.seed_orders(shopper, least=ORDERS_OF_THE_SHOPPER, most=ORDERS_OF_THE_SHOPPER)
            report(f"{placed} past orders of the shopper")
            seed_admin_panel(settings.SEED_MEMBERS * scale, report)
            for component in ("product", "metrics"):
                # Rows made in bulk send no signal that would do it.
                invalidate_component(component)
        if is_loud:
            self.stdout.write(self.style.SUCCESS(f"Done in {time.monotonic() - started:.1f} s."))

    def _seed_accounts(self, report: shop.Report) -> None:
        if not settings.DEBUG:
            report("no demo accounts: their password is public, and DEBUG is off")
            return
        created = create_demo_users()
        for user in User.objects.filter(username="staff", is_staff=True):
            shop.grant_stock_keeping(user)
        report(f"{len(DEMO_ACCOUNTS)} demo accounts, password {PASSWORD} ({created} new)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
