"""A site whose answers a test writes itself: what the page driver sends is told apart from what cf_core answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path

Handler = Callable[[HttpRequest], HttpResponse]

SCRIPTS = (
    '<script src="/component-client.js" defer data-cf-csrf="{csrf}" data-cf-csrf-url="/components/_csrf/" '
    'data-cf-endpoint="/components/__name__/"></script>'
)


@dataclass
class StubSite:
    """Pages and answers by (method, path), and the requests that came."""

    handlers: dict[tuple[str, str], Handler] = field(default_factory=dict)
    requests: list[HttpRequest] = field(default_factory=list)

    def page(self, body: str, path: str = "/", *, scripts: bool = True, status: int = 200) -> None:
        """Serve a page."""

        def serve(request: HttpRequest) -> HttpResponse:
            head = SCRIPTS.format(csrf=get_token(request)) if scripts else ""
            content = body.replace("{csrf}", get_token(request))
            return HttpResponse(
                f"<!doctype html><html><head><title>Stub</title>{head}</head><body>{content}</body></html>",
                status=status,
            )

        self.handlers["GET", path] = serve

    def on(self, method: str, path: str, handler: Handler) -> None:
        """Answer a request."""
        self.handlers[method, path] = handler

    def answers(self, path: str, *answers: HttpResponse, method: str = "POST") -> None:
        """Answer the requests to a path one after the other."""
        queue = list(answers)
        self.handlers[method, path] = lambda request: queue.pop(0)

    def handle(self, request: HttpRequest) -> HttpResponse:
        request.POST  # noqa: B018  # read now, so that a test can look at it later
        self.requests.append(request)
        handler = self.handlers.get((request.method or "", request.path))
        if handler is None:
            raise Http404(f"{request.method} {request.path}")
        return handler(request)

    @property
    def last(self) -> HttpRequest:
        return self.requests[-1]

    @property
    def posts(self) -> list[HttpRequest]:
        return [request for request in self.requests if request.method == "POST"]

    def sent(self, name: str) -> list[list[str]]:
        """What every POST carried under a name."""
        return [request.POST.getlist(name) for request in self.posts]


current = StubSite()


def reset() -> StubSite:
    """Begin a new site."""
    global current
    current = StubSite()
    current.on("GET", "/components/_csrf/", lambda request: JsonResponse({"csrf": get_token(request)}))
    return current


def serve(request: HttpRequest, path: str = "") -> HttpResponse:
    return current.handle(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error(403, "csrf_failed", reason)


def root(name: str, content: str, *, id: str = "c1", token: str = "cf1.1", tag: str = "div", attrs: str = "") -> str:
    """A component's stamped root."""
    return (
        f'<{tag} data-cf-component="{name}" data-cf-id="{id}" hx-sync:inherited="this:queue all" '
        f'data-cf-state="{token}" id="dom-{id}" {attrs}>{content}</{tag}>'
    )


def render(html: str, *, id: str = "c1", status: int = 200, **headers: Any) -> HttpResponse:
    """A component's answer."""
    response = HttpResponse(html, status=status)
    response["X-Component"] = id
    for name, value in headers.items():
        response[name.replace("_", "-")] = value if isinstance(value, str) else json.dumps(value)
    return response


def error(status: int, code: str, text: str = "No.", **extra: Any) -> HttpResponse:
    """An error answer."""
    return JsonResponse({"error": text, "code": code, **extra}, status=status)


urlpatterns = [path("", serve), path("<path:path>", serve)]
