"""Exactly once: what becomes of a request id that comes twice, and what is written down of an event."""

from __future__ import annotations

import json
import logging
import threading
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib import messages
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.models import F
from django.test import Client
from django.utils import timezone

from cf_core import Component
from cf_core.host import DjangoHost
from cf_core.models import EventRecord
from cf_core.outages import Outages
from cf_testing.parity import Shown, new_rid, show
from tests.broken_cache import DownCache
from tests.components import ran
from tests.databases import on_every_database
from tests.models import Item
from tests.permissions import Anyone, LoggedIn
from tests.renderers import Inline

RID = "r" * 20


class Shop(Component):
    """Writes, reads, fails, answers in every form."""

    permission_classes = [Anyone]
    renderer = Inline("<p>{{ state.n }} {% for message in errors.stock %}{{ message }}{% endfor %}</p>")

    def mount(self) -> None:
        self.state["n"] = 0

    def on_add(self, name: str = "row") -> None:
        ran.append("add")
        Item.objects.using(self.using).create(name=name, stock=len(ran))
        self.state["n"] += 1

    def on_count(self) -> None:
        ran.append("count")
        self.state["n"] += 1

    def on_read(self) -> None:
        ran.append("read")
        self.state["n"] = Item.objects.using(self.using).count()

    def on_buy(self, fails: bool = False) -> None:
        """Take the last one, as the docs advise: by a conditional update."""
        ran.append("buy")
        left = Item.objects.using(self.using).filter(name="shirt", stock__gt=0)
        if left.update(stock=F("stock") - 1):
            self.state["n"] += 1
        elif fails:
            raise LookupError("sold out")
        else:
            self.errors["stock"] = ["Sold out"]

    def on_look(self) -> None:
        """Reads first, and writes only if there is something to do."""
        ran.append("look")
        if not Item.objects.using(self.using).filter(name="seen").exists():
            Item.objects.using(self.using).create(name="seen")
            self.state["n"] += 1

    def on_fail(self, name: str = "row") -> None:
        ran.append("fail")
        Item.objects.using(self.using).create(name=name)
        raise LookupError("hunter2-canary")

    def on_complain(self) -> None:
        ran.append("complain")
        self.errors["stock"] = ["Sold out"]

    def on_quiet(self) -> None:
        ran.append("quiet")
        self.skip_render()

    def on_go(self) -> None:
        ran.append("go")
        self.redirect("/thanks/")

    def on_tell(self) -> None:
        ran.append("tell")
        messages.success(self.request, "Bought")
        self.emit("sold", qty=1)
        self.announce("Bought")

    def on_pay(self, card_number: str, amount: int, form: dict[str, Any] | None = None) -> None:
        ran.append("pay")
        Item.objects.using(self.using).create(name=f"payment {amount}")


@pytest.fixture
def shop(db: None, register: Any, client: Client) -> Shown:
    register(Shop, "shop")
    shown = show(client, "shop")
    ran.clear()
    return shown


def repeat(shown: Shown, event: str, /, how: str = "post", **fields: Any) -> tuple[Any, Any]:
    """Send an event twice with one request id, and the token of the first time; return both answers."""
    token = shown.token
    if how == "json":
        rid = fields.pop("rid", RID)
        first = shown.json(event, fields, state=token, rid=rid)
        return first, shown.json(event, fields, state=token, rid=rid, retry=True)
    first = shown.post(event, **{"_state": token, "_rid": RID, **fields})
    return first, shown.post(event, **{"_state": token, "_rid": RID, "_retry": "1", **fields})


def rows() -> list[str]:
    return list(Item.objects.order_by("name").values_list("name", flat=True))


@pytest.mark.parametrize("how", ["post", "json"])
@pytest.mark.parametrize("event", ["add", "count", "read", "complain", "quiet", "go", "tell"])
def test_a_repeated_request_gets_the_same_answer_and_has_one_effect(shop: Shown, event: str, how: str) -> None:
    first, second = repeat(shop, event, how)
    assert ran == [event]
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert dict(first.items()) == dict(second.items())
    assert rows() == (["row"] if event == "add" else [])


