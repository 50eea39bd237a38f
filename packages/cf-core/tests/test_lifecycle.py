"""The one way through, the same for `def` and `async def` and for every way to start it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, connections
from django.test import AsyncClient, Client

from cf_core import AuthRequired, Component, ComponentDefinitionError, Forbidden, Invalid, NotFound, registry
from cf_core.engine.drivers import run_sync
from cf_core.engine.outbox import current_outbox
from cf_core.engine.ports import Pause
from cf_testing.parity import id_in, new_rid, token_in
from tests.components import sent
from tests.models import Item
from tests.permissions import LoggedIn, Mine, MineAsync
from tests.renderers import Inline

TEMPLATE = Inline("<ul>{% for name in state.names %}<li>{{ name }}</li>{% endfor %}<li>{{ total }}</li></ul>")


class Allows:
    def has_permission(self, request: Any, component: Any) -> bool:
        return Item.objects.filter(name="closed").count() == 0

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        return obj is component and Item.objects.filter(name="locked").count() == 0


class AllowsAsync:
    async def has_permission(self, request: Any, component: Any) -> bool:
        return await Item.objects.filter(name="closed").acount() == 0

    async def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        return obj is component and await Item.objects.filter(name="locked").acount() == 0


class Plain(Component):
    """Everything that an author may write, as `def`, with the ORM in all of it."""

    permission_classes = [Allows]
    public_params = ["first"]
    renderer = TEMPLATE

    def mount(self, first: str = "one") -> None:
        Item.objects.get_or_create(name=first)
        self.state["names"] = list(Item.objects.order_by("id").values_list("name", flat=True))

    def hydrate(self, state: dict[str, Any]) -> None:
        self.state = {**state, "hydrated": Item.objects.count()}

    def on_add(self, name: str, stock: int = 0) -> None:
        Item.objects.create(name=name, stock=stock)
        self.state["names"] = list(Item.objects.order_by("id").values_list("name", flat=True))

    def on_break(self, name: str) -> None:
        Item.objects.create(name=name)
        raise LookupError("no such thing")

    def before_render(self) -> None:
        self.total = Item.objects.count()

    def get_context(self) -> dict[str, Any]:
        return {"total": self.total}


class Awaiting(Component):
    """The same as `async def`."""

    permission_classes = [AllowsAsync]
    public_params = ["first"]
    renderer = TEMPLATE

    async def mount(self, first: str = "one") -> None:
        await Item.objects.aget_or_create(name=first)
        await self._read()

    async def hydrate(self, state: dict[str, Any]) -> None:
        self.state = {**state, "hydrated": await Item.objects.acount()}

    async def on_add(self, name: str, stock: int = 0) -> None:
        await Item.objects.acreate(name=name, stock=stock)
        await self._read()

    async def on_break(self, name: str) -> None:
        await Item.objects.acreate(name=name)
        raise LookupError("no such thing")

    async def before_render(self) -> None:
        self.total = await Item.objects.acount()

    def get_context(self) -> dict[str, Any]:
        return {"total": self.total}

    async def _read(self) -> None:
        self.state["names"] = [name async for name in Item.objects.order_by("id").values_list("name", flat=True)]


class Mixed(Plain):
    """Some of it so, some so."""

    async def on_add(self, name: str, stock: int = 0) -> None:
        await sync_to_async(super().on_add)(name, stock)

    async def mount(self, first: str = "one") -> None:
        await asyncio.sleep(0)
        await sync_to_async(super().mount)(first)


@pytest.fixture(params=[Plain, Awaiting, Mixed], ids=["def", "async def", "mixed"])
def kind(request: pytest.FixtureRequest, register: Any) -> type[Component]:
    return register(request.param, "kind")


# -- ways to start it: each mounts, then runs the events, and returns the last HTML without its root


def by_wsgi(cls: type[Component], *events: tuple[str, dict[str, Any]], **params: Any) -> str:
    client = Client()
    response = client.post("/components/kind/", json.dumps({"params": params}), content_type="application/json")
    body = raise_refusal(response.status_code, response.json())
    for event, payload in events:
        data = {"event": event, "payload": payload, "state": body["state"], "rid": new_rid()}
        response = client.post("/components/kind/", json.dumps(data), content_type="application/json")
        body = raise_refusal(response.status_code, response.json())
    return str(body["html"])


def by_asgi(cls: type[Component], *events: tuple[str, dict[str, Any]], **params: Any) -> str:
    async def ask() -> str:
        client = AsyncClient()
        response = await client.get("/components/kind/", params, headers={"HX-Request": "true"})
        if response.status_code >= 400:
            raise_refusal(response.status_code, response.json())
        html = response.content.decode()
        for event, payload in events:
            data = {"event": event, "_state": token_in(html), "_rid": new_rid(), **payload}
            response = await client.post("/components/kind/", data, headers={"HX-Request": "true"})
            if response.status_code >= 400:
                raise_refusal(response.status_code, response.json())
            html = response.content.decode()
        return html

    return async_to_sync(ask)()


def by_dispatch(cls: type[Component], *events: tuple[str, dict[str, Any]], **params: Any) -> str:
    component = cls(**params)
    html = component.dispatch()["html"]
    for event, payload in events:
        html = component.dispatch(event, payload)["html"]
    return str(html)


def by_adispatch(cls: type[Component], *events: tuple[str, dict[str, Any]], **params: Any) -> str:
    async def ask() -> str:
        component = cls(**params)
        html = (await component.adispatch())["html"]
        for event, payload in events:
            html = (await component.adispatch(event, payload))["html"]
        return str(html)

    return async_to_sync(ask)()


def by_one_call(cls: type[Component], *events: tuple[str, dict[str, Any]], **params: Any) -> str:
    """As in a shell: the first event mounts."""
    component = cls(**params)
    for event, payload in events:
        html = component.dispatch(event, payload)["html"]
    return str(html)


def by_helpers(cls: type[Component], *events: tuple[str, dict[str, Any]], **params: Any) -> str:
    """As in a project's own tests."""
    pytest.importorskip("cf_testing")
    from cf_testing import make_component

    component = make_component(cls, user=None, **params)
    html = component.dispatch()["html"]
    for event, payload in events:
        html = component.dispatch(event, payload)["html"]
    return str(html)


