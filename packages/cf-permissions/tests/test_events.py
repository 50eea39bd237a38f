"""Permissions of single events: `@requires` and `event_permissions`, on every way to a handler."""

from __future__ import annotations

import functools
import inspect
import subprocess
import sys
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.template import engines
from django.test import Client

from cf_core import AuthRequired, Component, ComponentDefinitionError, CompositeComponent, Forbidden
from cf_permissions import AllowAny, BasePermission, IsAuthenticated, IsStaff, IsSuperuser, requires
from cf_permissions.events import permissions_of_event, problems_of
from cf_testing import dispatch_event
from cf_testing.parity import Shown, new_rid, show

pytestmark = [pytest.mark.django_db, pytest.mark.urls("cf_testing.parity.urls")]
ran: list[str] = []


@pytest.fixture(autouse=True)
def _afresh() -> None:
    ran.clear()


class Text:
    def render(self, component: Component, context: dict[str, Any]) -> str:
        return "<p>secret</p>"


class IsOwner(BasePermission):
    message = "Not yours"

    async def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        return bool(component.state["owner"] == component.user.username)


class Board(Component):
    permission_classes: Any = [IsAuthenticated]
    event_permissions: Any = {"archive": [IsStaff], "purge": [IsStaff]}
    renderer: Any = Text()

    def mount(self) -> None:
        self.state["owner"] = "ann"

    def on_post(self) -> None:
        ran.append("post")

    @requires(IsSuperuser)
    def on_delete(self, hard: bool = False) -> None:
        ran.append(f"delete {hard}")

    @requires(IsStaff)
    async def on_lock(self) -> None:
        ran.append("lock")

    def on_archive(self) -> None:
        ran.append("archive")

    @requires(IsSuperuser)
    def on_purge(self) -> None:
        ran.append("purge")

    @requires(IsOwner | IsSuperuser)
    def on_edit(self) -> None:
        ran.append("edit")


RANKS: dict[str, dict[str, bool]] = {
    "nobody": {},
    "user": {},
    "ann": {},
    "staff": {"is_staff": True},
    "root": {"is_superuser": True},
    "boss": {"is_staff": True, "is_superuser": True},
}
MAY = {
    "post": {"user", "ann", "staff", "root", "boss"},
    "delete": {"root", "boss"},
    "lock": {"staff", "boss"},
    "archive": {"staff", "boss"},
    "purge": {"boss"},
    "edit": {"ann", "root", "boss"},
}


@pytest.fixture
def board(component_registry: Any) -> type[Component]:
    component_registry.register("board")(Board)
    return Board


def client_for(name: str) -> Client:
    client = Client()
    if name != "nobody":
        client.force_login(get_user_model().objects.get_or_create(username=name, defaults=RANKS[name])[0])
    return client


@pytest.mark.parametrize("name", RANKS)
@pytest.mark.parametrize("event", MAY)
def test_an_event_is_for_whom_it_says(board: Any, name: str, event: str) -> None:
    client = client_for(name)
    shown = show(client_for("boss"), "board") if name == "nobody" else show(client, "board")
    shown.client = client
    for send in (shown.post, shown.json):
        ran.clear()
        response = send(event)
        if name in MAY[event]:
            assert response.status_code == 200
            assert [what.split()[0] for what in ran] == [event]
        else:
            expected = (401, "auth_required") if name == "nobody" else (403, "forbidden")
            assert (response.status_code, response.json()["code"]) == expected
            assert ran == []


@pytest.mark.parametrize("event", MAY)
def test_the_same_holds_for_dispatch_and_helpers(event: str) -> None:
    for name, flags in RANKS.items():
        user = None if name == "nobody" else get_user_model()(pk=1, username=name, **flags)

        def of_helpers(who: Any = user) -> Any:
            return dispatch_event(Board, event, user=who)

        def by_hand(who: Any = user) -> Any:
            return Board(user=who).dispatch(event)

        def by_hand_later(who: Any = user) -> Any:
            return async_to_sync(Board(user=who).adispatch)(event)

        for run in (of_helpers, by_hand, by_hand_later):
            ran.clear()
            if name in MAY[event]:
                run()
                assert ran
                continue
            with pytest.raises(AuthRequired if user is None else Forbidden):
                run()
            assert ran == []


def test_the_mount_takes_nothing_of_it(board: Any) -> None:
    assert show(client_for("user"), "board").html


def test_refusals_tell_the_message_of_the_event(board: Any) -> None:
    shown = show(client_for("user"), "board")
    assert shown.post("delete").json()["error"] == "Superuser access required"
    assert shown.post("archive").json()["error"] == "Staff access required"
    assert show(client_for("staff"), "board").post("purge").json()["error"] == "Superuser access required"
    assert shown.post("edit").json()["error"] == "Superuser access required"