@pytest.mark.parametrize("is_other_process", [False, True])
def test_tokens_that_a_template_wrote_itself_are_in_the_repeated_answer(
    db: None, register: Any, client: Client, monkeypatch: pytest.MonkeyPatch, is_other_process: bool
) -> None:
    class Plain(Shop):
        renderer = Inline(
            '<form><input value="{% component_state %}">{{ state.n }}<b {% component_attrs %}></b></form>'
        )

    register(Plain, "plain")
    shown = show(client, "plain")
    token = shown.token
    first = shown.post("add", _rid=RID)
    if is_other_process:
        for module in ("answers", "engine.stamp", "engine.rendering", "templatetags.components"):
            monkeypatch.setattr(f"cf_core.{module}.TOKEN_MARK", "cf-token-of-another-process")
    second = shown.post("add", _rid=RID, _state=token, _retry="1")
    assert first.content == second.content
    assert first.content.decode().count(shown.token) == 3


@pytest.mark.parametrize("event", ["add", "look", "buy"])
def test_without_the_cache_the_record_answers(shop: Shown, event: str) -> None:
    """As after a server that died between commit and answer, and a cache that was emptied."""
    Item.objects.create(name="shirt", stock=1)
    token = shop.token
    first = shop.post(event, _rid=RID)
    cache.clear()
    second = shop.post(event, _rid=RID, _state=token, _retry="1")
    assert second.content == first.content
    assert ran == [event]
    assert EventRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("event", "fields"), [("add", {}), ("look", {}), ("buy", {}), ("buy", {"fails": "on"})], ids=str
)
def test_a_repeat_that_does_not_say_so_has_one_effect_too(shop: Shown, event: str, fields: dict[str, str]) -> None:
    """The handler runs again, finds what the first one left, and is rolled back."""
    Item.objects.create(name="shirt", stock=1)
    token = shop.token
    first = shop.post(event, _rid=RID, **fields)
    cache.clear()
    before = rows(), Item.objects.get(name="shirt").stock
    second = shop.post(event, _rid=RID, _state=token, **fields)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert (rows(), Item.objects.get(name="shirt").stock) == before
    assert EventRecord.objects.count() == 1


def test_a_failed_request_may_be_tried_again(shop: Shown) -> None:
    assert shop.post("fail", _rid=RID).status_code == 500
    assert shop.post("fail", _rid=RID, _retry="1").status_code == 500
    assert ran == ["fail", "fail"]
    assert EventRecord.objects.count() == 0


def test_a_refused_payload_leaves_its_request_id_free(shop: Shown) -> None:
    Item.objects.create(name="shirt", stock=1)
    assert shop.post("buy", fails="maybe", _rid=RID).status_code == 422
    assert shop.post("buy", fails="off", _rid=RID).status_code == 200
    assert ran == ["buy"]


# -- the same id for something else


@pytest.mark.parametrize("has_cache", [True, False])
@pytest.mark.parametrize(("event", "fields"), [("add", {"name": "other"}), ("buy", {})])
def test_the_same_id_for_another_event_or_payload_is_refused(
    shop: Shown, event: str, fields: dict[str, str], has_cache: bool
) -> None:
    token = shop.token
    assert shop.post("add", name="row", _rid=RID).status_code == 200
    if not has_cache:
        cache.clear()
    for _ in range(2):
        response = shop.post(event, **fields, _rid=RID, _state=token, _retry="1")
        assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert rows() == ["row"]
    assert shop.post("add", name="row", _rid=RID, _state=token, _retry="1").status_code == 200
    assert ran == ["add"]


def test_the_same_id_of_another_component_is_refused(shop: Shown, ann: Any) -> None:
    shop.client.force_login(ann)
    assert show(shop.client, "shop").post("count", _rid=RID).status_code == 200
    assert show(shop.client, "counter").post("increment", _rid=RID).status_code == 422


