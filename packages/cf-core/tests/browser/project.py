"""A small project on the real server side, run as a process of its own: `python project.py <folder for its data>`.

Prints the port it listens on. The pages use nothing but cf-core's public names, under a strict policy.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings

CSP = (
    "default-src 'self'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "object-src 'none'; base-uri 'none'"
)
POST = "hx-post=\"{% url 'component_endpoint' component.component_name %}\""
TEMPLATES = {
    "page.html": (
        "{% load components %}<!doctype html><html lang=en><head><meta charset=utf-8><title>real</title>"
        "{% component_scripts %}</head><body>{% block body %}{% endblock %}</body></html>"
    ),
    "counter.html": (
        "{% extends 'page.html' %}{% load components %}{% block body %}"
        "{% live_component 'counter' initial=2 %}{% endblock %}"
    ),
    "all.html": (
        "{% extends 'page.html' %}{% load components %}{% block body %}{% live_component 'family' %}"
        "{% live_component 'late' lazy=True %}{% endblock %}"
    ),
    "members.html": (
        "{% extends 'page.html' %}{% load components %}{% block body %}{% live_component 'members' %}{% endblock %}"
    ),
    "components/counter.html": (
        '<section hx-target="this" hx-swap="outerHTML"><output class="count">{{ state.count }}</output>'
        f'<button class="one" {POST} hx-vals=\'{{"event": "increment"}}\'>+1</button>'
        f'<button class="five" {POST} hx-vals=\'{{"event": "increment", "amount": 5}}\'>+5</button>'
        f'<button class="double" {POST} hx-vals=\'{{"event": "double"}}\'>x2</button>'
        f'<button class="wrong" {POST} hx-vals=\'{{"event": "increment", "amount": "x"}}\'>+x</button>'
        f'<button class="gone" {POST} hx-vals=\'{{"event": "nothing"}}\'>?</button>'
        f'<button class="fail" {POST} hx-vals=\'{{"event": "fail"}}\'>fail</button>'
        f'<button class="quiet" {POST} hx-vals=\'{{"event": "quiet"}}\'>quiet</button>'
        f'<button class="move" {POST} hx-vals=\'{{"event": "move"}}\'>move</button></section>'
    ),
    "components/family.html": (
        '{% load components %}<div class="family"><output class="told">{{ state.told }}</output>'
        f'<button class="again" {POST} hx-vals=\'{{"event": "again"}}\'>again</button>'
        f'<form class="add" {POST} hx-vals=\'{{"event": "add"}}\'><input class="word" name="word">'
        '<b class="error">{{ errors|component_errors:"word"|first }}</b><button class="send">add</button></form>'
        '<ul>{% for word in state.words %}<li>{{ word }}</li>{% endfor %}</ul>{% live_component "counter" %}</div>'
    ),
    "slots.html": "{% extends 'page.html' %}{% block body %}{{ framed }}{% endblock %}",
    "components/framed.html": (
        f'<div><output class="n">{{{{ state.n }}}}</output>'
        f'<button class="bump" {POST} hx-vals=\'{{"event": "bump"}}\'>bump</button>'
        "<footer>{{ slots.footer }}</footer><nav>{{ slots.side }}</nav></div>"
    ),
    "components/late.html": '<p class="late">here {{ state.n }}</p>',
    "choices.html": (
        "{% extends 'page.html' %}{% load components %}{% block body %}{% live_component 'choices' %}{% endblock %}"
    ),
    "components/choices.html": (
        f'<form {POST} hx-vals=\'{{"event": "save"}}\'><input type="checkbox" class="news" name="news" checked>'
        '<input type="checkbox" name="many" value="a" checked><input type="checkbox" name="many" value="b">'
        '<button class="save">save</button><output class="saved">{{ state.news }} {{ state.many }}</output></form>'
    ),
    "components/members.html": (
        f'<div><output class="touched">{{{{ state.touched }}}}</output>'
        f'<button class="touch" {POST} hx-vals=\'{{"event": "touch"}}\'>touch</button></div>'
    ),
}


def main(folder: Path) -> None:
    """Serve until killed."""
    settings.configure(
        SECRET_KEY="a key for this process only",
        ALLOWED_HOSTS=["127.0.0.1"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        ROOT_URLCONF=__name__,
        STATIC_URL="/static/",
        LOGIN_URL="/log-in/",
        CSRF_FAILURE_VIEW="cf_core.views.csrf_failure",
        USE_TZ=True,
        LOGGING={
            "version": 1,
            "handlers": {"console": {"class": "logging.StreamHandler"}},
            "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
        },
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "cf_core",
        ],
        MIDDLEWARE=[
            __name__ + ".strict_policy",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "cf_core.middleware.component_middleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        ("django.template.loaders.locmem.Loader", TEMPLATES),
                        "django.template.loaders.app_directories.Loader",
                    ],
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                    ],
                },
            }
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "db.sqlite3",
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
            }
        },
    )
    django.setup()

    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Handler(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    call_command("migrate", verbosity=0)
    register_components()
    server = ThreadedWSGIServer(("127.0.0.1", 0), Handler)
    server.set_app(_ServedFiles(StaticFilesHandler)(get_wsgi_application()))
    print(server.server_port, flush=True)
    server.serve_forever()


def _ServedFiles(base: Any) -> Any:  # noqa: N802 - makes a class
    from django.contrib.staticfiles.views import serve

    class ServedFiles(base):
        """Serves the apps' files without DEBUG, which would also change what is tested."""

        def serve(self, request: Any) -> Any:
            return serve(request, self.file_path(request.path), insecure=True)

    return ServedFiles