def raise_refusal(status: int, body: dict[str, Any]) -> dict[str, Any]:
    """Raise what the status stands for, so that every way fails alike."""
    if status == 500:
        raise LookupError(body["code"])
    kinds: dict[int, type[Exception]] = {401: AuthRequired, 403: Forbidden, 404: NotFound}
    if status in kinds:
        raise kinds[status](body["code"])
    if status == 422 and "html" not in body:
        raise Invalid(errors=body["errors"])
    return body


@pytest.fixture(
    params=[by_wsgi, by_asgi, by_dispatch, by_adispatch, by_one_call, by_helpers], ids=lambda way: way.__name__
)
def way(request: pytest.FixtureRequest) -> Callable[..., str]:
    return request.param


@pytest.fixture(params=[False, True], ids=["def", "async def"])
def is_async(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def events_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "cf_core.views")


@pytest.mark.django_db
def test_mount_and_events_give_the_same_result(kind: type[Component], way: Callable[..., str]) -> None:
    html = way(kind, ("add", {"name": "two", "stock": "5"}), ("add", {"name": "three"}), first="first")
    inner = html.partition(">")[2]
    assert inner == "<li>first</li><li>two</li><li>three</li><li>3</li></ul>"
    assert list(Item.objects.order_by("id").values_list("name", "stock")) == [("first", 0), ("two", 5), ("three", 0)]


@pytest.mark.django_db
def test_a_handler_that_fails_leaves_nothing_behind(
    kind: type[Component], way: Callable[..., str], events_logged: None
) -> None:
    with pytest.raises(LookupError):
        way(kind, ("break", {"name": "half"}))
    assert not Item.objects.filter(name="half").exists()
    assert way(kind, ("add", {"name": "whole"})).endswith("<li>whole</li><li>2</li></ul>")


@pytest.mark.django_db
@pytest.mark.parametrize("closed", ["closed", "locked"])
def test_permission_checks_refuse(kind: type[Component], way: Callable[..., str], closed: str) -> None:
    Item.objects.create(name=closed)
    with pytest.raises(AuthRequired):
        way(kind, ("add", {"name": "two"}))
    assert list(Item.objects.exclude(name="one").values_list("name", flat=True)) == [closed]