def test_a_refused_request_id_is_free_for_those_who_may(board: Any) -> None:
    shown, rid = show(client_for("user"), "board"), new_rid()
    assert shown.post("delete", _rid=rid).status_code == 403
    get_user_model().objects.update(is_superuser=True)
    assert shown.post("delete", _rid=rid, _retry="1").status_code == 200
    assert ran == ["delete False"]


def test_losing_the_rank_is_noticed_at_the_next_event(board: Any) -> None:
    shown = show(client_for("boss"), "board")
    for event in ("delete", "lock", "archive", "purge"):
        assert shown.post(event).status_code == 200
    get_user_model().objects.update(is_staff=False, is_superuser=False)
    ran.clear()
    for event in ("delete", "lock", "archive", "purge"):
        assert shown.post(event).status_code == 403
        assert shown.json(event).status_code == 403
    assert shown.post("post").status_code == 200
    assert ran == ["post"]


# -- how it is written


def test_a_handler_stays_what_it_was() -> None:
    assert inspect.iscoroutinefunction(Board.on_lock)
    assert not inspect.iscoroutinefunction(Board.on_delete)
    assert list(inspect.signature(Board.on_delete).parameters) == ["self", "hard"]


def test_a_borrowed_handler_demands_nothing_of_the_class_it_is_from() -> None:
    class Free(Component):
        renderer = Text()

        def on_delete(self) -> None:
            ran.append("delete")

        @requires(IsAuthenticated)
        def on_lock(self) -> None: ...

    class Guarded(Free):
        on_delete = requires(IsSuperuser)(Free.on_delete)

    user = get_user_model()(pk=1)
    with pytest.raises(Forbidden):
        Guarded(user=user).dispatch("delete")
    Free(user=user).dispatch("delete")
    assert ran == ["delete"]


def test_a_guarded_handler_may_call_its_base() -> None:
    class Base(Component):
        renderer = Text()

        def on_delete(self, hard: bool = True) -> None:
            ran.append(f"delete {hard}")

    class Careful(Base):
        @requires(IsSuperuser)
        def on_delete(self, hard: bool = False, *, reason: str = "none") -> None:
            super().on_delete(hard=hard)
            ran.append(reason)

    Careful(user=get_user_model()(pk=1, is_superuser=True)).dispatch("delete")
    assert ran == ["delete False", "none"]


def test_requires_stands_above_other_decorators() -> None:
    def logged(handler: Any) -> Any:
        @functools.wraps(handler)
        def inner(self: Any, **payload: Any) -> None:
            ran.append("logged")
            handler(self, **payload)

        return inner

    class Logged(Component):
        renderer = Text()

        @requires(IsSuperuser)
        @logged
        def on_delete(self, number: int) -> None:
            ran.append(f"delete {number}")

    with pytest.raises(Forbidden):
        Logged(user=get_user_model()(pk=1)).dispatch("delete", {"number": "7"})
    Logged(user=get_user_model()(pk=1, is_superuser=True)).dispatch("delete", {"number": "7"})
    assert ran == ["logged", "delete 7"]


@pytest.mark.parametrize("handler", [staticmethod(len), property(len), len, "on_delete"])
def test_requires_is_for_plain_methods(handler: Any) -> None:
    with pytest.raises(ComponentDefinitionError, match="on_<event> methods"):
        requires(IsStaff)(handler)


def asks(cls: type[Component], event: str) -> set[Any]:
    return set(permissions_of_event(cls, event))


def test_both_ways_add_up_and_decorators_stack() -> None:
    class Both(Board):
        event_permissions = {"delete": [IsStaff, IsOwner]}

        @requires(IsOwner)
        @requires(IsStaff, IsSuperuser)
        def on_lock(self) -> None: ...

    assert asks(Both, "delete") == {IsStaff, IsOwner, IsSuperuser}
    assert asks(Both, "lock") == {IsOwner, IsStaff, IsSuperuser}
    assert asks(Both, "post") == set()


def test_a_subclass_inherits_and_says_otherwise_for_what_it_names() -> None:
    class Child(Board):
        event_permissions = {"post": [IsSuperuser], "purge": []}

        def on_delete(self, hard: bool = False) -> None:
            ran.append("child's delete")

        @requires(AllowAny)
        def on_lock(self) -> None: ...

    assert asks(Child, "archive") == {IsStaff}
    assert asks(Child, "purge") == {IsSuperuser}
    assert asks(Child, "post") == {IsSuperuser}
    # Overriding a handler is no way to lose what it demands by accident.
    assert asks(Child, "delete") == {IsSuperuser}
    assert asks(Child, "lock") == {AllowAny}
    with pytest.raises(Forbidden):
        Child(user=get_user_model()(pk=1)).dispatch("delete")


