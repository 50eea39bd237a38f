"""A small project with forms, run as a process of its own: `python project.py <folder for its data>`.

Prints the port it listens on. The pages use public names only, under a strict policy.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import django
from django.conf import settings

CSP = (
    "default-src 'self'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "object-src 'none'; base-uri 'none'"
)
PAGE = (
    "{% load components static %}<!doctype html><html lang=en><head><meta charset=utf-8><title>Forms</title>"
    '<meta name=viewport content="width=device-width, initial-scale=1">{% component_scripts %}'
    "<link rel=stylesheet href=\"{% static 'cf_forms/forms.css' %}\">"
    "<link rel=stylesheet href=/page.css></head>"
    "<body><main><h1>Forms</h1>{% live_component name component_id='f' %}</main></body></html>"
)
CSS = (
    ":root{color-scheme:light dark}body{margin:1rem;font:16px/1.5 sans-serif;background:#fff;color:#1c1f24}"
    "@media (prefers-color-scheme:dark){body{background:#14171c;color:#eef0f3}}"
)
TEMPLATES = {
    "page.html": PAGE,
    "components/contact.html": (
        "{% load cf_forms %}<section>{% component_form %}<output class=saved>{{ state.saved }}</output></section>"
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
        CSRF_FAILURE_VIEW="cf_core.views.csrf_failure",
        USE_TZ=True,
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.staticfiles",
            "cf_core",
            "cf_forms",
        ],
        MIDDLEWARE=[
            __name__ + ".strict_policy",
            "cf_core.middleware.component_middleware",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        ("django.template.loaders.locmem.Loader", TEMPLATES),
                        "django.template.loaders.app_directories.Loader",
                    ],
                    "context_processors": ["django.template.context_processors.request"],
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
    server.set_app(_served_files(StaticFilesHandler)(get_wsgi_application()))
    print(server.server_port, flush=True)
    server.serve_forever()


def _served_files(base: Any) -> Any:
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
    """Register the forms."""
    from datetime import date, datetime, time

    from django.core.files.uploadedfile import UploadedFile
    from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr, model_validator

    from cf_core import registry
    from cf_forms import FormComponent

    class Anyone:
        def has_permission(self, request: Any, component: Any) -> bool:
            return True

        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            return True

    class Line(BaseModel):
        article: str = Field(min_length=1)
        quantity: int = Field(ge=1, le=9)

    class Address(BaseModel):
        street: str = Field(min_length=2, description="With the number.")
        zip: str = Field(pattern="^[0-9]{5}$")

    class Contact(BaseModel):
        name: str = Field(min_length=2, description="As your friends say it.")
        email: EmailStr
        country: Literal["de", "es", "fr", "it", "nl"]
        region: str = ""
        colour: Literal["red", "green"]
        message: str = Field("", max_length=500)
        password: SecretStr = Field(min_length=4)
        terms: Literal[True]
        lines: list[Line] = Field(default=[], max_length=3)

        @model_validator(mode="after")
        def check_name(self) -> Any:
            if self.name == "Nobody":
                raise ValueError("Somebody has to write.")
            return self

    @registry.register("contact")
    class ContactForm(FormComponent):
        permission_classes = [Anyone]
        schema = Contact

        def mount(self) -> None:
            self.state["saved"] = ""

        def on_change_country(self, value: str) -> None:
            self.set_value("region", {"de": "Bayern", "it": "Toscana"}.get(value, ""))

        def on_submit(self) -> None:
            data = self.validated_data
            lines = ", ".join(f"{line.quantity} {line.article}" for line in data.lines)
            self.state["saved"] = f"{data.name} <{data.email}> {lines}".strip()
            self.reset_form()

    class Everything(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True)

        name: str = Field(min_length=2, description="As on your card.")
        email: EmailStr
        age: int = Field(ge=18)
        born: date
        starts: datetime
        alarm: time
        password: SecretStr
        message: str = Field("", max_length=500)
        terms: Literal[True]
        news: bool = False
        country: Literal["de", "es", "fr", "it", "nl"]
        colour: Literal["red", "green"]
        sizes: list[Literal["s", "m", "l"]] = []
        photo: UploadedFile | None = None
        address: Address
        lines: list[Line] = [Line(article="pen", quantity=1), Line(article="ink", quantity=2)]
        tags: list[str] = ["new"]

    @registry.register("everything")
    class EverythingForm(FormComponent):
        permission_classes = [Anyone]
        schema = Everything


def page(request: Any, name: str) -> Any:
    """Show one form."""
    from django.shortcuts import render

    return render(request, "page.html", {"name": name})


def style(request: Any) -> Any:
    """Serve the looks of the pages, which a strict policy does not take inline."""
    from django.http import HttpResponse

    return HttpResponse(CSS, content_type="text/css")


def nothing(request: Any) -> Any:
    """Answer a browser that asks for an icon."""
    from django.http import HttpResponse

    return HttpResponse(status=204)


def __getattr__(name: str) -> Any:
    """Make the URLs when Django asks for them, not before it is set up."""
    if name != "urlpatterns":
        raise AttributeError(name)
    from django.urls import include, path

    return [
        path("components/", include("cf_core.urls")),
        path("favicon.ico", nothing),
        path("page.css", style),
        path("<name>/", page),
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