@pytest.mark.django_db
@pytest.mark.parametrize("fails", [False, True])
def test_an_event_may_run_another_components_event(
    register: Any, way: Callable[..., str], is_async: bool, fails: bool, events_logged: None
) -> None:
    class Inner(Component):
        renderer = Inline("<p></p>")

        async def on_write(self) -> None:
            await Item.objects.acreate(name="inner")

    class Outer(Component):
        permission_classes = [Allows]
        renderer = Inline("<p></p>")

        def on_go(self) -> None:
            Inner().dispatch("write")
            Item.objects.create(name="outer")
            if fails:
                raise LookupError

    class OuterAsync(Component):
        permission_classes = [Allows]
        renderer = Inline("<p></p>")

        async def on_go(self) -> None:
            await Inner().adispatch("write")
            await Item.objects.acreate(name="outer")
            if fails:
                raise LookupError

    register(OuterAsync if is_async else Outer, "kind")
    try:
        way(registry.get("kind"), ("go", {}))
    except LookupError:
        assert fails
    assert Item.objects.count() == (0 if fails else 2)


@pytest.mark.django_db
def test_a_payload_that_does_not_fit_is_refused(kind: type[Component], way: Callable[..., str]) -> None:
    with pytest.raises(Invalid) as refused:
        way(kind, ("add", {"name": "two", "stock": "many"}))
    assert list(refused.value.errors) == ["stock"]
    assert not Item.objects.filter(name="two").exists()


@pytest.mark.django_db
def test_an_unknown_event_is_refused(kind: type[Component], way: Callable[..., str]) -> None:
    with pytest.raises(NotFound):
        way(kind, ("mount", {}))
    assert not Item.objects.exclude(name="one").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("policy", [Mine, MineAsync])
def test_the_object_is_asked_for_after_restore_and_before_the_handler(policy: Any, ann: Any, bob: Any) -> None:
    touched: list[str] = []

    class Note(Component):
        permission_classes = [policy]
        renderer = Inline("<p></p>")

        def mount(self, owner: int) -> None:
            self.state["owner"] = owner

        def on_touch(self) -> None:
            touched.append("note")

    Note(user=ann, owner=ann.pk).dispatch("touch")
    with pytest.raises(Forbidden) as refused:
        Note(user=bob, owner=ann.pk).dispatch("touch")
    assert refused.value.public == "This belongs to somebody else"
    assert touched == ["note"]


@pytest.mark.django_db
def test_the_bound_instance_is_the_object_of_permission_checks(ann: Any) -> None:
    asked: list[Any] = []

    class Sees:
        def has_permission(self, request: Any, component: Any) -> bool:
            asked.append((component.params["pk"], component.event, component.state))
            return True

        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            asked.append(obj)
            return True

    class Bound(Component):
        permission_classes = [Sees]
        renderer = Inline("<p></p>")

        def mount(self, pk: int) -> None:
            self.instance = Item(name=f"item {pk}")
            self.state["pk"] = pk

        def on_touch(self) -> None: ...

    component = Bound(pk=4)
    component.dispatch("touch")
    assert asked == [(4, "touch", {"pk": 4}), component.instance] or asked == [(4, "touch", {}), component.instance]


def test_permission_classes_see_params_and_event_but_no_state() -> None:
    seen: list[Any] = []

    class Sees:
        def has_permission(self, request: Any, component: Any) -> bool:
            seen.append((dict(component.params), component.event, dict(component.state), component.is_mounted))
            return True

    class Quiz(Component):
        permission_classes = [Sees]
        renderer = Inline("<p></p>")

        def mount(self, quiz_id: int) -> None:
            self.state["answers"] = []

        def on_answer(self) -> None: ...

    Quiz(quiz_id=3).dispatch("answer")
    assert seen == [({"quiz_id": 3, "user": None, "user_id": None}, "answer", {}, False)]


def test_every_class_is_asked_once_in_order_until_one_refuses() -> None:
    asked: list[str] = []

    def policy(name: str, answer: bool) -> type:
        def has_permission(self: Any, request: Any, component: Any) -> bool:
            asked.append(name)
            return answer

        return type(name, (), {"has_permission": has_permission})

    first, second, third = policy("first", True), policy("second", False), policy("third", True)

    class Guarded(Component):
        permission_classes = [first, first, second, third]

    with pytest.raises(AuthRequired):
        Guarded().dispatch()
    assert asked == ["first", "second"]


def test_a_falsy_answer_refuses_and_a_truthy_one_admits() -> None:
    class Answers:
        answer: Any = None

        def has_permission(self, request: Any, component: Any) -> Any:
            return self.answer

    class Guarded(Component):
        permission_classes = [Answers]
        renderer = Inline("<p></p>")

    for answer in (None, 0, "", []):
        Answers.answer = answer
        with pytest.raises(AuthRequired):
            Guarded().dispatch()
    for answer in (True, 1, "yes"):
        Answers.answer = answer
        Guarded().dispatch()