def test_a_mixins_demands_hold() -> None:
    class Deleting:
        event_permissions = {"drop": [IsStaff]}

        @requires(IsSuperuser)
        def on_delete(self) -> None: ...

        def on_drop(self) -> None: ...

    class Note(Deleting, Component):
        renderer = Text()

    user = get_user_model()(pk=1)
    for event in ("delete", "drop"):
        with pytest.raises(Forbidden):
            Note(user=user).dispatch(event)


def test_a_component_without_classes_of_its_own_may_have_guarded_events(component_registry: Any) -> None:
    class Open(Component):
        renderer = Text()

        @requires(IsStaff)
        def on_close(self) -> None:
            ran.append("close")

    component_registry.register("open")(Open)
    for name, status in (("user", 403), ("staff", 200)):
        assert show(client_for(name), "open").post("close").status_code == status
    assert show(client_for("nobody"), "open").post("close").status_code == 401
    assert ran == ["close"]


def test_children_and_composites_ask_for_their_own_events(component_registry: Any) -> None:
    class Room(CompositeComponent):
        components = {"wall": "board"}
        renderer = Inline("<section>{{ slots.wall }}</section>")

        @requires(IsStaff)
        def on_sweep(self) -> None:
            ran.append("sweep")

    component_registry.register("board")(Board)
    component_registry.register("room")(Room)
    client = client_for("user")
    room = show(client, "room")
    start = room.html.index('<p data-cf-component="board"') if '<p data-cf-component="board"' in room.html else -1
    inner = Shown(client, "board", room.html[start if start >= 0 else room.html.index("<p") :])
    assert inner.post("delete").status_code == 403
    assert inner.post("post").status_code == 200
    assert room.post("sweep").status_code == 403
    assert ran == ["post"]


class Inline:
    """Renders a Django template given as text."""

    def __init__(self, source: str) -> None:
        self.source = source

    def render(self, component: Component, context: dict[str, Any]) -> str:
        return engines["django"].from_string(self.source).render(context)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"delte": [IsStaff]}, "names 'delte', which is no event of Wrong. Its events: archive, delete, "),
        ({"delete": IsStaff}, r"\['delete'\] is <class .*IsStaff'>: give a list"),
        ({"delete": "IsStaff"}, r"\['delete'\] is 'IsStaff': give a list"),
        ([IsStaff], r'is \[.*\]: give {"event": \[permission classes\]}'),
        ("delete", "is 'delete': give"),
    ],
)
def test_what_names_no_event_refuses_to_run(value: Any, problem: str) -> None:
    wrong = type("Wrong", (Board,), {"event_permissions": value})
    assert len(list(problems_of(wrong))) == 1
    for event in ("delete", "post"):
        with pytest.raises(ComponentDefinitionError, match=problem):
            wrong(user=get_user_model()(pk=1, is_superuser=True)).dispatch(event)
    assert ran == []


def test_what_is_wrong_is_found_once_for_each_class(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def look(cls: type[Component]) -> Any:
        looked_at.append(cls.__name__)
        return problems_of(cls)

    monkeypatch.setattr("cf_permissions.events.problems_of", look)
    fine = type("Fine", (Board,), {"event_permissions": {"post": [IsAuthenticated]}})
    for _ in range(3):
        fine(user=get_user_model()(pk=1)).dispatch("post")
    assert looked_at == ["Fine"]


def test_requires_nothing_or_on_a_class_is_an_error() -> None:
    with pytest.raises(ComponentDefinitionError, match="names no permission"):
        requires()
    with pytest.raises(ComponentDefinitionError, match="on_<event> methods"):
        requires(IsStaff)(Board)
    with pytest.raises(ComponentDefinitionError, match=r"names no permission, but \('IsStaff',\)"):
        requires("IsStaff")
    with pytest.raises(ComponentDefinitionError, match=r"names no permission, but .*on_close"):

        class Bare(Component):
            @requires
            def on_close(self) -> None: ...


@pytest.mark.parametrize("declares", ["event_permissions = {'go': [IsStaff]}", "on_go = requires(IsStaff)(on_go)"])
def test_without_the_app_a_component_with_such_events_refuses_to_run(declares: str) -> None:
    code = f"""
import django
from django.conf import settings
settings.configure(SECRET_KEY="x", INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "cf_core"])
django.setup()
from cf_core import Component, ComponentDefinitionError
from cf_permissions import IsStaff, requires
class Text:
    render = lambda self, component, context: "<p></p>"
class Desk(Component):
    renderer = Text()
    def on_go(self):
        raise SystemExit("ran")
    {declares}
for event in (None, "go"):
    try:
        Desk().dispatch(event)
    except ComponentDefinitionError as error:
        assert "event_permissions needs 'cf_permissions' in INSTALLED_APPS" in str(error), error
    else:
        raise SystemExit("not refused")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
