"""First renders, cached and not: the shared benchmark's table of 25 rows, and three aggregations, in one process."""

from __future__ import annotations

import itertools
import os

from benchkit import markup
from peers import components, limit

_numbers = itertools.count()

TITLE = "caching"
VENV = "mine"
BOARD = "<section>{% for name, number in state.numbers.items %}<p>{{ name }}: {{ number }}</p>{% endfor %}</section>"
WRITTEN_BOARD = BOARD.replace("state.numbers", "numbers")

TEMPLATES = {
    **limit.TEMPLATES,
    **components.TEMPLATES,
    "components/board.html": BOARD,
    "components/card.html": "<p>{{ state.name }} {{ state.is_active }}</p>",
    "limit/board.html": WRITTEN_BOARD,
    "mine/board.html": components._LOAD + markup.fill(markup.PAGE, body='{% live_component "board" %}'),
    "limit/board_page.html": markup.fill(markup.PAGE, body='{% include "limit/board.html" %}'),
}


def settings(conf):
    components.settings(conf)
    conf["INSTALLED_APPS"].append("cf_cache")
    conf["CACHES"] |= {
        "memory": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "memory",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        },
        "redis": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": os.environ.get("CF_TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
            "KEY_PREFIX": f"cf-bench-{os.getpid()}",
        },
    }


def count_members():
    """Three aggregations: 3 queries."""
    from benchkit.members.models import Member
    from django.db.models import Count, Max

    return {
        "members": Member.objects.filter(is_active=True).count(),
        "roles": Member.objects.values("role").annotate(number=Count("id")).count(),
        "last": str(Member.objects.aggregate(last=Max("joined"))["last"]),
    }


def grow(rows):
    """Have as many members as that."""
    from benchkit.members.models import Member

    first = Member.objects.get(pk=1)
    known = Member.objects.count()
    Member.objects.bulk_create(
        Member(name=f"Member {n}", email=f"more{n}@example.com", role=first.role, joined=first.joined)
        for n in range(known, rows)
    )


def setup():
    from benchkit.members import ops

    from cf_cache import CacheMixin
    from cf_core import Component, registry
    from cf_permissions import IsAuthenticated

    class Mine(CacheMixin, Component):
        permission_classes = [IsAuthenticated]

    @registry.register("user_table")
    class UserTable(Mine):
        def mount(self, per_page: int = 25):
            self.state.update(ops.load_page(per_page=per_page))

    @registry.register("board")
    class Board(Mine):
        def mount(self):
            self.state["numbers"] = count_members()


def urlpatterns():
    from benchkit.members import ops
    from django.core.cache import caches
    from django.shortcuts import render
    from django.urls import include, path

    def remembered(cache, key, make):
        return make() if cache == "none" else caches[cache].get_or_set(key, make, 300)

    def written_users(request, cache):
        return render(request, "limit/users.html", remembered(cache, "users", lambda: ops.load_page(per_page=25)))

    def written_board(request, cache):
        numbers = remembered(cache, "board", count_members)
        return render(request, "limit/board_page.html", {"numbers": numbers})

    return [
        path("components/", include("cf_core.urls")),
        path("mine/users/", lambda request: render(request, "mine/users.html", {"per_page": 25})),
        path("mine/board/", lambda request: render(request, "mine/board.html")),
        path("written/users/<str:cache>/", written_users),
        path("written/board/<str:cache>/", written_board),
        *limit.urlpatterns(),
    ]


class Shop:
    """A load of visitors who look at one member's card each, and sometimes change it: counts what was mounted."""

    def __init__(self, *, per_user: bool, whole_class: bool) -> None:
        from benchkit.members import ops
        from benchkit.members.models import Member

        from cf_cache import CacheMixin
        from cf_core import Component
        from cf_permissions import IsAuthenticated

        shop = self
        self.mounts = 0

        class Card(CacheMixin, Component):
            template_name = "components/card.html"
            permission_classes = [IsAuthenticated] if per_user else None
            invalidate_on = [Member]

            @classmethod
            def invalidated_by(cls, instance):
                return {} if whole_class else {"member_id": instance.pk}

            def mount(self, member_id: int):
                shop.mounts += 1
                member = Member.objects.get(pk=member_id)
                self.state.update(member_id=member_id, name=member.name, is_active=member.is_active)
                self.state["numbers"] = count_members()

            def on_toggle(self):
                self.state["is_active"] = ops.toggle(self.state["member_id"])

        # Entries go by the class's name, and the cards of earlier loads still hear of changes.
        Card.__qualname__ = f"Card{next(_numbers)}"
        self.card = Card

    def request_of(self, user):
        from django.test import RequestFactory

        request = RequestFactory().get("/")
        request.user = user
        return request

    def look(self, user, member_id):
        """Render the card for the first time."""
        from cf_core.engine.calls import Call
        from cf_core.engine.drivers import run_sync
        from cf_core.engine.lifecycle import perform

        call = Call(self.card, request=self.request_of(user), params={"member_id": member_id})
        return run_sync(perform(call)).token

    def change(self, user, member_id, token):
        """Send the event that writes."""
        from cf_core.engine.calls import Call
        from cf_core.engine.drivers import run_sync
        from cf_core.engine.lifecycle import perform

        run_sync(perform(Call(self.card, event="toggle", token=token, request=self.request_of(user))))