@pytest.mark.django_db(transaction=True)
def test_messages_leave_once_what_they_tell_of_is_durable(
    register: Any, way: Callable[..., str], is_async: bool, events_logged: None
) -> None:
    def say(text: str) -> None:
        outbox = current_outbox.get()
        assert outbox is not None
        outbox.add(lambda: sent.append((text, connection.in_atomic_block)))  # type: ignore[arg-type]

    class Says(Component):
        permission_classes = [Allows]
        renderer = Inline("<p></p>")

        def on_say(self, text: str, fails: bool = False) -> None:
            Item.objects.create(name=text)
            say(text)
            if fails:
                raise LookupError

    class SaysAsync(Component):
        permission_classes = [Allows]
        renderer = Inline("<p></p>")

        async def on_say(self, text: str, fails: bool = False) -> None:
            await Item.objects.acreate(name=text)
            say(text)
            if fails:
                raise LookupError

    register(SaysAsync if is_async else Says, "kind")
    way(registry.get("kind"), ("say", {"text": "a"}), ("say", {"text": "b"}))
    assert sent == [("a", False), ("b", False)]
    with pytest.raises(LookupError):
        way(registry.get("kind"), ("say", {"text": "c", "fails": True}))
    assert len(sent) == 2
    assert current_outbox.get() is None


# -- the drivers


def run_in_loop(coroutine: Any) -> Any:
    """Run a coroutine on a loop of its own, and close the connections of the thread that it made."""

    async def whole() -> Any:
        try:
            return await coroutine
        finally:
            await sync_to_async(connections.close_all)()

    return asyncio.run(whole())


def test_dispatch_on_a_running_loop_names_adispatch() -> None:
    async def ask() -> None:
        Silent().dispatch()

    with pytest.raises(RuntimeError, match=r"adispatch\(\)"):
        run_in_loop(ask())


def test_dispatch_in_a_thread_beside_a_running_loop_is_fine() -> None:
    async def ask() -> Any:
        return await asyncio.to_thread(Silent().dispatch)

    assert run_in_loop(ask())["html"].startswith("<p")


class Silent(Component):
    renderer = Inline("<p>{{ state.log }}</p>")

    def mount(self) -> None:
        self.state["log"] = []

    async def on_wait(self) -> None:
        await asyncio.sleep(0)
        self.state["log"].append("waited")

    def on_work(self) -> None:
        self.state["log"].append(threading.current_thread().name)


def test_sync_code_of_an_async_call_runs_in_djangos_thread() -> None:
    async def ask() -> tuple[Any, str]:
        result = await Silent().adispatch("work")
        return result["state"]["log"], await sync_to_async(lambda: threading.current_thread().name)()

    log, name = run_in_loop(ask())
    assert log == [name]
    assert name != threading.current_thread().name


def test_sync_code_of_a_sync_call_runs_in_the_callers_thread() -> None:
    assert Silent().dispatch("work")["state"]["log"] == [threading.current_thread().name]


