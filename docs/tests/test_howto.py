"""The how-to guides: the tests that they show, and tests of what they say."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.test import Client

from cf_core import AuthRequired, Component, Invalid
from cf_testing import (
    MockRenderer,
    assert_permission_denied,
    assert_rendered,
    assert_state,
    call_handler,
    dispatch_event,
    make_component,
    open_page,
)
from handbook.audit import events_of
from handbook.components.auth import CounterDesk, Diary
from handbook.components.migrating import Contact
from handbook.models import Comment
from shop.components import Counter
from shop.models import Product
from tests.helpers import EXAMPLES, run

pytestmark = pytest.mark.django_db


# -- testing


def test_event_changes_the_state():
    counter = dispatch_event(Counter, "increment", {"amount": "10"}, initial=5)

    assert_state(counter, count=15)
    assert_rendered(counter, "15", selector="output")


def test_payload_that_does_not_fit_is_refused():
    with pytest.raises(Invalid) as refused:
        dispatch_event(Counter, "increment", {"amount": "many"})

    assert "amount" in refused.value.errors


def test_visitor_has_no_diary():
    refusal = assert_permission_denied(Diary, "write", {"text": "x"}, user=None, owner_id=1)

    assert isinstance(refusal, AuthRequired)


def test_handler_by_itself():
    desk = make_component(CounterDesk, hour=12)
    call_handler(desk, "mount", hour=12)

    call_handler(desk, "serve")

    assert_state(desk, served=1)


def test_person_uses_the_page():
    Product.objects.create(name="Tea", stock=3)
    page = open_page("/products/")

    page.fill("Quantity", 2)
    page.click("Buy")

    assert "1 in stock, you bought 2" in page.text()


def test_more_than_there_is_cannot_be_bought():
    Product.objects.create(name="Tea", stock=3)
    page = open_page("/products/")

    page.fill("Quantity", 4)
    page.click("Buy", expect=422)

    assert page.one("[role=alert]").text == "There is not enough in stock."


def test_click_costs_few_queries(django_assert_max_num_queries):
    Product.objects.create(name="Tea", stock=3)
    page = open_page("/products/")

    with django_assert_max_num_queries(6):
        page.click("Buy")


def test_component_of_a_test(component_registry):
    @component_registry.register("double")
    class Double(Component):
        renderer = MockRenderer()

        def mount(self, number: int):
            self.state["number"] = number

        def on_double(self):
            self.state["number"] *= 2

    assert_state(dispatch_event("double", "double", number=4), number=8)


# -- forms without JavaScript


def test_comment_is_sent_without_a_script():
    page = open_page("/handbook/comments/", javascript=False)

    page.fill("Comment", "First!")
    page.click("Send")

    assert page.path == "/handbook/comments/"
    assert "First!" in page.text()


def test_comment_is_sent_with_the_script_too():
    page = open_page("/handbook/comments/")

    page.fill("Comment", "First!")
    page.click("Send")
    page.fill("Comment", "Second!")
    page.submit()

    assert [comment.text for comment in Comment.objects.order_by("pk")] == ["First!", "Second!"]


def test_mistake_without_a_script_is_a_page_with_the_component():
    page = open_page("/handbook/comments/", javascript=False)

    page.fill("Comment", " ")
    page.click("Send", expect=422)

    assert "Please write something." in page.text()
    assert page.title == "Please check what you entered"
    assert page.path == "/components/comments/"


# -- strict CSP


@pytest.mark.parametrize("variant", ["settings_csp_django52", "settings_csp_django60"])
def test_scripts_carry_the_nonce_of_the_policy(variant: str) -> None:
    if variant.endswith("60") and django_version() < (6, 0):
        pytest.skip("Django's own middleware is there since 6.0")
    program = (
        "import re, django; django.setup()\n"
        "from django.test import Client\n"
        "answer = Client(headers={'host': 'localhost'}).get('/')\n"
        "policy, html = answer.headers['Content-Security-Policy'], answer.content.decode()\n"
        "[nonce] = set(re.findall(r\"'nonce-([^']+)'\", policy))\n"
        "assert html.count(f'nonce=\"{nonce}\"') == 4, html\n"
        "assert 'unsafe' not in policy\n"
    )

    done = run("-c", program, DJANGO_SETTINGS_MODULE=f"mysite.{variant}")

    assert done.returncode == 0, done.stderr


def django_version() -> tuple[int, int]:
    import django

    return django.VERSION[:2]


# -- several processes


def test_production_settings_leave_no_warning_about_processes() -> None:
    development = run("manage.py", "check", "--deploy")
    production = run("manage.py", "check", "--deploy", DJANGO_SETTINGS_MODULE="mysite.settings_production")

    for check in ("cf_core.W003", "cf_core.W004", "cf_core.W005", "cf_permissions.W012", "cf_cache.W001"):
        assert check in development.stderr + development.stdout
        assert check not in production.stderr + production.stdout


def test_plain_check_has_nothing_to_say_but_w003() -> None:
    done = run("manage.py", "check")

    assert done.returncode == 0, done.stderr
    assert {word for word in done.stderr.replace(")", " ").replace("(", " ").split() if word.startswith("cf_")} == {
        "cf_core.W003",
    }


# -- migrations of state


def test_state_of_the_first_version_becomes_that_of_today():
    old = {"name": "Ada Lovelace", "phone": "123"}

    assert Contact().migrate_state(old, 1) == {"first": "Ada", "last": "Lovelace", "phones": ["123"]}


def test_open_page_of_the_first_version_goes_on(component_registry) -> None:
    @component_registry.register("contact", replace=True)
    class Old(Component):
        def mount(self) -> None:
            self.state.update(name="Ada Lovelace", phone="123")

    token = Old().dispatch()["state"].token
    component_registry.register("contact", replace=True)(Contact)

    body = {"event": "call", "phone": "456", "_state": token}
    answer = Client().post("/components/contact/", body, headers={"HX-Request": "true"})

    assert "Ada Lovelace: 123, 456" in answer.content.decode()


def test_version_without_a_migration_is_expired(component_registry, monkeypatch) -> None:
    token = Contact().dispatch()["state"].token
    monkeypatch.setattr(Contact, "state_version", 4)
    monkeypatch.setattr(Contact, "migrate_state", Component.migrate_state)

    answer = Client().post("/components/contact/", {"event": "call", "phone": "1", "_state": token})

    assert answer.status_code == 410


# -- audit trail


def test_every_event_leaves_a_row(client: Client, admin_user, settings) -> None:
    from mysite import settings_audit

    settings.CF_CORE = settings_audit.CF_CORE
    client.force_login(admin_user)
    token = client.get("/components/transfer/", headers={"Accept": "application/json"}).json()["state"]
    event = {"event": "send", "amount": "5", "card_number": "4111", "_state": token, "_rid": "r" * 20}

    client.post("/components/transfer/", event)
    client.post("/components/transfer/", {**event, "event": "unknown", "_rid": "s" * 20})

    [row] = events_of(admin_user)
    assert (row.component, row.event) == ("transfer", "send")
    assert json.loads(row.arguments) == {"amount": ["5"], "card_number": "********"}


def test_old_rows_are_pruned(client: Client, admin_user, settings) -> None:
    test_every_event_leaves_a_row(client, admin_user, settings)
    row = events_of(admin_user).get()
    row.created_at = row.created_at.replace(year=row.created_at.year - 2)
    row.save()

    call_command("cf_prune_events", verbosity=0, stdout=open_null())

    assert not events_of(admin_user).exists()


def open_null():
    import io

    return io.StringIO()


# -- modules


def test_component_runs_in_plain_python() -> None:
    done = subprocess.run([sys.executable, EXAMPLES / "plain.py"], capture_output=True, text=True, check=True)

    assert done.stdout == "count is 7\n"
