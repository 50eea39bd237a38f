"""The permission classes, through the lifecycle that enforces them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from cf_core import AuthRequired, Component, Forbidden
from cf_permissions import AllowAny, BasePermission, IsAuthenticated, IsStaff, IsSuperuser
from cf_testing.parity import show

pytestmark = pytest.mark.urls("cf_testing.parity.urls")
HTMX = {"HX-Request": "true"}


class _Text:
    def render(self, component: Component, context: dict[str, Any]) -> str:
        return "<p>secret</p>"


def guarded_by(*classes: Any) -> type[Component]:
    class Guarded(Component):
        renderer = _Text()
        permission_classes: Sequence[Any] = classes

        def on_touch(self) -> None: ...

    return Guarded


def someone(**more: Any) -> Any:
    return get_user_model()(pk=1, username="ann", **more)


@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_allow_any_lets_everybody_in(user: Any) -> None:
    assert "secret" in guarded_by(AllowAny)(user=user).dispatch()["html"]


@pytest.mark.parametrize("permission", [IsAuthenticated, IsStaff, IsSuperuser])
@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_nobody_is_asked_to_log_in(user: Any, permission: Any) -> None:
    with pytest.raises(AuthRequired) as refused:
        guarded_by(permission)(user=user).dispatch()
    assert refused.value.body()["error"] == "Authentication required"


@pytest.mark.parametrize(
    ("permission", "flags", "refusal"),
    [
        (IsAuthenticated, {}, None),
        (IsStaff, {}, "Staff access required"),
        (IsStaff, {"is_superuser": True}, "Staff access required"),
        (IsStaff, {"is_staff": True}, None),
        (IsSuperuser, {"is_staff": True}, "Superuser access required"),
        (IsSuperuser, {"is_superuser": True}, None),
        # As Django decides: `is_authenticated` says nothing of `is_active`, the admin asks for both.
        (IsAuthenticated, {"is_active": False}, None),
        (IsStaff, {"is_active": False, "is_staff": True}, "Staff access required"),
        (IsSuperuser, {"is_active": False, "is_superuser": True}, "Superuser access required"),
    ],
)
def test_a_user_passes_or_is_told(permission: Any, flags: dict[str, bool], refusal: str | None) -> None:
    component = guarded_by(permission)(user=someone(**flags))
    if refusal is None:
        assert "secret" in component.dispatch()["html"]
        return
    with pytest.raises(Forbidden) as refused:
        component.dispatch()
    assert refused.value.body() == {"error": refusal, "code": "forbidden"}


def test_a_user_model_need_not_have_the_flags() -> None:
    class Machine:
        pk = 1
        is_authenticated = True

    guarded_by(IsAuthenticated)(user=Machine()).dispatch()
    for permission in (IsStaff, IsSuperuser):
        with pytest.raises(Forbidden):
            guarded_by(permission)(user=Machine()).dispatch()


def test_a_refused_user_is_told_the_message_of_the_class() -> None:
    class Never(BasePermission):
        message = "Only on Tuesdays"
        code = "closed"

        async def has_permission(self, request: Any, component: Any) -> bool:
            return False

    with pytest.raises(Forbidden) as refused:
        guarded_by(Never)(user=someone()).dispatch()
    assert refused.value.body() == {"error": "Only on Tuesdays", "code": "closed"}


def test_every_class_has_to_agree() -> None:
    class NotThisObject(BasePermission):
        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            return obj is not component

    with pytest.raises(Forbidden):
        guarded_by(AllowAny, NotThisObject)(user=someone()).dispatch()


@pytest.mark.django_db
@pytest.mark.parametrize("permission", [IsAuthenticated, IsStaff, IsSuperuser])
def test_a_session_of_a_user_who_is_not_active_any_more_is_a_visitors(
    client_of: Any, component_registry: Any, permission: Any
) -> None:
    component_registry.register("guarded")(guarded_by(permission))
    get_user_model().objects.create(username="ann", is_staff=True, is_superuser=True)
    client = client_of("ann")
    shown = show(client, "guarded")
    assert shown.post("touch").status_code == 200
    get_user_model().objects.update(is_active=False)
    for response in (shown.post("touch"), shown.json("touch"), client.get("/components/guarded/", headers=HTMX)):
        assert (response.status_code, response.json()["code"]) == (401, "auth_required")


@pytest.mark.django_db
def test_where_the_project_lets_them_log_in_users_who_are_not_active_have_no_rank(
    client_of: Any, component_registry: Any, settings: Any
) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.AllowAllUsersModelBackend"]
    component_registry.register("members")(guarded_by(IsAuthenticated))
    component_registry.register("staff")(guarded_by(IsStaff))
    get_user_model().objects.create(username="ann", is_staff=True, is_active=False)
    client = client_of("ann")
    assert client.get("/components/members/", headers=HTMX).status_code == 200
    response = client.get("/components/staff/", headers=HTMX)
    assert (response.status_code, response.json()["error"]) == (403, "Staff access required")


def test_the_classes_import_no_django() -> None:
    code = "import sys, cf_permissions; assert not [name for name in sys.modules if name.split('.')[0] == 'django']"
    subprocess.run([sys.executable, "-c", code], check=True)
