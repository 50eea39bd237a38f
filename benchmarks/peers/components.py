"""This suite in the shared benchmark: the counter and the 25-row table, with every protection on.

Signed and bound state, typed arguments, permission classes, request ids, remembered answers (local-memory cache),
one transaction an event. Event records are counted apart: `components_records` has them.
"""

import html
import itertools
import re
from urllib.parse import urlencode

from benchkit import markup
from benchkit.browser import Request

TITLE = "cf-core"
VENV = "mine"

_SENT = itertools.count()
_LOAD = "{% load components %}"


def _event(component, event, **payload):
    vals = "".join(f', "{name}": {value}' for name, value in payload.items())
    return f'hx-post="/components/{component}/" hx-vals=\'{{"event": "{event}"{vals}}}\''


TEMPLATES = {
    "components/counter.html": markup.fill(markup.COUNTER, s="state.", inc=_event("counter", "increment", amount=1)),
    "components/user_table.html": markup.fill(
        markup.TABLE,
        s="state.",
        search=_event("user_table", "search") + ' hx-trigger="input changed delay:300ms"',
        toggle=_event("user_table", "toggle_status", user_id="{{ u.id }}"),
        prev=_event("user_table", "change_page", page="{{ state.page|add:-1 }}"),
        next=_event("user_table", "change_page", page="{{ state.page|add:1 }}"),
    ),
    "mine/counters.html": markup.page('{% live_component "counter" %}', load=_LOAD),
    "mine/users.html": _LOAD + markup.fill(markup.PAGE, body='{% live_component "user_table" per_page=per_page %}'),
}


def settings(conf):
    conf["INSTALLED_APPS"] += ["cf_core", "cf_permissions"]
    conf["CSRF_FAILURE_VIEW"] = "cf_core.views.csrf_failure"
    conf["DATABASES"]["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE"}
    conf["MIDDLEWARE"].insert(
        conf["MIDDLEWARE"].index("django.middleware.csrf.CsrfViewMiddleware"),
        "cf_core.middleware.component_middleware",
    )
    conf["CF_CORE"] = {"EVENT_RECORDS": "off"}


def setup():
    from benchkit.members import ops

    from cf_core import Component, registry
    from cf_permissions import IsAuthenticated

    @registry.register("counter")
    class Counter(Component):
        permission_classes = [IsAuthenticated]

        def mount(self):
            self.state["count"] = 0

        def on_increment(self, amount: int = 1):
            self.state["count"] += amount

    @registry.register("user_table")
    class UserTable(Component):
        permission_classes = [IsAuthenticated]

        def mount(self, per_page: int = 25):
            self.state.update(ops.load_page(per_page=per_page))

        def on_search(self, query: str = ""):
            self.state.update(ops.load_page(query, 1, self.state["per_page"]))

        def on_change_page(self, page: int):
            self.state.update(ops.load_page(self.state["query"], page, self.state["per_page"]))

        def on_toggle_status(self, user_id: int):
            ops.toggle_in(self.state["users"], user_id)


def urlpatterns():
    from django.shortcuts import render
    from django.urls import include, path

    return [
        path("components/", include("cf_core.urls")),
        path("counters/<int:n>/", lambda request, n: render(request, "mine/counters.html", {"items": range(n)})),
        path(
            "users/<int:per_page>/",
            lambda request, per_page: render(request, "mine/users.html", {"per_page": per_page}),
        ),
    ]


class _Client:
    """What component-client.js sends: the form fields of htmx, the newest token and a request id."""

    name = ""

    def __init__(self, browser, path):
        self.accept(browser.get(path))

    def event(self, event, **payload):
        body = urlencode({"event": event, **payload, "_state": self.token, "_rid": f"{next(_SENT):022d}"})
        headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/", "X-Component": self.id}
        return Request(f"/components/{self.name}/", body.encode(), "application/x-www-form-urlencoded", headers)

    def accept(self, response):
        self.html = response.text
        self.token = html.unescape(re.search(r'data-cf-state="([^"]*)"', self.html).group(1))
        self.id = re.search(r'data-cf-id="([^"]*)"', self.html).group(1)
        return self.html


class Counter(_Client):
    name = "counter"

    def __init__(self, browser):
        super().__init__(browser, "/counters/1/")

    def increment(self, amount):
        return self.event("increment", amount=amount)


class Table(_Client):
    name = "user_table"

    def __init__(self, browser, per_page):
        super().__init__(browser, f"/users/{per_page}/")

    def toggle_status(self, user_id):
        return self.event("toggle_status", user_id=user_id)

    def change_page(self, page):
        return self.event("change_page", page=page)
