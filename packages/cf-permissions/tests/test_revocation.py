"""Rights that end while a page is open: the token that somebody holds is refused at the next event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory

from cf_core import Component
from cf_core.engine.calls import Call
from cf_core.engine.drivers import run_sync
from cf_core.engine.lifecycle import perform
from cf_core.placing import place
from cf_permissions import BasePermission, DjangoModelPermission, IsAuthenticated, IsStaff, IsSuperuser
from cf_testing.parity import Shown, new_rid, request_of, show

pytestmark = [pytest.mark.django_db, pytest.mark.urls("cf_testing.parity.urls")]
ran: list[str] = []


class Text:
    def render(self, component: Component, context: dict[str, Any]) -> str:
        return "<p>secret</p>"


class Desk(Component):
    renderer: Any = Text()

    def mount(self) -> None:
        ran.append("mount")
        self.state["owner"] = self.user.username

    def hydrate(self, state: dict[str, Any]) -> None:
        ran.append("hydrate")
        super().hydrate(state)

    def on_touch(self) -> None:
        ran.append("touch")


class IsEditor(BasePermission):
    message = "For editors"

    def has_permission(self, request: Any, component: Any) -> bool:
        return bool(component.user.groups.filter(name="editors").exists())


class IsOwner(BasePermission):
    message = "Not yours"

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        return not Group.objects.filter(name="closed").exists()


CLASSES: dict[str, list[Any]] = {
    "none": [],
    "authenticated": [IsAuthenticated],
    "staff": [IsStaff],
    "root": [IsSuperuser],
    "editor": [IsAuthenticated, IsEditor],
    "either": [IsStaff & (IsEditor | IsSuperuser)],
    "model": [DjangoModelPermission.of("auth.change_group")],
    "owner": [IsAuthenticated, IsOwner],
}


@pytest.fixture(autouse=True)
def _desks(component_registry: Any) -> None:
    for name, classes in CLASSES.items():
        component_registry.register(name)(type("Desk_", (Desk,), {"permission_classes": classes}))
    ran.clear()


@pytest.fixture
def client() -> Client:
    user = get_user_model().objects.create_user("ann", password="old", is_staff=True, is_superuser=True)
    user.groups.add(Group.objects.create(name="editors"))
    made = Client()
    made.force_login(user)
    return made


def ann() -> Any:
    return get_user_model().objects.get(username="ann")


def change(**flags: bool) -> Callable[[Client], None]:
    return lambda client: get_user_model().objects.update(**flags) and None


def change_password(client: Client) -> None:
    """Change it elsewhere: this client's session is no session of the user's any more."""
    user = ann()
    user.set_password("new")
    user.save()


def change_password_here(client: Client) -> None:
    """Change it as Django's own view does, which keeps the session that it is changed in."""
    request, user = request_of(client), ann()
    user.set_password("new")
    user.save()
    request.user = user
    update_session_auth_hash(request, user)
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key


LOST: dict[str, tuple[str, Callable[[Client], Any], int, str]] = {
    "log-out": ("authenticated", lambda client: client.logout(), 401, "auth_required"),
    "log-out, of a component that asks for nobody": ("none", lambda client: client.logout(), 401, "auth_required"),
    "session deleted": ("authenticated", lambda client: Session.objects.all().delete(), 401, "auth_required"),
    "password changed elsewhere": ("authenticated", change_password, 401, "auth_required"),
    "password changed here": ("authenticated", change_password_here, 410, "state_expired"),
    "user not active": ("authenticated", change(is_active=False), 401, "auth_required"),
    "user deleted": ("authenticated", lambda client: ann().delete(), 401, "auth_required"),
    "staff lost": ("staff", change(is_staff=False), 403, "forbidden"),
    "superuser lost": ("root", change(is_superuser=False), 403, "forbidden"),
    "group lost": ("editor", lambda client: ann().groups.clear(), 403, "forbidden"),
    "part of a combination lost": ("either", change(is_staff=False), 403, "forbidden"),
    "permission lost": ("model", change(is_superuser=False), 403, "forbidden"),
    "object closed": ("owner", lambda client: Group.objects.create(name="closed"), 403, "forbidden"),
}


@pytest.mark.parametrize("lost", LOST)
def test_a_held_token_is_refused_at_the_next_event(client: Client, lost: str) -> None:
    name, lose, status, code = LOST[lost]
    shown = show(client, name)
    assert shown.post("touch").status_code == 200
    assert shown.json("touch").status_code == 200

    lose(client)
    ran.clear()
    for send in (shown.post, shown.json):
        response = send("touch")
        assert (response.status_code, response.json()["code"]) == (status, code)
        assert "secret" not in response.content.decode()
    assert "touch" not in ran
    assert "hydrate" not in ran or lost == "object closed"


