"""The points where apps join the permissions, and what templates may ask of them beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory

from cf_core import AuthRequired, Component, ComponentDefinitionError, Forbidden, NotFound, extensions
from cf_core.engine.calls import Call, Policy
from cf_core.engine.drivers import run_async, run_sync
from cf_core.engine.extensions import PROMISES
from cf_core.engine.lifecycle import perform
from cf_core.placing import place
from cf_testing.parity import show
from tests.components import ran
from tests.permissions import Anyone, LoggedIn, Mine, MineAsync, Staff, StaffAsync
from tests.renderers import Inline, Written

asked: list[str] = []


class Counted(LoggedIn):
    """Writes down which event it was asked about."""

    message = "Never on a Sunday"
    code = "sunday"
    refuses: set[str | None] = set()

    def has_permission(self, request: Any, component: Any) -> bool:
        asked.append(f"has {component.event}")
        return component.event not in self.refuses

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        asked.append(f"object {component.event}")
        return True


class Note(Component):
    permission_classes = [Counted]
    renderer = Inline("<p>{{ state.text }}</p>")

    def mount(self) -> None:
        self.state.update(text="hello", owner=1)

    def on_write(self, text: str = "") -> None:
        ran.append("write")

    def on_delete(self) -> None:
        ran.append("delete")

    async def on_archive(self) -> None:
        ran.append("archive")


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    asked.clear()
    Counted.refuses = set()
    yield
    Counted.refuses = set()


@pytest.fixture
def of_events(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """Return what each event demands, by name."""
    demands: dict[str, list[Any]] = {}
    monkeypatch.setattr(extensions, "event_policies", [lambda cls, event: demands.get(event, ())])
    return demands


class User:
    """Somebody, without a database."""

    is_authenticated = True
    is_staff = False
    is_active = True

    def __init__(self, pk: int = 1, **more: Any) -> None:
        self.pk = pk
        self.__dict__.update(more)


def note(cls: type[Component] = Note, **more: Any) -> Any:
    made = cls(user=User(**more))
    made.dispatch()
    asked.clear()
    return made


# -- permissions of an event


def test_what_an_event_demands_comes_on_top(of_events: dict[str, list[Any]]) -> None:
    of_events["delete"] = [Staff]
    thing = note()
    thing.dispatch("write")
    with pytest.raises(Forbidden, match="Staff"):
        thing.dispatch("delete")
    assert ran == ["write"]
    note(is_staff=True).dispatch("delete")
    assert ran == ["write", "delete"]


def test_what_an_event_demands_is_asked_about_the_object_too(of_events: dict[str, list[Any]]) -> None:
    of_events["delete"] = [Mine]
    note(pk=1).dispatch("delete")
    with pytest.raises(Forbidden):
        note(pk=2).dispatch("delete")
    assert ran == ["delete"]


def test_no_event_demands_anything_of_a_mount_or_of_the_frameworks_own(of_events: dict[str, list[Any]]) -> None:
    of_events.update({"delete": [Staff], "_lazy": [Staff]})
    thing = note()
    run_sync(perform(Call(thing, event="_lazy")))
    assert "object _lazy" in asked


def test_a_class_that_the_component_and_the_event_demand_is_asked_once(of_events: dict[str, list[Any]]) -> None:
    of_events["delete"] = [Counted]
    note().dispatch("delete")
    assert asked == ["has delete", "object delete"]


def test_permissions_need_not_be_hashable() -> None:
    class Odd(LoggedIn):
        __hash__ = None  # type: ignore[assignment]

    thing = type("Two", (Note,), {"permission_classes": [Odd(), Odd()]})
    assert note(thing).dispatch("write")["html"]


# -- foreign permissions


def test_an_adapter_answers_for_what_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "permission_adapters", [lambda p: Staff() if p == "staff" else None])
    thing = type("Foreign", (Note,), {"permission_classes": ["staff", LoggedIn]})
    with pytest.raises(AuthRequired):
        thing().dispatch()
    with pytest.raises(Forbidden, match="Staff"):
        thing(user=User()).dispatch()
    assert thing(user=User(is_staff=True)).dispatch()["html"]


# -- what a permission may answer


async def refusing() -> bool:
    return False


class Forgetful:
    """Forgets to await what it asks."""

    async def has_permission(self, request: Any, component: Any) -> Any:
        return refusing()


class ForgetfulOfTheObject:
    async def has_object_permission(self, request: Any, component: Any, obj: Any) -> Any:
        return refusing()

    def has_permission(self, request: Any, component: Any) -> bool:
        return True


@pytest.mark.parametrize("permission", [Forgetful, ForgetfulOfTheObject])
def test_an_answer_that_nobody_awaited_lets_nobody_in(permission: Any) -> None:
    cls = type("Trusting", (Note,), {"permission_classes": [permission]})
    for run in (lambda: cls().dispatch(), lambda: async_to_sync(cls().adispatch)()):
        with pytest.raises(ComponentDefinitionError, match=rf"{permission.__name__} .*await"):
            run()


class Cart(list[str]):
    owner = 1


class MineByObject(LoggedIn):
    asked_about: list[Any] = []

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        self.asked_about.append(obj)
        return getattr(obj, "owner", component.user.pk) == component.user.pk


def test_the_object_is_the_instance_even_if_it_is_empty() -> None:
    class Basket(Note):
        permission_classes = [MineByObject]

        def mount(self) -> None:
            self.instance = Cart()

    MineByObject.asked_about.clear()
    assert Basket(user=User(pk=1)).dispatch()["html"]
    with pytest.raises(Forbidden):
        Basket(user=User(pk=2)).dispatch()
    assert MineByObject.asked_about == [[], []]


# -- handlers that promise what only an app can keep


def test_a_promise_of_a_handler_refuses_to_run_without_the_app() -> None:
    def demanding(handler: Any) -> Any:
        setattr(handler, PROMISES, ("event_permissions",))
        return handler

    class Promising(Note):
        @demanding
        def on_delete(self) -> None:
            ran.append("delete")

    class Overriding(Promising):
        def on_delete(self) -> None:
            ran.append("delete")

    for cls in (Promising, Overriding):
        assert cls._app_attributes == ("event_permissions",)
        with pytest.raises(ComponentDefinitionError, match="'cf_permissions' in INSTALLED_APPS"):
            cls(user=User()).dispatch("write")
    assert Note._app_attributes == ()
    assert ran == []


# -- asking beforehand


def test_can_asks_what_the_event_would_be_asked(of_events: dict[str, list[Any]]) -> None:
    of_events["delete"] = [Staff]
    thing = note()
    assert thing.can("write")
    assert not thing.can("delete")
    assert asked == ["has write", "object write", "has delete"]
    assert thing.event is None
    assert note(is_staff=True).can("delete")
    assert ran == []


def test_why_not_tells_what_the_refusal_would_tell(of_events: dict[str, list[Any]]) -> None:
    of_events["archive"] = [Staff]
    Counted.refuses = {"delete"}
    thing = note()
    assert thing.why_not("write") == ""
    assert thing.why_not("delete") == "Never on a Sunday"
    assert thing.why_not("archive") == "Staff access required"
    thing.params["user"] = AnonymousUser()
    assert thing.why_not("delete") == "Authentication required"


def test_can_asks_the_policy_of_the_view() -> None:
    thing = Note(user=User())
    run_sync(perform(Call(thing, policy=Policy("staff", (Staff,)), enforce_permissions=False)))
    assert thing.why_not("write") == "Staff access required"


@pytest.mark.parametrize("permission", [Mine, MineAsync])
def test_can_asks_about_the_object_once_there_is_one(permission: Any) -> None:
    cls = type("Owned", (Note,), {"permission_classes": [permission]})
    assert cls(user=User(pk=2)).can("write")
    assert note(cls, pk=1).can("write")
    mine = note(cls, pk=1)
    mine.params["user"] = User(pk=2)
    assert mine.why_not("write") == "This belongs to somebody else"


def test_can_awaits_async_permissions_also_while_a_template_is_rendered() -> None:
    class Asking(Note):
        permission_classes = []
        renderer = Written(lambda component: f"<p>{component.can('write')}</p>")

    class Guarded(Asking):
        permission_classes = [StaffAsync]

    assert ">True<" in Asking(user=User()).dispatch()["html"]
    assert ">True<" in Guarded(user=User(is_staff=True)).dispatch()["html"]
    for is_staff in (True, False):
        component = Guarded(user=User(is_staff=is_staff))
        answer = async_to_sync(run_async)(perform(Call(component, enforce_permissions=False)))
        assert f">{is_staff}<" in answer.html


def test_async_code_awaits_the_answer() -> None:
    found: list[bool] = []

    class Asking(Note):
        permission_classes = [StaffAsync]

        async def on_archive(self) -> None:
            found.append(await self.acan("write"))

    for is_staff in (True, False):
        component = Asking(user=User(is_staff=is_staff))
        call = Call(component, event="archive", may_mount_for_event=True, enforce_permissions=False)
        async_to_sync(run_async)(perform(call))
        assert found.pop() is is_staff


def test_questions_that_are_asked_at_once_are_each_about_their_own_event() -> None:
    found: list[Any] = []

    class Slow:
        async def has_permission(self, request: Any, component: Any) -> bool:
            await asyncio.sleep(0.01)
            return component.event != "delete"

    class Asking(Note):
        permission_classes = [Slow]

        async def on_archive(self) -> None:
            found.extend(await asyncio.gather(self.acan("delete"), self.acan("write")))
            found.append(self.event)

    component = Asking(user=User())
    async_to_sync(component.adispatch)("archive")
    assert found == [False, True, "archive"]


@pytest.mark.parametrize("error", [PermissionDenied("no"), Http404("no")])
def test_a_permission_that_raises_a_refusal_refuses(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    thing = note()

    def refuse(self: Any, request: Any, component: Any) -> bool:
        raise error

    monkeypatch.setattr(Counted, "has_permission", refuse)
    assert not thing.can("write")
    assert thing.why_not("write") in ("You do not have permission to perform this action", "Not found")


def test_a_permission_that_fails_allows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    thing = note()

    def fail(self: Any, request: Any, component: Any) -> bool:
        raise LookupError("bug")

    monkeypatch.setattr(Counted, "has_permission", fail)
    with pytest.raises(LookupError):
        thing.can("write")
    with pytest.raises(LookupError):
        thing.dispatch("write")
    assert ran == []


@pytest.mark.parametrize("event", ["delte", "_lazy", "", "on_delete", "mount", None])
def test_asking_about_an_event_that_there_is_not_is_an_error_of_the_author(event: Any) -> None:
    thing = note()
    with pytest.raises(ComponentDefinitionError, match=r"Note has no event .* Its events: archive, delete, write\."):
        thing.can(event)


def test_a_render_asks_once_for_all_its_rows_and_the_next_one_again() -> None:
    class Rows(Note):
        renderer = Inline('<ul>{% for n in "abc" %}<li>{{ component.may_write }}</li>{% endfor %}</ul>')

        def may_write(self) -> bool:
            return self.can("write")

    thing = note(Rows)
    assert thing.dispatch()["html"].count("<li>True</li>") == 3
    assert asked.count("has write") == 1
    Counted.refuses = {"write"}
    assert thing.dispatch()["html"].count("<li>False</li>") == 3
    Counted.refuses = set()
    assert thing.can("write")


def test_what_can_finds_does_not_outlive_a_render_that_failed() -> None:
    def write(component: Component) -> str:
        component.can("write")
        raise LookupError("template")

    thing = note()
    thing.renderer = Written(write)
    with pytest.raises(LookupError):
        thing.dispatch()
    Counted.refuses = {"write"}
    assert not thing.can("write")


@pytest.mark.django_db
def test_a_notice_is_in_the_readers_language(monkeypatch: pytest.MonkeyPatch, client: Any, register: Any) -> None:
    from cf_core.engine import ports

    register(type("Closed", (Note,), {"permission_classes": [Staff]}), "closed")
    monkeypatch.setattr(ports._Installed, "translate", staticmethod(lambda text: f"[{text}]"))
    request = RequestFactory().get("/")
    request.user = User()
    assert "[Staff access required]" in place("closed", {}, request=request, parent=None)
    request.user = AnonymousUser()
    assert "[Authentication required]" in place("closed", {}, request=request, parent=None)


# -- permissions that raise what they mean


class Raises(LoggedIn):
    error: Exception = PermissionDenied("no")
    at = "has_permission"

    def has_permission(self, request: Any, component: Any) -> bool:
        return self._tell("has_permission")

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        return self._tell("has_object_permission")

    def _tell(self, question: str) -> bool:
        if question == self.at:
            raise self.error
        return True


REFUSALS = [
    (PermissionDenied("no"), 403, "You do not have permission to perform this action"),
    (Http404("no"), 404, "Not found"),
    (NotFound("no"), 404, "Not found"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["has_permission", "has_object_permission"])
@pytest.mark.parametrize(("error", "status", "text"), REFUSALS, ids=lambda value: type(value).__name__)
def test_a_component_in_a_page_whose_permission_raises_becomes_a_notice(
    register: Any, client: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, text: str, at: str
) -> None:
    class Around(Component):
        permission_classes = [Anyone]
        renderer = Inline('<div>{% if state.is_open %}{% live_component "inside" %}{% endif %} the rest</div>')

        def on_open(self) -> None:
            self.state["is_open"] = True

    monkeypatch.setattr(Raises, "error", error)
    monkeypatch.setattr(Raises, "at", at)
    register(type("Inside", (Note,), {"permission_classes": [Raises]}), "inside")
    register(Around)
    page = place("inside", {}, request=RequestFactory().get("/"), parent=None)
    assert text in page
    assert "hello" not in page
    shown = show(client, "around")
    html = shown.post("open").content.decode()
    assert text in html
    assert "the rest" in html
    assert client.get("/components/inside/").status_code == status


def test_what_a_mount_raises_is_the_pages_own(register: Any) -> None:
    class Gone(Note):
        permission_classes = [Anyone]

        def mount(self) -> None:
            raise Http404("no such note")

    register(Gone)
    with pytest.raises(Http404):
        place("gone", {}, request=RequestFactory().get("/"), parent=None)


# -- rows


class MineOnly(LoggedIn):
    message = "Not your row"

    async def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        asked.append(f"object {obj}")
        return not isinstance(obj, str) or obj.startswith("my")


def test_rows_are_asked_about_by_name() -> None:
    thing = note(type("Listing", (Note,), {"permission_classes": [Counted, MineOnly]}))
    assert thing.can("delete", "my row")
    assert not thing.can("delete", "another")
    assert thing.why_not("delete", "another") == "Not your row"
    assert thing.why_not("delete", "my row") == ""
    assert async_to_sync(thing.acan)("delete", "my row")
    assert not async_to_sync(thing.acan)("delete", "another")
    Counted.refuses = {"delete"}
    assert thing.why_not("delete", "my row") == "Never on a Sunday"


def test_a_row_is_asked_about_before_the_component_is_mounted_too() -> None:
    cls = type("Listing", (Note,), {"permission_classes": [MineOnly]})
    assert not cls(user=User()).can("delete", "another")
    assert cls(user=User()).can("delete")


def test_a_row_that_is_empty_is_a_row() -> None:
    class NotEmpty(LoggedIn):
        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            return isinstance(obj, Component) or len(obj) > 0

    thing = note(type("Listing", (Note,), {"permission_classes": [NotEmpty]}))
    assert thing.can("delete")
    assert not thing.can("delete", Cart())


def test_what_does_not_look_at_the_event_is_asked_once_for_all_events_of_a_render() -> None:
    class Blind(LoggedIn):
        def has_permission(self, request: Any, component: Any) -> bool:
            asked.append("blind")
            return True

        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            asked.append("blind about it")
            return True

    source = '<ul>{% for n in "abc" %}<li>{{ component.may }}</li>{% endfor %}</ul>'

    class Rows(Note):
        permission_classes = [Blind, Counted]
        renderer = Inline(source)

        def may(self) -> str:
            return " ".join(str(self.can(event)) for event in ("write", "delete", "archive"))

    Counted.refuses = {"delete"}
    thing = note(Rows)
    assert thing.dispatch()["html"].count("<li>True False True</li>") == 3
    of_calls = ["has None", "object None", "blind", "blind about it"]
    of_controls = [
        "blind",
        "blind about it",
        "has write",
        "object write",
        "has delete",
        "has archive",
        "object archive",
    ]
    assert sorted(asked) == sorted([*of_calls, *of_controls])


def test_an_empty_reason_is_a_refusal_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terse(Forbidden):
        public = ""

    class Mute(LoggedIn):
        def has_permission(self, request: Any, component: Any) -> bool:
            if component.event == "delete":
                raise Terse
            return True

    thing = note(type("Muted", (Note,), {"permission_classes": [Mute]}))
    assert not thing.can("delete")
    assert not async_to_sync(thing.acan)("delete")
    assert thing.can("write")