def test_the_same_id_of_another_owner_is_independent(
    db: None, register: Any, client_of: Any, ann: Any, bob: Any
) -> None:
    register(Shop, "shop")
    owners = [
        show(client_of(ann), "shop"),
        show(client_of(bob), "shop"),
        show(Client(), "shop"),
        show(Client(), "shop"),
    ]
    for number, shown in enumerate(owners):
        assert shown.post("add", name=f"row {number}", _rid=RID).status_code == 200
    assert len(rows()) == 4
    assert EventRecord.objects.filter(request_id=RID).values("owner").distinct().count() == 4
    assert EventRecord.objects.filter(owner=f"u:{ann.pk}").exists()


def test_an_owner_is_recognised_in_another_session(shop: Shown, ann: Any) -> None:
    shop.client.force_login(ann)
    shown = show(shop.client, "shop")
    token = shown.token
    first = shown.post("add", _rid=RID)
    shop.client.logout()
    shop.client.force_login(ann)
    second = shown.post("add", _rid=RID, _state=token, _retry="1")
    assert first.content == second.content
    assert rows() == ["row"]


@pytest.mark.parametrize("rid", ["short", "r" * 15, "r" * 65, "r" * 19 + "!", "r" * 19 + "\n", " " * 20, "", "é" * 20])
def test_a_request_id_has_a_form(shop: Shown, rid: str) -> None:
    for response in (shop.post("add", _rid=rid), shop.json("add", rid=rid)):
        assert (response.status_code, response.json()["code"]) == (400, "malformed")
    assert ran == []


@pytest.mark.parametrize("rid", ["r" * 16, "r" * 64, "aZ09_-" * 4])
def test_a_request_id_of_that_form_is_taken(shop: Shown, rid: str) -> None:
    assert shop.post("add", _rid=rid).status_code == 200


def test_an_event_without_a_request_id_is_not_remembered(shop: Shown) -> None:
    token = shop.token
    for name in ("a", "b"):
        assert shop.post("add", name=name, _rid=None, _state=token).status_code == 200
    assert rows() == ["a", "b"]
    assert EventRecord.objects.count() == 0


# -- a remembered answer is no way around anything


def test_a_remembered_answer_is_given_only_to_who_still_may(db: None, register: Any, client_of: Any, ann: Any) -> None:
    class May(LoggedIn):
        allowed = True

        def has_permission(self, request: Any, component: Any) -> bool:
            return super().has_permission(request, component) and self.allowed

    class Private(Shop):
        permission_classes = [May]

    register(Private, "private")
    shown = show(client_of(ann), "private")
    token = shown.token
    assert shown.post("add", _rid=RID).status_code == 200
    May.allowed = False
    response = shown.post("add", _rid=RID, _state=token, _retry="1")
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    shown.client.logout()
    assert shown.post("add", _rid=RID, _state=token, _retry="1").status_code == 401


@pytest.mark.parametrize("retry", [{}, {"_retry": "1"}])
def test_an_event_that_gives_its_object_away_is_answered_again(
    db: None, register: Any, client_of: Any, ann: Any, retry: dict[str, str]
) -> None:
    owners = ["ann"]

    class IsOwner(LoggedIn):
        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            return component.user.username == owners[-1]

    class Deed(Shop):
        permission_classes = [IsOwner]

        def on_give(self) -> None:
            owners.append("bob")

    register(Deed, "deed")
    shown = show(client_of(ann), "deed")
    token = shown.token
    first = shown.post("give", _rid=RID)
    assert first.status_code == 200
    # Told that it failed, the client would be wrong: the object is given away.
    assert shown.post("give", _rid=RID, _state=token, **retry).content == first.content
    assert shown.post("give", _rid=RID.swapcase(), _state=token).status_code == 403
    assert owners == ["ann", "bob"]


def test_a_remembered_answer_needs_the_token(shop: Shown) -> None:
    assert shop.post("add", _rid=RID).status_code == 200
    assert shop.post("add", _rid=RID, _state=None, _retry="1").status_code == 400


# -- in progress