def test_a_repeated_request_is_not_answered_to_those_who_may_not_any_more(client: Client) -> None:
    shown, rid = show(client, "staff"), new_rid()
    before = shown.token
    assert shown.post("touch", _rid=rid).status_code == 200
    get_user_model().objects.update(is_staff=False)
    again = Shown(client, "staff", shown.html)
    again.token = before
    assert again.post("touch", _rid=rid, _retry="1").status_code == 403


def test_the_same_user_may_go_on_after_a_new_log_in(client: Client) -> None:
    shown = show(client, "authenticated")
    client.logout()
    client.force_login(ann())
    assert shown.post("touch").status_code == 200


def test_a_token_of_somebody_else_gives_nobody_their_rights(client: Client) -> None:
    shown = show(client, "staff")
    bob = Client()
    bob.force_login(get_user_model().objects.create(username="bob", is_staff=True))
    shown.client = bob
    for send in (shown.post, shown.json):
        assert send("touch").json()["code"] == "state_invalid"


# -- permissions that fail


class Fails(BasePermission):
    def has_permission(self, request: Any, component: Any) -> bool:
        raise LookupError("hunter2")


class FailsLater(BasePermission):
    async def has_permission(self, request: Any, component: Any) -> bool:
        raise LookupError("hunter2")


class FailsAboutObject(BasePermission):
    def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        raise LookupError("hunter2")


@pytest.mark.parametrize("permission", [Fails, FailsLater, FailsAboutObject, Fails | IsStaff, ~FailsLater])
def test_a_permission_that_fails_is_a_fault_and_lets_nobody_in(
    component_registry: Any, client: Client, permission: Any
) -> None:
    cls = type("Desk_", (Desk,), {"permission_classes": []})
    component_registry.register("failing")(cls)
    shown = show(client, "failing")
    cls.permission_classes = [permission]
    ran.clear()
    for send in (shown.post, shown.json):
        response = send("touch")
        assert (response.status_code, response.json()["code"]) == (500, "internal")
        assert "hunter2" not in response.content.decode()
    assert "touch" not in ran
    assert client.get("/components/failing/", headers={"HX-Request": "true"}).status_code == 500


# -- what a refused component does not do


def test_a_refused_component_asks_the_database_for_nothing_of_its_own(
    component_registry: Any, client: Client, django_assert_num_queries: Any
) -> None:
    """Its params are rows that nobody fetches, on the first render and with every event."""

    class Group_(Desk):  # noqa: N801 - one of several desks
        permission_classes = [IsStaff]

        def mount(self, group: Any) -> None:
            self.state["members"] = list(group.user_set.all())

        def before_render(self) -> None:
            ran.append("before_render")

        def get_context(self) -> dict[str, Any]:
            ran.append("get_context")
            return {}

    component_registry.register("members")(Group_)
    request = request_of(client)
    assert request.user.pk
    group = Group.objects.get()
    shown = Shown(client, "members", place("members", {"group": group}, request=request, parent=None))

    get_user_model().objects.update(is_staff=False)
    request = request_of(client)
    assert not request.user.is_staff
    unread = Group.objects.all()
    ran.clear()
    with django_assert_num_queries(0):
        html = place("members", {"group": group}, request=request, parent=None)
        html += place("members", {"group": unread, "lazy_rows": unread}, request=request, parent=None)
        call = Call(Group_, event="touch", token=shown.token, request=request)
        with pytest.raises(Exception, match="refused"):
            run_sync(perform(call))
    assert "secret" not in html
    assert "editors" not in html
    assert html.count("Staff access required") == 2
    assert unread._result_cache is None
    assert ran == []


def test_a_refused_child_asks_for_nothing_of_its_params(
    component_registry: Any, client: Client, django_assert_num_queries: Any
) -> None:
    class Parent(Component):
        permission_classes: Any = []
        renderer: Any = None

    class Placing:
        def render(self, component: Component, context: dict[str, Any]) -> str:
            rows = Group.objects.filter(name="editors")
            return f"<div>{place('staff', {'rows': rows}, request=component.request, parent=component)}</div>"

    Parent.renderer = Placing()
    component_registry.register("parent")(Parent)
    request = RequestFactory().get("/")
    request.user = get_user_model()(pk=9, username="bob")
    with django_assert_num_queries(0):
        html = place("parent", {}, request=request, parent=None)
    assert "Staff access required" in html


def test_the_notice_is_the_projects_own(client: Client, settings: Any, tmp_path: Any) -> None:
    folder = tmp_path / "cf_core" / "denied"
    folder.mkdir(parents=True)
    (folder / "staff.html").write_text("<i>{{ component_name }}: {{ denied.error }} {{ denied.login_url }}</i>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    get_user_model().objects.update(is_staff=False)
    html = client.get("/place/staff/").content.decode()
    assert html == "<i>staff: Staff access required </i>"
    client.logout()
    assert client.get("/place/staff/").content.decode() == "<i>staff: Authentication required /log-in/</i>"
