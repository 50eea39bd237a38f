"""What the readmes show works, word for word."""

import re
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import override_settings
from django.urls import include, path

from cf_cache.conf import Settings as CacheSettings
from cf_core import Component, Registry
from cf_permissions import AllowAny, IsAuthenticated, RateLimitExceeded
from cf_permissions.conf import Settings as PermissionsSettings
from cf_testing import ACTING, assert_permission_denied, dispatch_event, open_page

ROOT = Path(__file__).resolve().parent.parent
README = "README.md"
CORE_README = "packages/cf-core/README.md"
TESTING_README = "packages/cf-testing/README.md"
PERMISSIONS_README = "packages/cf-permissions/README.md"
CACHE_README = "packages/cf-cache/README.md"
FORMS_README = "packages/cf-forms/README.md"


def blocks(readme: str, language: str) -> list[str]:
    """Return the fenced code blocks of that language."""
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / readme).read_text(), re.MULTILINE | re.DOTALL)


def counter_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].get_template("page.html").render({}, request))


urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("counter/", counter_page),
    path("shop/product/1/", counter_page),
]


@contextmanager
def serving(component: str, templates: dict[str, str]) -> Iterator[None]:
    """Register a readme's component, and serve these templates; `page.html` is the page."""
    exec(compile(component, "readme", "exec"), {"__name__": "readme"})
    options = {
        "loaders": [
            ("django.template.loaders.locmem.Loader", templates),
            "django.template.loaders.app_directories.Loader",
        ],
        "context_processors": ["django.template.context_processors.request"],
    }
    backend = {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": options}
    with override_settings(ROOT_URLCONF=__name__, TEMPLATES=[backend]):
        yield


@pytest.fixture
def counter(request: pytest.FixtureRequest, component_registry: Registry) -> Iterator[None]:
    """Register the readme's component, and serve its template and page at /counter/."""
    component, template, page = request.param
    with serving(component, {"components/counter.html": template, "page.html": page.replace("...", "")}):
        yield


def parts(readme: str) -> tuple[str, str, str]:
    return blocks(readme, "python")[0], blocks(readme, "html")[0], blocks(readme, "html")[1]


@pytest.mark.django_db
@pytest.mark.parametrize("counter", [parts(README)], indirect=True)
def test_counter_of_the_readme_counts(counter: None) -> None:
    page = open_page("/counter/")

    page.click("+1")
    page.click("+10")

    assert page.text("output") == "16"


@pytest.mark.django_db
@pytest.mark.parametrize("counter", [parts(CORE_README)], indirect=True)
def test_counter_of_the_package_counts(counter: None) -> None:
    page = open_page("/counter/")

    page.click("+1")

    assert page.text("output") == "6"


SHOP = {
    "product": """<div>
      <button hx-post="/components/product/" hx-vals='{"event": "choose"}'>M</button>
      <button hx-post="/components/product/" hx-vals='{"event": "add"}'{% if not state.size %} disabled{% endif %}>
        Add to Cart</button></div>""",
    "cart": "<p>{{ state.items }} item</p>",
}


class Product(Component):
    """What the readme of cf-testing buys."""

    permission_classes = (AllowAny,)

    def on_choose(self) -> None:
        self.state["size"] = "M"

    def on_add(self) -> None:
        self.emit("added")


class Cart(Component):
    """Where it goes."""

    permission_classes = (AllowAny,)
    listens: ClassVar = {"added": "count"}

    def mount(self) -> None:
        self.state["items"] = 0

    def on_count(self) -> None:
        self.state["items"] += 1


class Profile(Component):
    """What visitors may not save."""

    permission_classes = (IsAuthenticated,)

    def on_save(self) -> None:
        self.state["saved"] = True


@pytest.mark.django_db
def test_tests_of_the_readme_pass(component_registry: Registry, django_user_model: Any, db: None) -> None:
    for name, cls in {"product": Product, "cart": Cart, "profile": Profile}.items():
        component_registry.register(name)(cls)
    templates = {f"components/{name}.html": html for name, html in SHOP.items()}
    templates["page.html"] = (
        "{% load components %}{% component_scripts %}{% live_component 'product' %}{% live_component 'cart' %}"
    )
    templates["components/counter.html"] = "<p>{{ state.count }}</p>"
    tests: dict[str, Any] = {}

    with serving(blocks(CORE_README, "python")[0], templates):
        exec(compile(blocks(TESTING_README, "python")[0], "readme", "exec"), tests)
        result = unittest.TestResult()
        unittest.defaultTestLoader.loadTestsFromTestCase(tests["TestCounter"]).run(result)
        tests["test_product_page"](db, django_user_model.objects.create_user("shopper"))

    assert (result.testsRun, result.errors, result.failures) == (2, [], [])


@pytest.mark.django_db
def test_permissions_of_the_readme_refuse(component_registry: Registry, django_user_model: Any) -> None:
    exec(compile(blocks(PERMISSIONS_README, "python")[0], "readme", "exec"), {"__name__": "readme"})
    member = django_user_model.objects.create_user("member")
    Group.objects.create(name="members").user_set.add(member)

    for event, user in {None: ACTING, "lend": member}.items():
        assert assert_permission_denied("library", event, user=user).public == "Staff access required"

    assert assert_permission_denied("library", "close", user=member).public == "Superuser access required"
    assert dispatch_event("library", user=member).is_mounted


def test_permissions_readme_limits_a_quiz(component_registry: Registry) -> None:
    text = next(block for block in blocks(PERMISSIONS_README, "python") if "rate_limits" in block)
    exec(compile(text, "readme", "exec"), {"__name__": "readme"})

    for _ in range(3):
        dispatch_event("quiz", "submit", {"answers": {}})
    with pytest.raises(RateLimitExceeded):
        dispatch_event("quiz", "submit", {"answers": {}})


def test_permissions_readme_shows_the_default_settings() -> None:
    text = next(block for block in blocks(PERMISSIONS_README, "python") if "CF_PERMISSIONS" in block)
    shown: dict[str, Any] = {}
    exec(compile(text, "readme", "exec"), shown)

    assert shown["CF_PERMISSIONS"] == {field.name: field.default for field in fields(PermissionsSettings)}


@pytest.mark.django_db
def test_component_of_the_cache_readme_counts_once(
    component_registry: Registry, admin_user: Any, django_assert_num_queries: Any
) -> None:
    exec(compile(blocks(CACHE_README, "python")[0], "readme", "exec"), {"__name__": "readme"})
    Group.objects.create(name="staff").user_set.add(admin_user)

    dispatch_event("members", user=admin_user, group="staff")
    with django_assert_num_queries(0):
        members = dispatch_event("members", user=admin_user, group="staff")

    assert members.state == {"members": 1}


def test_cache_readme_shows_the_default_settings() -> None:
    text = next(block for block in blocks(CACHE_README, "python") if "CF_CACHE" in block)
    shown: dict[str, Any] = {}
    exec(compile(text, "readme", "exec"), shown)

    assert shown["CF_CACHE"] == {field.name: field.default for field in fields(CacheSettings)}


def test_every_package_has_a_row_in_the_table() -> None:
    rows = re.findall(r"^\| \[([a-z-]+)\]\(packages/\1/\) \|", (ROOT / README).read_text(), re.MULTILINE)

    assert sorted(rows) == sorted(path.name for path in (ROOT / "packages").iterdir())


@pytest.mark.parametrize("readme", [README, "CONTRIBUTING.md"])
def test_links_and_commands_exist(readme: str) -> None:
    text = (ROOT / readme).read_text()
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    makefile = (ROOT / "Makefile").read_text()
    commands = re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", text, re.MULTILINE)

    assert [target for target in targets if not (ROOT / target).exists()] == []
    assert [name for pair in commands for name in pair if name and not re.search(rf"^{name}:", makefile, re.M)] == []


@pytest.mark.django_db
def test_the_form_of_the_readme_thanks_for_what_fits(component_registry: Registry) -> None:
    exec(compile(blocks(FORMS_README, "python")[0], "readme", "exec"), {"__name__": "readme"})
    good = {"name": "Ada", "email": "ada@example.com", "text": "Good afternoon"}

    thanked = dispatch_event("contact", "submit", good)
    refused = dispatch_event("contact", "submit", {**good, "email": "no"})

    assert thanked.state["thanks"] == "Thank you, Ada."
    assert list(refused.errors) == ["email"]