def strict_policy(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Set the policy, with a nonce that the tags find where Django's own middleware puts it."""

    def middleware(request: Any) -> Any:
        request._csp_nonce = secrets.token_urlsafe(12)
        response = get_response(request)
        response["Content-Security-Policy"] = CSP.format(nonce=request._csp_nonce)
        return response

    return middleware


def register_components() -> None:
    """Register the components of the templates above."""
    from cf_core import Component, registry

    class Anyone:
        def has_permission(self, request: Any, component: Any) -> bool:
            return True

        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            return True

    class LoggedIn(Anyone):
        requires_login = True

        def has_permission(self, request: Any, component: Any) -> bool:
            return bool(request.user.is_authenticated) or component.event is None

    @registry.register("choices")
    class Choices(Component):
        permission_classes = [Anyone]

        def mount(self) -> None:
            self.state.update(news=None, many=[])

        def on_save(self, news: bool = True, many: list[str] | None = None) -> None:
            self.state.update(news=news, many=many)

    @registry.register("counter")
    class Counter(Component):
        permission_classes = [Anyone]
        listens = {"word_added": "increment"}

        def mount(self, initial: int = 0) -> None:
            self.state["count"] = initial

        def on_increment(self, amount: int = 1) -> None:
            self.state["count"] += amount

        def on_double(self) -> None:
            self.state["count"] *= 2

        def on_fail(self) -> None:
            raise RuntimeError("hunter2-canary")

        def on_quiet(self) -> None:
            self.state["count"] += 100
            self.skip_render()

        def on_move(self) -> None:
            self.redirect("/elsewhere/")

    @registry.register("family")
    class Family(Component):
        permission_classes = [Anyone]

        def mount(self) -> None:
            self.state.update(told=0, words=[])

        def on_again(self) -> None:
            self.state["told"] += 1

        def on_add(self, word: str) -> None:
            from django.contrib import messages

            if not word:
                self.errors["word"] = ["Say something."]
                return
            self.state["words"].append(word)
            self.emit("word_added")
            self.announce(f"{word} added")
            messages.success(self.request, f"Added {word}.")

    @registry.register("framed")
    class Framed(Component):
        permission_classes = [Anyone]
        slots = ["footer", "side"]

        def mount(self) -> None:
            self.state["n"] = 0

        def on_bump(self) -> None:
            self.state["n"] += 1

    @registry.register("late")
    class Late(Component):
        permission_classes = [Anyone]

        def mount(self) -> None:
            self.state["n"] = 1

    @registry.register("members")
    class Members(Component):
        permission_classes = [LoggedIn]

        def mount(self) -> None:
            self.state["touched"] = 0

        def on_touch(self) -> None:
            self.state["touched"] += 1


def _page(name: str) -> Callable[[Any], Any]:
    def view(request: Any) -> Any:
        from django.shortcuts import render

        return render(request, name)

    return view


def slots(request: Any) -> Any:
    """Place a component with HTML in one slot and a component in the other."""
    from django.shortcuts import render
    from django.utils.html import format_html
    from django.utils.safestring import mark_safe

    from cf_core import compose, registry

    html = format_html("<i class=foot>{}</i>", "foot")
    framed = compose(registry.get("framed"), params={}, footer=html, side=registry.get("counter")())
    framed.request = request
    return render(request, "slots.html", {"framed": mark_safe(framed.dispatch()["html"])})


def log_in(request: Any) -> Any:
    """Stands in for a log-in page; `?renew` gives the session a new CSRF secret, as a log-in in another tab does."""
    from django.http import HttpResponse
    from django.middleware.csrf import rotate_token

    if "renew" in request.GET:
        rotate_token(request)
    return HttpResponse("<!doctype html><html lang=en><title>x</title><h1>log in</h1>")


def __getattr__(name: str) -> Any:
    """Make the URLs when Django asks for them, not before it is set up."""
    if name != "urlpatterns":
        raise AttributeError(name)
    from django.urls import include, path

    return [
        path("components/", include("cf_core.urls")),
        *[path(name, log_in) for name in ("log-in/", "elsewhere/", "favicon.ico")],
        path("slots/", slots),
        *[path(f"{name}/", _page(f"{name}.html")) for name in ("counter", "all", "members", "choices")],
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
