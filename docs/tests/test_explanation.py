"""What the explanations promise and the other tests do not show: exactly once, transactions, sync and async."""

from __future__ import annotations

import asyncio

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cf_core import registry
from cf_core.engine.drivers import run_sync
from cf_core.engine.lifecycle import perform
from cf_testing import dispatch_event
from handbook.components.auth import UserCount
from handbook.components.composing import Tally
from handbook.models import Comment, Voucher

pytestmark = pytest.mark.django_db


def voucher_page(client: Client, user: object) -> dict[str, str]:
    client.force_login(user)
    Voucher.objects.create(code="SPRING")
    token = client.get("/components/voucher/", headers={"Accept": "application/json"}).json()["state"]
    return {"event": "redeem", "code": "SPRING", "_state": token, "_rid": "v" * 20}


def test_repeat_gets_the_same_answer_and_has_no_effect(client, admin_user, django_capture_on_commit_callbacks) -> None:
    event = voucher_page(client, admin_user)

    with django_capture_on_commit_callbacks(execute=True):
        first = client.post("/components/voucher/", event, headers={"HX-Request": "true"})
        with CaptureQueriesContext(connection) as run:
            second = client.post("/components/voucher/", event, headers={"HX-Request": "true"})

    assert first.content == second.content
    assert b"SPRING is redeemed" in first.content
    assert not any("handbook_voucher" in query["sql"] for query in run.captured_queries)
    assert len(mail.outbox) == 1


def test_repeat_is_known_from_its_record_when_the_cache_has_lost_it(client, admin_user) -> None:
    event = voucher_page(client, admin_user)
    first = client.post("/components/voucher/", event, headers={"HX-Request": "true"})
    cache.clear()

    second = client.post("/components/voucher/", {**event, "_retry": "1"}, headers={"HX-Request": "true"})
    third = client.post("/components/voucher/", {**event, "_rid": "w" * 20}, headers={"HX-Request": "true"})

    assert first.content == second.content
    assert third.status_code == 422


def test_what_fails_in_the_template_is_not_kept(component_registry) -> None:
    class Broken(Tally):
        template_name = "handbook/missing.html"

        def on_write(self) -> None:
            Comment.objects.create(text="x")

    component_registry.register("broken")(Broken)
    broken = Broken()
    broken.is_mounted = True

    with pytest.raises(Exception, match="no template engine finds"):
        run_sync(perform(broken._call("write", {})))

    assert not Comment.objects.exists()
    assert registry.get("broken") is Broken


def test_event_without_queries_opens_no_transaction() -> None:
    with CaptureQueriesContext(connection) as run:
        dispatch_event("counter", "increment", user=None)

    assert run.captured_queries == []


def test_same_component_runs_for_sync_and_async_callers(admin_user) -> None:
    assert dispatch_event(UserCount).state["count"] >= 1


@pytest.mark.django_db(transaction=True)
def test_dispatch_on_a_running_loop_names_the_other_way() -> None:
    async def main() -> int:
        with pytest.raises(RuntimeError, match="adispatch"):
            registry.get("counter")().dispatch()
        result = await registry.get("counter")(initial=4).adispatch("increment")
        return result["state"]["count"]

    assert asyncio.run(main()) == 5


def test_equal_answer_for_unknown_component_event_and_row(client: Client) -> None:
    token = client.get("/components/wish_list/", headers={"Accept": "application/json"}).json()["state"]
    unknown_component = client.post("/components/nothing/", {"event": "x"})
    unknown_event = client.post("/components/wish_list/", {"event": "x", "_state": token})
    undeclared = client.get("/components/stock_level/")

    assert unknown_component.content == unknown_event.content == undeclared.content
    assert unknown_component.status_code == unknown_event.status_code == undeclared.status_code == 404


def test_name_of_an_attribute_is_no_event(client: Client) -> None:
    token = client.get("/components/counter/", headers={"Accept": "application/json"}).json()["state"]

    for name in ("mount", "__init__", "state", "_perform", "on_increment", "render"):
        assert client.post("/components/counter/", {"event": name, "_state": token}).status_code == 404