def leave_claim(shown: Shown, event: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the id claimed, as a server does that was killed before it began."""

    class Killed(BaseException): ...

    def killed(*args: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(DjangoHost, "release", staticmethod(lambda *args: None))
        patched.setattr(DjangoHost, "unit", killed)
        with pytest.raises(Killed):
            shown.post(event, _rid=RID)


def test_an_id_in_progress_is_409_with_a_time_to_come_back(shop: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cf_core.records._WAITS", (0.001,))
    leave_claim(shop, "add", monkeypatch)
    for response in (shop.post("add", _rid=RID), shop.post("add", _rid=RID, _retry="1")):
        assert (response.status_code, response.json()["code"]) == (409, "in_progress")
        assert response["Retry-After"] == "1"
        assert response.json()["retry_after"] == 1
    assert ran == []
    cache.clear()  # the claim of a dead server ends by itself
    assert shop.post("add", _rid=RID, _retry="1").status_code == 200
    assert ran == ["add"]


def test_the_claim_of_a_dead_server_ends_by_itself(shop: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cf_core.records._DURABLE_CLAIM_SECONDS", 0.05)
    leave_claim(shop, "add", monkeypatch)
    assert shop.post("add", _rid=RID, _retry="1").status_code == 200
    assert ran == ["add"]


def test_a_repeat_waits_for_an_answer_that_comes_soon(shop: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_claim(shop, "count", monkeypatch)
    timer = threading.Timer(0.1, cache.clear)
    timer.start()
    assert shop.post("count", _rid=RID, _retry="1").status_code == 200
    timer.join()
    assert ran == ["count"]


def test_a_claim_of_a_server_that_died_after_its_commit_is_answered_by_the_record(
    shop: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cf_core.records._WAITS", (0.001,))
    token = shop.token
    with monkeypatch.context() as patched:
        patched.setattr(DjangoHost, "remember", staticmethod(lambda *args: None))
        first = shop.post("add", _rid=RID)
    second = shop.post("add", _rid=RID, _state=token, _retry="1")
    assert second.content == first.content
    assert ran == ["add"]


@on_every_database
@pytest.mark.parametrize("has_cache", [True, False])
def test_parallel_copies_of_one_request_have_one_effect(
    alias: str, register: Any, settings: Any, has_cache: bool, caplog: pytest.LogCaptureFixture
) -> None:
    class There(Shop):
        using = alias

    register(There, "there")
    if not has_cache:
        settings.CF_CORE = {"ANSWER_CACHE": "down"}
    first = show(Client(), "there")
    copies = 50 if has_cache else 12
    answers: list[tuple[int, bytes]] = []
    barrier = threading.Barrier(copies)

    def send() -> None:
        shown = Shown(Client(), "there", first.html)
        barrier.wait()
        try:
            response = shown.post("add", _rid=RID)
            answers.append((response.status_code, response.content))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(copies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == copies
    assert Item.objects.using(alias).count() == 1
    assert EventRecord.objects.using(alias).count() == 1
    given = {content for status, content in answers if status == 200}
    assert len(given) == 1
    refused = {(status, json.loads(content)["code"]) for status, content in answers if status != 200}
    assert refused <= {(409, "in_progress")}


# -- with the cache down


def test_without_a_cache_the_records_hold(shop: Shown, settings: Any, warnings_logged: Any) -> None:
    settings.CF_CORE = {"ANSWER_CACHE": "down"}
    first, second = repeat(shop, "add")
    assert first.content == second.content
    assert rows() == ["row"]
    assert any("event records alone hold" in record.getMessage() for record in warnings_logged())
    assert not any("hunter2" in record.getMessage() for record in warnings_logged())


def test_an_outage_of_the_cache_is_told_once(shop: Shown, settings: Any, warnings_logged: Any) -> None:
    settings.CF_CORE = {"ANSWER_CACHE": "down"}
    assert {shop.post("read").status_code for _ in range(20)} == {200}
    assert [record.name for record in warnings_logged()] == ["cf_core.records"]


def test_an_event_without_records_is_served_as_soon_as_the_cache_is_back(
    db: None, register: Any, settings: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bare(Shop):
        atomic = False

    register(Bare, "bare")
    shown = show(client, "bare")
    settings.CF_CORE = {"ANSWER_CACHE": "down"}
    assert shown.post("read").status_code == 503
    monkeypatch.setattr(DownCache, "add", lambda *args, **kwargs: True)
    monkeypatch.setattr(DownCache, "set", lambda *args, **kwargs: None)
    assert shown.post("read").status_code == 200


def test_a_cache_that_failed_is_asked_again_after_a_pause_and_by_one(settings: Any, monkeypatch: Any) -> None:
    told = Outages(logging.getLogger("cf_core.records"))
    assert not told.is_out("default")
    told.begin("default", "ConnectionError", "nothing is remembered")
    assert told.is_out("default")
    monkeypatch.setattr("cf_core.outages.PAUSE_SECONDS", 0)
    told.begin("default", "ConnectionError", "nothing is remembered")
    monkeypatch.setattr("cf_core.outages.PAUSE_SECONDS", 1)
    assert [told.is_out("default") for _ in range(3)] == [False, True, True]


def test_the_end_of_an_outage_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    told = Outages(logging.getLogger("cf_core.records"))
    for _ in range(3):
        told.begin("default", "ConnectionError", "nothing is remembered")
    for _ in range(3):
        told.end("default")
    assert not told.is_out("default")
    assert [record.getMessage() for record in caplog.records] == [
        "The cache 'default' fails (ConnectionError): nothing is remembered until it works again.",
        "The cache 'default' works again.",
    ]


@pytest.mark.parametrize("reason", ["not atomic", "no records"])
def test_without_a_cache_and_without_records_the_request_is_refused(
    db: None, register: Any, settings: Any, client: Client, reason: str
) -> None:
    class Bare(Shop):
        atomic = reason != "not atomic"

    register(Bare, "bare")
    shown = show(client, "bare")
    settings.CF_CORE = {"ANSWER_CACHE": "down", "EVENT_RECORDS": "off" if reason == "no records" else "writes"}
    ran.clear()
    response = shown.post("add", _rid=RID)
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert int(response["Retry-After"]) >= 1
    assert ran == []


def test_a_cache_that_goes_down_in_between_harms_nothing(shop: Shown, settings: Any) -> None:
    token = shop.token
    first = shop.post("add", _rid=RID)
    settings.CF_CORE = {"ANSWER_CACHE": "down"}
    second = shop.post("add", _rid=RID, _state=token, _retry="1")
    settings.CF_CORE = {}
    third = shop.post("add", _rid=RID, _state=token, _retry="1")
    assert first.content == second.content == third.content
    assert ran == ["add"]


def test_without_records_the_cache_alone_holds(shop: Shown, settings: Any) -> None:
    settings.CF_CORE = {"EVENT_RECORDS": "off"}
    repeat(shop, "add")
    assert ran == ["add"]
    assert EventRecord.objects.count() == 0


def test_a_component_without_transactions_is_held_by_the_cache(db: None, register: Any, client: Client) -> None:
    class Bare(Shop):
        atomic = False

    register(Bare, "bare")
    shown = show(client, "bare")
    ran.clear()
    repeat(shown, "add")
    assert ran == ["add"]
    assert EventRecord.objects.count() == 0


# -- the transaction around the request


@on_every_database
def test_an_answer_is_not_remembered_before_the_transaction_around_it_is_committed(
    alias: str, register: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class There(Shop):
        using = alias

    register(There, "there")
    monkeypatch.setitem(connections[alias].settings_dict, "ATOMIC_REQUESTS", True)
    client = Client(raise_request_exception=False)
    shown = show(client, "there")

    def fail() -> None:
        raise OperationalError("connection lost")

    monkeypatch.setattr("cf_core.records._DURABLE_CLAIM_SECONDS", 0.1)
    token = shown.token
    with monkeypatch.context() as patched:
        patched.setattr(connections[alias], "_commit", fail)
        assert shown.post("add", _rid=RID).status_code == 500
    assert Item.objects.using(alias).count() == 0
    assert shown.post("add", _rid=RID, _state=token, _retry="1").status_code == 200
    assert Item.objects.using(alias).count() == 1


# -- what is written down


def test_an_event_that_wrote_leaves_a_record(shop: Shown) -> None:
    shop.post("add", name="row", _rid=RID)
    (record,) = EventRecord.objects.all()
    assert (record.component, record.event, record.request_id) == ("shop", "add", RID)
    assert record.owner == f"c:{shop.id}"
    assert record.arguments == ""
    assert timezone.now() - record.created_at < timedelta(minutes=1)
    assert "row" not in record.digest
    assert len(record.digest) == 64


@pytest.mark.parametrize("event", ["count", "read", "complain", "quiet"])
def test_an_event_that_wrote_nothing_leaves_none(shop: Shown, event: str) -> None:
    shop.post(event, _rid=RID)
    assert EventRecord.objects.count() == 0


def test_every_event_leaves_one_where_the_project_wants_an_audit_trail(shop: Shown, settings: Any) -> None:
    settings.CF_CORE = {"EVENT_RECORDS": "all"}
    for event in ("add", "count", "read"):
        assert shop.post(event, _rid=new_rid()).status_code == 200
    assert list(EventRecord.objects.order_by("id").values_list("event", flat=True)) == ["add", "count", "read"]


def test_private_arguments_are_not_written_down(shop: Shown, settings: Any) -> None:
    settings.CF_CORE = {"EVENT_RECORDS": "all"}
    form = {"password": "hunter2-canary", "lines": [{"api_key": "hunter2-canary", "sku": "A"}], "town": "Ulm"}
    assert shop.json("pay", {"card_number": "hunter2-canary", "amount": 5, "form": form}).status_code == 200
    (record,) = EventRecord.objects.all()
    assert "hunter2" not in record.arguments
    shown = json.loads(record.arguments)
    assert shown["amount"] == 5
    assert shown["card_number"] == "********"
    assert shown["form"]["town"] == "Ulm"
    assert shown["form"]["lines"][0]["sku"] == "A"


def test_private_arguments_of_a_form_are_not_written_down(shop: Shown, settings: Any) -> None:
    settings.CF_CORE = {"EVENT_RECORDS": "all"}
    payload = json.dumps({"form": {"Secret": "hunter2-canary"}})
    assert shop.post("pay", card_number="hunter2-canary", amount="5", payload=payload).status_code == 200
    (record,) = EventRecord.objects.all()
    assert "hunter2" not in record.arguments


def test_a_record_is_text_that_says_what_happened(shop: Shown) -> None:
    shop.post("add", _rid=RID)
    assert str(EventRecord.objects.get()).startswith(f"shop.add by c:{shop.id} at 2")


def test_a_record_belongs_to_one_owner_and_id(db: None) -> None:
    from django.db import IntegrityError, transaction

    same = {"owner": "u:1", "request_id": RID, "component": "shop", "event": "add", "created_at": timezone.now()}
    EventRecord.objects.create(**same)
    with pytest.raises(IntegrityError), transaction.atomic():
        EventRecord.objects.create(**same)
    EventRecord.objects.create(**{**same, "owner": "u:2"})


def test_old_records_are_pruned(shop: Shown, settings: Any) -> None:
    for hours in (0, 23, 25, 100):
        shop.post("add", name=f"row {hours}")
        newest = EventRecord.objects.order_by("-id")[0]
        EventRecord.objects.filter(pk=newest.pk).update(created_at=timezone.now() - timedelta(hours=hours))
    out = StringIO()
    call_command("cf_prune_events", stdout=out)
    assert out.getvalue() == "Deleted 2 event record(s) older than 24 h.\n"
    assert EventRecord.objects.count() == 2
    call_command("cf_prune_events", "--hours", "1", stdout=out)
    assert EventRecord.objects.count() == 1
    settings.CF_CORE = {"EVENT_RECORD_HOURS": 1}
    EventRecord.objects.update(created_at=timezone.now() - timedelta(hours=2))
    call_command("cf_prune_events", stdout=out)
    assert EventRecord.objects.count() == 0


@pytest.mark.django_db
def test_the_migrations_are_complete() -> None:
    call_command("makemigrations", "cf_core", check=True, dry_run=True, verbosity=0)
