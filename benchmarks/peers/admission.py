"""The counter once for each way to admit an event, beside the hand-written one, all in one process."""

from __future__ import annotations

import os

from benchkit import markup
from peers import components, limit

TITLE = "admission"
VENV = "mine"
RATE = (1_000_000, "hour")
"""Never reached: what is measured is the counting."""
KINDS = ("open", "permitted", "limited", "permitted_limited")

TEMPLATES = {**limit.TEMPLATES, **components.TEMPLATES}
for _kind in KINDS:
    TEMPLATES[f"components/counter_{_kind}.html"] = markup.fill(
        markup.COUNTER, s="state.", inc=components._event(f"counter_{_kind}", "increment", amount=1)
    )
    TEMPLATES[f"mine/{_kind}.html"] = markup.page(f'{{% live_component "counter_{_kind}" %}}', load=components._LOAD)


def settings(conf):
    components.settings(conf)
    conf["CACHES"]["redis"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ.get("CF_TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
        "KEY_PREFIX": "cf-bench",
    }


def setup():
    from cf_core import Component, registry
    from cf_permissions import IsAuthenticated

    class Counter(Component):
        def mount(self):
            self.state["count"] = 0

        def on_increment(self, amount: int = 1):
            self.state["count"] += amount

    permission, rate = {"permission_classes": [IsAuthenticated]}, {"rate_limit": "{}/{}".format(*RATE)}
    for kind, attributes in zip(KINDS, ({}, permission, rate, permission | rate), strict=True):
        registry.register(f"counter_{kind}")(type("Counted", (Counter,), attributes))


def urlpatterns():
    from django.http import HttpResponse
    from django.shortcuts import render
    from django.urls import include, path
    from django_ratelimit.decorators import ratelimit

    [increment] = [each for each in limit.urlpatterns() if str(each.pattern) == "counter/increment/"]
    limited = ratelimit(group="hand-written", key="user", rate=f"{RATE[0]}/{RATE[1][0]}")(increment.callback)

    return [
        path("components/", include("cf_core.urls")),
        path("counter/limited/", limited),
        *limit.urlpatterns(),
        *(
            path(f"pages/{kind}/", lambda request, kind=kind: render(request, f"mine/{kind}.html", {"items": [0]}))
            for kind in KINDS
        ),
        path("empty/", lambda request: HttpResponse()),
    ]


def hand_written(url="/counter/increment/"):
    """Return the class of clients of the hand-written view."""

    class Client(limit.Counter):
        def increment(self, amount):
            request = super().increment(amount)
            request.path = url
            return request

    return Client


def of_component(kind):
    """Return the class of clients of one of the components."""

    class Client(components.Counter):
        name = f"counter_{kind}"

        def __init__(self, browser):
            self.accept(browser.get(f"/pages/{kind}/"))

    return Client


def bare(kind):
    """Return what runs one event of a component by the lifecycle alone, without HTTP and request id."""
    from django.contrib.auth import get_user_model
    from django.test import RequestFactory

    from cf_core import registry
    from cf_core.engine.calls import Call
    from cf_core.engine.drivers import run_sync
    from cf_core.engine.lifecycle import perform

    cls, request = registry.get(f"counter_{kind}"), RequestFactory().post("/")
    request.user = get_user_model().objects.get(username="bench")
    token = run_sync(perform(Call(cls, request=request))).token
    return lambda: run_sync(perform(Call(cls, event="increment", payload={"amount": 1}, token=token, request=request)))
