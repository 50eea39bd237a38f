"""Fill the admin panel: some thousand members with two and a half years of joining, paying, coming and leaving.

Every member is drawn from a generator of their own, so that a later run with a larger scale adds people and changes
nobody.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_

from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User

from .figures import WINDOW, WINDOWS
from .models import Plan, Subscription, SubscriptionStatus, UserActivity

BATCH = 2000
OLDEST_DAYS = 900

FIRST_NAMES = (
    "Amara", "Anders", "Beatriz", "Bram", "Camille", "Chidi", "Dalia", "Darragh", "Elif", "Emre", "Fatima", "Finn",
    "Giulia", "Goran", "Hana", "Henrik", "Ida", "Ismael", "Jana", "Joaquin", "Kaya", "Kofi", "Leila", "Lucas",
    "Magda", "Milan", "Naledi", "Nikolai", "Olga", "Omar", "Paola", "Pavel", "Quentin", "Rania", "Ravi", "Saoirse",
    "Simon", "Tamar", "Tariq", "Ulla", "Vera", "Viktor", "Wanda", "Xavier", "Yara", "Yuki", "Zeynep", "Zoltan",
)  # fmt: skip
LAST_NAMES = (
    "Abara", "Andersson", "Bakker", "Barros", "Blanc", "Borg", "Brandt", "Carvalho", "Costa", "Dahl", "Demir",
    "Dvorak", "Eriksen", "Fabre", "Ferrari", "Fischer", "Gallo", "Garcia", "Greco", "Hakim", "Horvat", "Iliev",
    "Jansen", "Jovanovic", "Kaya", "Keller", "Kovacs", "Laine", "Lambert", "Lopez", "Maier", "Marino", "Mensah",
    "Mbeki", "Nagy", "Nilsen", "Okoye", "Oliveira", "Papadakis", "Petrov", "Quinn", "Ricci", "Rossi", "Sahin",
    "Schmid", "Silva", "Sokolov", "Suzuki", "Tanaka", "Toth", "Urban", "Varga", "Visser", "Weiss", "Yilmaz", "Zeman",
)  # fmt: skip
DOMAINS = ("acme.example", "birch.example", "cobalt.example", "delta.example", "ember.example", "fjord.example")
ARE_MEMBERS = reduce(or_, (Q(email__endswith=f"@{domain}") for domain in DOMAINS))
"""How the members are told from everybody else."""

PRICES = {Plan.STARTER: Decimal("19.00"), Plan.TEAM: Decimal("49.00"), Plan.BUSINESS: Decimal("149.00")}

Report = Callable[[str], None]


def seed_admin_panel(count: int, report: Report) -> None:
    """Create what is missing of members, subscriptions and activity."""
    now = timezone.now()
    report(f"{_seed_members(count, now)} members")
    # Whoever has a subscription or was ever here has been seeded before.
    subscribed = set(Subscription.objects.values_list("user", flat=True).distinct())
    seen = set(UserActivity.objects.values_list("user", flat=True).distinct())
    members = [member for member in _members() if member.pk not in subscribed and member.pk not in seen]
    subscriptions: list[Subscription] = []
    activity: list[UserActivity] = []
    for member in members:
        chance = random.Random(f"life:{member.username}")
        own = _subscription(member, chance, now)
        if own is not None:
            subscriptions.append(own)
        activity += _activity(member, own, chance, now)
    Subscription.objects.bulk_create(subscriptions, batch_size=BATCH)
    report(f"{len(subscriptions)} subscriptions")
    UserActivity.objects.bulk_create(activity, batch_size=BATCH, ignore_conflicts=True)
    report(f"{len(activity)} days of activity")


def flush_admin_panel() -> None:
    """Delete the members, all subscriptions and all activity."""
    UserActivity.objects.all().delete()
    Subscription.objects.all().delete()
    User.objects.filter(ARE_MEMBERS).delete()


def _members() -> Iterator[User]:
    people = User.objects.filter(ARE_MEMBERS)
    return people.only("pk", "username", "date_joined", "is_active").order_by("pk").iterator(BATCH)


def _seed_members(count: int, now: datetime) -> int:
    password = make_password(None)
    users = []
    for number in range(count):
        chance = random.Random(f"member:{number}")
        first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
        username = f"{slugify(first)}.{slugify(last)}{number + 1}"
        # More and more of them: few joined long ago, many lately.
        days = OLDEST_DAYS * (1 - chance.random() ** 0.5)
        users.append(
            User(
                username=username,
                email=f"{username}@{chance.choice(DOMAINS)}",
                password=password,
                first_name=first,
                last_name=last,
                is_active=chance.random() > 0.05,
                date_joined=now - timedelta(days=days, hours=1),
            )
        )
    User.objects.bulk_create(users, batch_size=BATCH, ignore_conflicts=True)
    return len(users)


def _subscription(member: User, chance: random.Random, now: datetime) -> Subscription | None:
    """Return what the member pays for, if anything: most who leave do so early, and fewer do from year to year."""
    if chance.random() > 0.55:
        return None
    created = min(now, member.date_joined + timedelta(days=chance.random() * 20))
    plan = chance.choices(list(PRICES), (60, 30, 10))[0]
    cancelled_at = None
    for window in range(int((now - created) / WINDOW), -1, -1):
        # Windows are counted back from now; in some, something had gone wrong.
        risk = 0.024 + 0.0016 * min(window, 14) + 0.011 * random.Random(f"risk:{window}").random()
        end = now - WINDOW * window
        moment = end - WINDOW * chance.random()
        if chance.random() < risk and moment > created:
            cancelled_at = moment
            break
    return Subscription(
        user=member,
        plan=plan,
        status=SubscriptionStatus.ACTIVE if cancelled_at is None else SubscriptionStatus.CANCELLED,
        monthly_amount=PRICES[plan],
        created=created,
        cancelled_at=cancelled_at,
    )


def _activity(
    member: User, subscription: Subscription | None, chance: random.Random, now: datetime
) -> Iterator[UserActivity]:
    """Yield some of the days on which the member was here: one or two of each window, and one window more."""
    for window in range(WINDOWS + 1):
        end = now - WINDOW * window
        pays = (
            subscription is not None
            and subscription.created < end
            and (subscription.cancelled_at is None or subscription.cancelled_at > end)
        )
        season = 0.06 * random.Random(f"season:{window}").random()
        if chance.random() > (0.78 if pays else 0.2) - season:
            continue
        if not member.is_active and window < 3:
            continue
        days = set()
        for _ in range(chance.choice((1, 2))):
            moment = end - WINDOW * chance.random()
            if moment > member.date_joined and moment.date() not in days:
                days.add(moment.date())
                yield UserActivity(user=member, day=moment.date(), last_seen=moment)
