"""An event is one transaction, opened at its first statement: all of it is kept, or nothing is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import IntegrityError, OperationalError, connections, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cf_core import Component, ComponentDefinitionError, Invalid, UnserialisableState
from cf_core.engine.outbox import current_outbox
from cf_testing.parity import new_rid, show
from tests.components import Ledger, sent
from tests.databases import on_every_database
from tests.models import Item
from tests.permissions import Anyone
from tests.renderers import Written

pytestmark = on_every_database


def component(alias: str, handler: Callable[[Any], Any], **attributes: Any) -> Component:
    """Return a component on that database whose one event `go` is the function."""

    class Made(Component):
        using = alias
        renderer = Written(lambda component: "<p></p>")

        def on_go(self) -> Any:
            return handler(self)

    for name, value in attributes.items():
        setattr(Made, name, value)
    return Made()


def rows(alias: str) -> list[str]:
    return list(Item.objects.using(alias).order_by("name").values_list("name", flat=True))


def write(alias: str, name: str) -> None:
    Item.objects.using(alias).create(name=name)


def is_clean(alias: str) -> bool:
    """Return True if nothing of the event is left on the connection; the assertion tells what is."""
    database = connections[alias]
    left = {"get_autocommit", "on_commit", "connect", "temporary_connection"} & vars(database).keys()
    found = {
        "patched": left,
        "in_atomic_block": database.in_atomic_block,
        "autocommit": database.get_autocommit(),
        "commit_on_exit": database.commit_on_exit,
        "execute_wrappers": database.execute_wrappers,
        "run_on_commit": database.run_on_commit,
    }
    assert found == {
        "patched": set(),
        "in_atomic_block": False,
        "autocommit": True,
        "commit_on_exit": True,
        "execute_wrappers": [],
        "run_on_commit": [],
    }
    return True


# -- errors that the component shows, with nothing else kept


class Refused(Invalid):
    """What a handler raises when it is too late for `self.errors`."""

    shows_component = True


@pytest.mark.parametrize("is_async", [False, True])
def test_errors_that_a_handler_raises_may_be_shown_by_the_component(
    alias: str, register: Any, client: Client, is_async: bool
) -> None:
    def fail(self: Any) -> None:
        self.state["typed"] = "Ada"
        self.redirect("/saved/")
        self.skip_render()
        self.errors["first"] = ["Mine"]
        raise Refused(errors={"name": ["Taken"]})

    class Form(Component):
        using = alias
        permission_classes = [Anyone]
        renderer = Written(lambda component: f"<p>{component.state} {component.errors}</p>")

        def on_go(self) -> None:
            write(alias, "half")
            current_outbox.get().add(lambda: sent.append("said"))  # type: ignore[union-attr]  # in a call there is one
            fail(self)

        async def on_ago(self) -> None:
            current_outbox.get().add(lambda: sent.append("said"))  # type: ignore[union-attr]  # in a call there is one
            fail(self)

    register(Form, "form")
    shown = show(client, "form")
    rid = new_rid()
    token = shown.token
    first = shown.post("ago" if is_async else "go", _rid=rid)
    again = shown.post("ago" if is_async else "go", _rid=rid, _state=token, _retry="1")

    assert first.status_code == 422
    assert first["X-Component"]
    assert all(text in first.content.decode() for text in ("Ada", "Mine", "Taken"))
    assert "/saved/" not in str(dict(first.items()))
    assert rows(alias) == []
    assert sent == []
    assert again.content == first.content
    assert is_clean(alias)


# -- when it opens


def test_an_event_without_statements_opens_no_transaction(alias: str) -> None:
    seen: list[bool] = []
    with CaptureQueriesContext(connections[alias]) as queries:
        component(alias, lambda self: seen.append(connections[alias].in_atomic_block)).dispatch("go")
    assert queries.captured_queries == []
    assert seen == [False]
    assert is_clean(alias)


def test_the_first_statement_opens_it(alias: str) -> None:
    seen: list[bool] = []

    def go(self: Any) -> None:
        database = connections[alias]
        seen.append(database.in_atomic_block)
        Item.objects.using(alias).count()
        seen.append(database.in_atomic_block)

    component(alias, go).dispatch("go")
    assert seen == [False, True]
    assert is_clean(alias)


def test_mount_outside_an_event_opens_none(alias: str) -> None:
    seen: list[bool] = []

    class Mounts(Component):
        using = alias
        renderer = Written(lambda component: "<p></p>")

        def mount(self) -> None:
            Item.objects.using(alias).count()
            seen.append(connections[alias].in_atomic_block)

    Mounts().dispatch()
    assert seen == [False]


def test_the_last_statement_may_come_from_the_template(alias: str) -> None:
    def go(self: Any) -> None:
        write(alias, "one")
        self.renderer = Written(lambda component: f"<p>{Item.objects.using(alias).count()}</p>")

    assert component(alias, go).dispatch("go")["html"].endswith(">1</p>")
    assert rows(alias) == ["one"]


def in_a_thread(work: Callable[[], Any]) -> Any:
    """Run the work in a thread of its own, whose connections are new, and return what it returns."""
    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(work).result()
        finally:
            pool.submit(connections.close_all).result()


@pytest.mark.parametrize("begins", ["write", "read", "atomic", "on_commit", "version"])
def test_an_event_may_be_what_opens_the_connection(alias: str, begins: str) -> None:
    committed: list[int] = []

    def go(self: Any) -> None:
        assert connections[alias].connection is None
        if begins == "read":
            Item.objects.using(alias).count()
        elif begins == "atomic":
            with transaction.atomic(using=alias):
                write(alias, "inner")
        elif begins == "on_commit":
            transaction.on_commit(lambda: committed.append(1), using=alias)
        elif begins == "version":
            connections[alias].get_database_version()
        write(alias, "row")
        if begins != "on_commit":
            transaction.on_commit(lambda: committed.append(1), using=alias)

    def fails(self: Any) -> None:
        go(self)
        raise LookupError

    in_a_thread(lambda: component(alias, go).dispatch("go"))
    assert "row" in rows(alias)
    assert committed == [1]
    Item.objects.using(alias).all().delete()
    with pytest.raises(LookupError):
        in_a_thread(lambda: component(alias, fails).dispatch("go"))
    assert rows(alias) == []
    assert committed == [1]


def test_a_durable_block_is_refused_on_a_new_connection_too(alias: str) -> None:
    def go(self: Any) -> None:
        connections[alias].ensure_connection()
        with transaction.atomic(using=alias, durable=True):
            write(alias, "durable")

    with pytest.raises(RuntimeError, match="durable"):
        in_a_thread(lambda: component(alias, go).dispatch("go"))
    assert rows(alias) == []


@pytest.mark.parametrize("is_new", [False, True])
def test_an_event_has_the_isolation_that_the_project_has_chosen(alias: str, is_new: bool) -> None:
    """Read committed, as Django sets it: what others have committed meanwhile is seen."""
    if alias == "default":
        pytest.skip("SQLite lets nobody write meanwhile")
    seen: list[list[str]] = []

    def go(self: Any) -> None:
        seen.append(rows(alias))
        in_a_thread(lambda: write(alias, "meanwhile"))
        seen.append(rows(alias))

    if is_new:
        in_a_thread(lambda: component(alias, go).dispatch("go"))
    else:
        component(alias, go).dispatch("go")
    assert seen == [[], ["meanwhile"]]


# -- what fails


@pytest.fixture
def ledger(alias: str, register: Any) -> type[Component]:
    return register(type("LedgerThere", (Ledger,), {"using": alias, "template_name": "components/ledger.html"}))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("fail", RuntimeError),
        ("break_template", RuntimeError),
        ("render_two_roots", ComponentDefinitionError),
        ("break_sealing", UnserialisableState),
    ],
)
def test_a_failure_after_a_write_keeps_nothing(
    alias: str, ledger: type[Component], event: str, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        ledger().dispatch(event, {"name": "half"})
    assert rows(alias) == []
    assert sent == []
    assert is_clean(alias)
    ledger().dispatch("write", {"name": "whole"})
    assert rows(alias) == ["whole"]
    assert sent == ["whole"]


def test_a_handler_that_cannot_be_awaited_to_its_end_keeps_nothing(alias: str) -> None:
    async def rest() -> None:
        await Item.objects.using(alias).acreate(name="second")
        raise LookupError

    def go(self: Any) -> Any:
        write(alias, "first")
        return rest()

    with pytest.raises(LookupError):
        component(alias, go).dispatch("go")
    with pytest.raises(LookupError):
        async_to_sync(component(alias, go).adispatch)("go")
    assert rows(alias) == []
    assert is_clean(alias)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_interrupted_event_keeps_nothing(alias: str, error: type[BaseException]) -> None:
    def go(self: Any) -> None:
        write(alias, "half")
        raise error

    with pytest.raises(error):
        component(alias, go).dispatch("go")
    assert rows(alias) == []
    assert is_clean(alias)


def test_without_atomic_what_was_written_stays(alias: str) -> None:
    def go(self: Any) -> None:
        write(alias, "first")
        raise LookupError

    with pytest.raises(LookupError):
        component(alias, go, atomic=False).dispatch("go")
    assert rows(alias) == ["first"]
    assert is_clean(alias)


def test_writes_of_every_kind_belong_to_it(alias: str) -> None:
    def go(self: Any) -> None:
        items = Item.objects.using(alias)
        items.bulk_create([Item(name="a"), Item(name="b")])
        items.filter(name="a").update(stock=5)
        items.filter(name="b").delete()
        with connections[alias].cursor() as cursor:
            cursor.execute("INSERT INTO tests_item (name, stock) VALUES (%s, 1)", ["c"])
            cursor.executemany("INSERT INTO tests_item (name, stock) VALUES (%s, 1)", [["d"], ["e"]])
        raise LookupError

    write(alias, "before")
    with pytest.raises(LookupError):
        component(alias, go).dispatch("go")
    assert rows(alias) == ["before"]


# -- an author's own transactions come before the first statement


def test_a_statement_may_be_composed(alias: str) -> None:
    if connections[alias].vendor != "postgresql":
        pytest.skip("composed statements are psycopg's")
    from psycopg import sql

    def go(self: Any) -> None:
        with connections[alias].cursor() as cursor:
            cursor.execute(sql.SQL("INSERT INTO tests_item (name, stock) VALUES ({}, 1)").format("a"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        component(alias, go).dispatch("go")
    assert rows(alias) == []


def test_an_own_atomic_block_is_part_of_the_event(alias: str) -> None:
    def go(self: Any) -> None:
        with transaction.atomic(using=alias):
            write(alias, "inner")
        raise LookupError

    with pytest.raises(LookupError):
        component(alias, go).dispatch("go")
    assert rows(alias) == []
    assert is_clean(alias)


def test_an_own_atomic_block_that_fails_takes_only_itself_back(alias: str) -> None:
    def go(self: Any) -> None:
        with suppress(LookupError), transaction.atomic(using=alias):
            write(alias, "inner")
            raise LookupError
        write(alias, "outer")

    component(alias, go).dispatch("go")
    assert rows(alias) == ["outer"]
    assert is_clean(alias)


def test_an_own_atomic_block_without_savepoint_takes_the_event_back(alias: str) -> None:
    def keeps(self: Any) -> None:
        with transaction.atomic(using=alias, savepoint=False):
            write(alias, "kept")

    def fails(self: Any) -> None:
        with transaction.atomic(using=alias, savepoint=False):
            write(alias, "inner")
        raise LookupError

    component(alias, keeps).dispatch("go")
    with pytest.raises(LookupError):
        component(alias, fails).dispatch("go")
    assert rows(alias) == ["kept"]
    assert is_clean(alias)


def test_blocks_inside_blocks(alias: str) -> None:
    def go(self: Any) -> None:
        with transaction.atomic(using=alias):
            write(alias, "1")
            with suppress(IntegrityError), transaction.atomic(using=alias):
                write(alias, "2")
                write(alias, "1")
            with transaction.atomic(using=alias, savepoint=False):
                write(alias, "3")

    component(alias, go).dispatch("go")
    assert rows(alias) == ["1", "3"]
    assert is_clean(alias)


@pytest.mark.parametrize("has_written", [False, True])
def test_a_durable_block_is_refused_because_it_could_not_be_durable(alias: str, has_written: bool) -> None:
    def go(self: Any) -> None:
        if has_written:
            write(alias, "first")
        with transaction.atomic(using=alias, durable=True):
            write(alias, "durable")

    with pytest.raises(RuntimeError, match="durable"):
        component(alias, go).dispatch("go")
    assert rows(alias) == []
    assert is_clean(alias)


def test_a_durable_block_is_fine_without_atomic(alias: str) -> None:
    def go(self: Any) -> None:
        with transaction.atomic(using=alias, durable=True):
            write(alias, "durable")
        raise LookupError

    with pytest.raises(LookupError):
        component(alias, go, atomic=False).dispatch("go")
    assert rows(alias) == ["durable"]


@pytest.mark.parametrize("first", ["on_commit", "write"])
def test_on_commit_waits_for_the_event(alias: str, first: str) -> None:
    order: list[str] = []

    def go(self: Any) -> None:
        if first == "write":
            write(alias, "row")
        transaction.on_commit(lambda: order.append("committed"), using=alias)
        order.append("handled")
        if first == "on_commit":
            write(alias, "row")

    component(alias, go).dispatch("go")
    assert order == ["handled", "committed"]
    assert rows(alias) == ["row"]
    assert is_clean(alias)


def test_on_commit_of_a_failed_event_never_comes(alias: str) -> None:
    called: list[int] = []

    def go(self: Any) -> None:
        transaction.on_commit(lambda: called.append(1), using=alias)
        raise LookupError

    with pytest.raises(LookupError):
        component(alias, go).dispatch("go")
    transaction.on_commit(lambda: called.append(2), using=alias)
    assert called == [2]


def test_on_commit_with_robust_swallows_what_fails(alias: str, caplog: pytest.LogCaptureFixture) -> None:
    def explode() -> None:
        raise LookupError("in on_commit")

    def go(self: Any) -> None:
        transaction.on_commit(explode, using=alias, robust=True)
        write(alias, "row")

    component(alias, go).dispatch("go")
    assert rows(alias) == ["row"]
    assert "in on_commit" in caplog.text


def test_select_for_update_may_be_the_first_statement(alias: str) -> None:
    write(alias, "row")

    def go(self: Any) -> None:
        row = Item.objects.using(alias).select_for_update().get(name="row")
        row.stock += 1
        row.save()

    component(alias, go).dispatch("go")
    assert Item.objects.using(alias).get().stock == 1


def test_the_connection_tells_the_truth_about_autocommit_in_a_handler(alias: str) -> None:
    seen: list[bool] = []

    def go(self: Any) -> None:
        seen.append(transaction.get_autocommit(using=alias))

    component(alias, go).dispatch("go")
    assert seen == [False]
    assert is_clean(alias)


def test_get_or_create_and_update_or_create_work_first_thing(alias: str) -> None:
    def go(self: Any) -> None:
        Item.objects.using(alias).get_or_create(name="a")
        Item.objects.using(alias).update_or_create(name="a", defaults={"stock": 7})

    component(alias, go).dispatch("go")
    assert Item.objects.using(alias).get().stock == 7
    assert is_clean(alias)


def test_an_integrity_error_that_is_caught_in_a_block_harms_nothing(alias: str) -> None:
    write(alias, "taken")

    def go(self: Any) -> None:
        try:
            with transaction.atomic(using=alias):
                write(alias, "taken")
        except IntegrityError:
            self.errors["name"] = ["taken"]
        write(alias, "other")

    component(alias, go).dispatch("go")
    assert rows(alias) == ["other", "taken"]


# -- events in events, events in the author's transactions


def test_an_event_inside_an_event_is_a_savepoint(alias: str) -> None:
    def inner(self: Any) -> None:
        write(alias, "inner")
        raise LookupError

    def outer(self: Any) -> None:
        write(alias, "outer")
        with pytest.raises(LookupError):
            component(alias, inner).dispatch("go")

    component(alias, outer).dispatch("go")
    assert rows(alias) == ["outer"]
    assert is_clean(alias)


@pytest.mark.parametrize("begins", ["statement", "atomic", "on_commit"])
def test_an_inner_event_that_is_first_at_the_database_still_belongs_to_the_outer_one(alias: str, begins: str) -> None:
    called: list[str] = []

    def inner(self: Any) -> None:
        if begins == "atomic":
            with transaction.atomic(using=alias):
                write(alias, "inner")
        elif begins == "on_commit":
            transaction.on_commit(lambda: called.append("inner"), using=alias)
            write(alias, "inner")
        else:
            write(alias, "inner")

    def outer(self: Any) -> None:
        component(alias, inner).dispatch("go")
        write(alias, "outer")
        raise LookupError

    with pytest.raises(LookupError):
        component(alias, outer).dispatch("go")
    assert rows(alias) == []
    assert called == []
    assert is_clean(alias)


@pytest.mark.parametrize("begins", ["statement", "atomic"])
def test_an_inner_event_that_fails_takes_only_itself_back(alias: str, begins: str) -> None:
    def inner(self: Any) -> None:
        if begins == "atomic":
            with transaction.atomic(using=alias):
                write(alias, "inner")
        else:
            write(alias, "inner")
        raise LookupError

    def outer(self: Any) -> None:
        with pytest.raises(LookupError):
            component(alias, inner).dispatch("go")
        write(alias, "outer")

    component(alias, outer).dispatch("go")
    assert rows(alias) == ["outer"]
    assert is_clean(alias)


def test_messages_of_an_inner_event_wait_for_the_outer_one(alias: str) -> None:
    def say(text: str) -> None:
        outbox = current_outbox.get()
        assert outbox is not None
        outbox.add(lambda: sent.append(text))

    def inner(self: Any) -> None:
        write(alias, "inner")
        say("inner")

    def outer(self: Any) -> None:
        component(alias, inner).dispatch("go")
        assert sent == []
        write(alias, "outer")
        say("outer")

    component(alias, outer).dispatch("go")
    assert sent == ["inner", "outer"]


def test_an_event_inside_the_authors_transaction_goes_with_it(alias: str) -> None:
    with suppress(LookupError), transaction.atomic(using=alias):
        component(alias, lambda self: write(alias, "event")).dispatch("go")
        raise LookupError
    assert rows(alias) == []
    with transaction.atomic(using=alias):
        with pytest.raises(LookupError):
            component(alias, lambda self: (write(alias, "event"), explode())).dispatch("go")
        write(alias, "after")
    assert rows(alias) == ["after"]
    assert is_clean(alias)


def explode() -> None:
    raise LookupError


def test_messages_leave_after_the_commit(alias: str) -> None:
    seen: list[tuple[bool, list[str]]] = []

    def go(self: Any) -> None:
        write(alias, "row")
        outbox = current_outbox.get()
        assert outbox is not None
        outbox.add(lambda: seen.append((connections[alias].in_atomic_block, rows(alias))))

    component(alias, go).dispatch("go")
    assert seen == [(False, ["row"])]


def test_a_message_that_cannot_be_sent_does_not_undo_the_event(alias: str, caplog: pytest.LogCaptureFixture) -> None:
    def go(self: Any) -> None:
        write(alias, "row")
        outbox = current_outbox.get()
        assert outbox is not None
        outbox.add(explode)
        outbox.add(lambda: sent.append("second"))

    component(alias, go).dispatch("go")
    assert rows(alias) == ["row"]
    assert sent == ["second"]
    assert "could not be sent" in caplog.text


# -- over HTTP


@pytest.fixture
def shown(alias: str, ledger: type[Component]) -> Any:
    return show(Client(), "ledgerthere")


@pytest.mark.parametrize(
    ("event", "status"), [("fail", 500), ("break_template", 500), ("render_two_roots", 500), ("break_sealing", 500)]
)
@pytest.mark.parametrize("has_atomic_requests", [False, True])
def test_a_failed_request_keeps_nothing(
    alias: str, shown: Any, event: str, status: int, has_atomic_requests: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections[alias].settings_dict, "ATOMIC_REQUESTS", has_atomic_requests)
    assert shown.post(event, name="half").status_code == status
    assert rows(alias) == []
    assert sent == []
    assert shown.post("write", name="whole").status_code == 200
    assert rows(alias) == ["whole"]
    assert sent == ["whole"]
    assert is_clean(alias)


def test_a_repeated_request_under_atomic_requests_has_one_effect(
    alias: str, shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections[alias].settings_dict, "ATOMIC_REQUESTS", True)
    rid, token = new_rid(), shown.token
    first = shown.post("write", name="row", _rid=rid)
    second = shown.post("write", name="row", _rid=rid, _state=token, _retry="1")
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert rows(alias) == ["row"]


def test_a_commit_that_fails_is_503_and_keeps_nothing(
    alias: str, shown: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise OperationalError("hunter2-canary")

    rid = new_rid()
    with monkeypatch.context() as patched:
        patched.setattr(connections[alias], "_commit", fail)
        response = shown.post("write", name="row", _rid=rid)
    assert response.status_code == 503
    assert response.json()["code"] == "unavailable"
    assert int(response["Retry-After"]) >= 1
    assert rows(alias) == []
    assert sent == []
    assert shown.post("write", name="row", _rid=rid, _retry="1").status_code == 200
    assert rows(alias) == ["row"]


def test_parallel_events_lose_nothing(alias: str, register: Any) -> None:
    write(alias, "shared")

    class Adds(Component):
        using = alias
        permission_classes = [Anyone]
        renderer = Written(lambda component: "<p></p>")

        def on_add(self) -> None:
            Item.objects.using(alias).filter(name="shared").update(stock=F("stock") + 1)

    register(Adds)
    statuses: list[int] = []

    def click() -> None:
        try:
            shown = show(Client(), "adds")
            statuses.extend(shown.post("add").status_code for _ in range(3))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 24
    assert Item.objects.using(alias).get().stock == 24