def test_async_handlers_run_on_the_callers_loop() -> None:
    loops: list[Any] = []

    class Looks(Component):
        renderer = Inline("<p></p>")

        async def on_look(self) -> None:
            loops.append(asyncio.get_running_loop())

    async def ask() -> Any:
        await Looks().adispatch("look")
        return asyncio.get_running_loop()

    loop = run_in_loop(ask())
    assert loops == [loop]


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_async_handler_is_rolled_back_in_the_thread_that_holds_its_transaction() -> None:
    reached = asyncio.Event()

    class Slow(Component):
        renderer = Inline("<p></p>")

        async def on_write(self) -> None:
            await Item.objects.acreate(name="half")
            reached.set()
            await asyncio.sleep(60)

    async def ask() -> bool:
        task = asyncio.create_task(Slow().adispatch("write"))
        await asyncio.wait_for(reached.wait(), 10)
        assert await sync_to_async(lambda: connection.in_atomic_block)()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await sync_to_async(lambda: connection.in_atomic_block)()

    assert run_in_loop(ask()) is False
    assert Item.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_call_cancelled_in_the_middle_of_sync_code_is_waited_for() -> None:
    started, go_on = threading.Event(), threading.Event()

    class Slow(Component):
        renderer = Inline("<p></p>")

        def on_write(self) -> None:
            Item.objects.create(name="whole")
            started.set()
            assert go_on.wait(10)

    async def ask() -> bool:
        task = asyncio.create_task(Slow().adispatch("write"))
        await asyncio.to_thread(started.wait, 10)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await sync_to_async(lambda: connection.in_atomic_block)()

    assert run_in_loop(ask()) is False
    assert Item.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_call_cancelled_between_sync_code_and_await_is_rolled_back() -> None:
    started, go_on = threading.Event(), threading.Event()

    class Slow(Component):
        renderer = Inline("<p></p>")

        def on_write(self) -> Any:
            Item.objects.create(name="half")
            started.set()
            assert go_on.wait(10)
            return self._rest()

        async def _rest(self) -> None:
            await Item.objects.acreate(name="other half")

    async def ask() -> bool:
        task = asyncio.create_task(Slow().adispatch("write"))
        await asyncio.to_thread(started.wait, 10)
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await sync_to_async(lambda: connection.in_atomic_block)()

    assert run_in_loop(ask()) is False
    assert Item.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_parallel_async_calls_do_not_share_a_transaction() -> None:
    class Writer(Component):
        renderer = Inline("<p></p>")

        async def on_write(self, name: str, fails: bool = False) -> None:
            await Item.objects.acreate(name=name)
            await asyncio.sleep(0.01)
            if fails:
                raise LookupError(name)

    async def ask() -> list[Any]:
        calls = [Writer().adispatch("write", {"name": f"n{i}", "fails": i % 2 == 1}) for i in range(6)]
        return await asyncio.gather(*calls, return_exceptions=True)

    results = run_in_loop(ask())
    assert [isinstance(result, LookupError) for result in results] == [False, True] * 3
    assert sorted(Item.objects.values_list("name", flat=True)) == ["n0", "n2", "n4"]


@pytest.mark.django_db(transaction=True)
def test_an_async_call_inside_another_does_not_wait_for_it() -> None:
    class Inner(Component):
        renderer = Inline("<p></p>")

        async def on_write(self) -> None:
            await Item.objects.acreate(name="inner")

    class Outer(Component):
        renderer = Inline("<p></p>")

        async def on_write(self) -> None:
            await Item.objects.acreate(name="outer")
            await Inner().adispatch("write")

    async def ask() -> None:
        await asyncio.wait_for(Outer().adispatch("write"), 10)

    run_in_loop(ask())
    assert Item.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_async_call_that_a_handler_starts_without_waiting_has_a_transaction_of_its_own() -> None:
    tasks: list[asyncio.Task[Any]] = []

    class Inner(Component):
        renderer = Inline("<p></p>")

        async def on_write(self) -> None:
            await Item.objects.acreate(name="inner")

    async def later() -> None:
        await asyncio.sleep(0.05)
        await Inner().adispatch("write")

    class Outer(Component):
        renderer = Inline("<p></p>")

        async def on_write(self) -> None:
            tasks.append(asyncio.create_task(later()))
            await Item.objects.acreate(name="outer")

    async def ask() -> None:
        await Outer().adispatch("write")
        await asyncio.gather(*tasks, *(Inner().adispatch() for _ in range(3)))

    run_in_loop(ask())
    assert sorted(Item.objects.values_list("name", flat=True)) == ["inner", "outer"]


@pytest.mark.django_db(transaction=True)
def test_a_call_cancelled_while_it_waits_for_its_turn_never_begins() -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    class Slow(Component):
        renderer = Inline("<p></p>")

        async def on_write(self, name: str) -> None:
            await Item.objects.acreate(name=name)
            reached.set()
            await go_on.wait()

    async def ask() -> None:
        first = asyncio.create_task(Slow().adispatch("write", {"name": "first"}))
        await asyncio.wait_for(reached.wait(), 10)
        second = asyncio.create_task(Slow().adispatch("write", {"name": "second"}))
        await asyncio.sleep(0.01)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        go_on.set()
        await first
        await Silent().adispatch("work")

    run_in_loop(ask())
    assert list(Item.objects.values_list("name", flat=True)) == ["first"]


def test_steps_that_want_to_wait_are_waited_for() -> None:
    def steps() -> Any:
        got = yield Pause(0.001)
        assert got is None
        return (yield 5)

    assert run_sync(steps()) == 5


def test_what_an_awaited_value_raises_reaches_the_generator() -> None:
    async def fails() -> None:
        raise LookupError("from the coroutine")

    def steps() -> Any:
        try:
            yield fails()
        except LookupError as error:
            return str(error)

    assert run_sync(steps()) == "from the coroutine"


def test_a_generator_is_always_closed() -> None:
    closed: list[str] = []

    class Fails:
        def has_permission(self, request: Any, component: Any) -> bool:
            raise LookupError("broken policy")

    class Guarded(Component):
        permission_classes = [Fails]

        def on_event(self) -> None:
            closed.append("ran")

    with pytest.raises(LookupError, match="broken policy"):
        Guarded().dispatch("event")
    assert closed == []


# -- mount, hydrate, params


@pytest.mark.django_db
def test_params_travel_in_the_token_and_the_clients_are_not_read(register: Any, client: Client) -> None:
    class Page(Component):
        permission_classes: Any = [Allows]
        public_params = ["number"]
        renderer = Inline("<p>{{ number }} {{ state.seen }}</p>")

        def mount(self, number: int = 1) -> None:
            self.state["seen"] = self.params["number"]

        def on_look(self) -> None:
            self.state["seen"] = self.params["number"]

    register(Page, "page")
    html = client.get("/components/page/", {"number": "7"}, headers={"HX-Request": "true"}).content.decode()
    data = {"event": "look", "state": token_in(html), "rid": new_rid(), "params": {"number": 9}}
    response = client.post("/components/page/", json.dumps(data), content_type="application/json")
    assert ">7 7<" in response.json()["html"]


@pytest.mark.django_db
def test_the_user_is_whoever_asks_now(register: Any, client: Client, ann: Any) -> None:
    class Who(Component):
        permission_classes: Any = [LoggedIn]
        renderer = Inline("<p>{{ user.username }} {{ user_id }} {{ state.mounted_by }}</p>")

        def mount(self, user: Any, user_id: int) -> None:
            self.state["mounted_by"] = user.username

        def on_look(self) -> None:
            assert self.params["user"] is self.request.user

    register(Who, "who")
    client.force_login(ann)
    html = client.get("/components/who/", headers={"HX-Request": "true"}).content.decode()
    ann.username = "anna"
    ann.save()
    data = {"event": "look", "_state": token_in(html), "_rid": new_rid(), "user": "999", "user_id": "999"}
    html = client.post("/components/who/", data, headers={"HX-Request": "true"}).content.decode()
    assert f">anna {ann.pk} ann<" in html


@pytest.mark.django_db
def test_the_id_is_kept_for_life(register: Any, client: Client) -> None:
    register(Plain, "plain")
    html = client.get("/components/plain/", headers={"HX-Request": "true"}).content.decode()
    first = id_in(html)
    for _ in range(2):
        data = {"event": "add", "_state": token_in(html), "_rid": new_rid(), "name": new_rid()}
        html = client.post("/components/plain/", data, headers={"HX-Request": "true"}).content.decode()
        assert id_in(html) == first


def test_a_component_that_is_mounted_is_not_mounted_again() -> None:
    mounts: list[int] = []

    class Once(Component):
        renderer = Inline("<p></p>")

        def mount(self) -> None:
            mounts.append(1)

        def on_go(self) -> None: ...

    component = Once()
    component.dispatch()
    component.dispatch("go")
    component.dispatch()
    assert mounts == [1]


def test_a_param_that_mount_wants_and_nobody_gave_is_refused() -> None:
    class Needs(Component):
        def mount(self, quiz_id: int) -> None: ...

    with pytest.raises(Invalid) as refused:
        Needs().dispatch()
    assert refused.value.errors == {"quiz_id": ["Field required"]}


def test_a_param_is_coerced_as_an_argument_is() -> None:
    class Needs(Component):
        renderer = Inline("<p>{{ state.n }}</p>")

        def mount(self, n: int) -> None:
            self.state["n"] = n

    assert Needs(n="4").dispatch()["state"] == {"n": 4}
    with pytest.raises(Invalid):
        Needs(n=True).dispatch()


def test_a_class_attribute_of_an_app_that_is_not_installed_stops_the_component() -> None:
    class Limited(Component):
        rate_limit = "3/hour"
        renderer = Inline("<p></p>")

    with pytest.raises(ComponentDefinitionError, match=r"Limited\.rate_limit needs 'cf_permissions'"):
        Limited().dispatch()
