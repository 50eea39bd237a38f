"""Django REST framework's own permission classes, listed as they are."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.http import Http404
from rest_framework import exceptions, permissions

from cf_core import AuthRequired, Component, ComponentDefinitionError, ComponentError, Forbidden, NotFound, extensions
from cf_core.engine.calls import Call
from cf_core.engine.drivers import run_sync
from cf_core.engine.lifecycle import perform
from cf_permissions import BasePermission, IsAuthenticated, IsStaff
from cf_permissions.rest_framework import adapt

pytestmark = pytest.mark.django_db
ran: list[str] = []


class Text:
    def render(self, component: Component, context: dict[str, Any]) -> str:
        return "<p>secret</p>"


class Desk(Component):
    renderer = Text()
    model: Any = Group

    def mount(self, pk: int = 0) -> None:
        ran.append("mount")
        self.state["pk"] = pk

    def on_create(self) -> None: ...
    def on_update(self) -> None: ...
    def on_delete(self) -> None: ...
    def on_remove(self) -> None: ...
    def on_rename(self) -> None: ...


EVENTS = (None, "create", "update", "delete", "remove", "rename")


def user_with(*codenames: str, **flags: Any) -> Any:
    user = get_user_model().objects.create(username="ann", **flags)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return get_user_model().objects.get(pk=user.pk)


def outcome(permission: Any, user: Any, event: str | None = None, **attributes: Any) -> str:
    """Return `ok`, or what the component answers; asserts that permissions came first."""
    ran.clear()
    listed = permission if isinstance(permission, list) else [permission]
    cls = type("Desk_", (Desk,), {"permission_classes": listed, **attributes})
    try:
        run_sync(perform(Call(cls, params={"user": user, "pk": 7}, event=event, may_mount_for_event=True)))
    except ComponentError as error:
        return error.public
    return "ok"


LOG_IN, NO = "Authentication required", "You do not have permission to perform this action"


@pytest.mark.parametrize(
    ("permission", "visitor", "user", "staff"),
    [
        (permissions.AllowAny, "ok", "ok", "ok"),
        (permissions.IsAuthenticated, LOG_IN, "ok", "ok"),
        (permissions.IsAdminUser, LOG_IN, NO, "ok"),
        (permissions.IsAuthenticatedOrReadOnly, "ok", "ok", "ok"),
        (permissions.IsAuthenticated & permissions.IsAdminUser, LOG_IN, NO, "ok"),
        (permissions.IsAuthenticated | permissions.IsAdminUser, LOG_IN, "ok", "ok"),
        (~permissions.IsAdminUser, "ok", "ok", "This is not available to you"),
        (~permissions.IsAuthenticated | permissions.IsAdminUser, "ok", "This is not available to you", "ok"),
        (permissions.IsAuthenticated(), LOG_IN, "ok", "ok"),
        ((permissions.IsAuthenticated & permissions.IsAdminUser)(), LOG_IN, NO, "ok"),
        ((~permissions.IsAdminUser)(), "ok", "ok", "This is not available to you"),
        (permissions.IsAuthenticated & IsStaff, LOG_IN, "Staff access required", "ok"),
        (IsStaff & permissions.IsAuthenticated, LOG_IN, "Staff access required", "ok"),
        (IsStaff() | permissions.IsAuthenticated, LOG_IN, "ok", "ok"),
        (permissions.IsAdminUser | ~IsStaff, "ok", "ok", "ok"),
        ((permissions.IsAdminUser & permissions.AllowAny) & ~IsStaff, LOG_IN, NO, "This is not available to you"),
    ],
)
def test_their_classes_hold_on_mount(permission: Any, visitor: str, user: str, staff: str) -> None:
    for who, expected in (
        (AnonymousUser(), visitor),
        (None, visitor),
        (get_user_model()(pk=1), user),
        (get_user_model()(pk=1, is_staff=True), staff),
    ):
        assert outcome(permission, who) == expected
        assert ran == (["mount"] if expected == "ok" else [])


def test_an_event_is_no_reading() -> None:
    assert outcome(permissions.IsAuthenticatedOrReadOnly, AnonymousUser(), "rename") == LOG_IN
    assert outcome(permissions.IsAuthenticatedOrReadOnly, get_user_model()(pk=1), "rename") == "ok"


def test_loading_lazily_is_reading(component_registry: Any) -> None:
    cls = type("Desk_", (Desk,), {"permission_classes": [permissions.IsAuthenticatedOrReadOnly]})
    component_registry.register("desk")(cls)
    answer = run_sync(perform(Call(cls, lazy=True)))
    assert "secret" in run_sync(perform(Call(cls, event="_lazy", token=answer.token))).html


@pytest.mark.parametrize(
    ("codenames", "expected"),
    [
        ([], {None}),
        (["add_group"], {None, "create"}),
        (["change_group"], {None, "update", "rename"}),
        (["delete_group"], {None, "delete", "remove"}),
        (["add_user"], {None}),
    ],
)
@pytest.mark.parametrize("about", [{}, {"model": None, "queryset": Group.objects.all()}])
def test_django_model_permissions(codenames: list[str], expected: set[str | None], about: Any) -> None:
    user = user_with(*codenames)
    told = {event: outcome(permissions.DjangoModelPermissions, user, event, **about) for event in EVENTS}
    assert {event for event, what in told.items() if what == "ok"} == expected
    assert set(told.values()) <= {"ok", NO}
    assert outcome(permissions.DjangoModelPermissions, AnonymousUser(), None) == LOG_IN
    assert outcome(permissions.DjangoModelPermissionsOrAnonReadOnly, AnonymousUser(), None) == "ok"
    assert outcome(permissions.DjangoModelPermissionsOrAnonReadOnly, AnonymousUser(), "create") == LOG_IN


def test_they_see_the_components_own_queryset() -> None:
    seen: list[Any] = []

    class Looks(permissions.DjangoModelPermissions):
        def _queryset(self, view: Any) -> Any:
            found = super()._queryset(view)
            seen.append(found.query.where.children)
            return found

    user = user_with("add_group")
    assert outcome(Looks, user, "create", get_queryset=lambda self: Group.objects.filter(pk=1)) == "ok"
    assert len(seen[0]) == 1


def test_a_component_without_a_model_refuses_and_says_what_is_missing() -> None:
    with pytest.raises(ComponentDefinitionError, match="set `model`"):
        outcome(permissions.DjangoModelPermissions, user_with(), "create", model=None)


class ObjectBackend:
    """Grants permissions on one group only, as django-guardian would."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        return None

    def has_perm(self, user: Any, perm: str, obj: Any = None) -> bool:
        return obj is None or (perm in user.may and obj.name == "theirs")


@pytest.mark.parametrize(
    ("may", "name", "expected"),
    [
        ({"auth.delete_group"}, "theirs", "ok"),
        ({"auth.view_group", "auth.delete_group"}, "other", NO),
        (set(), "theirs", NO),
    ],
)
def test_django_object_permissions(settings: Any, may: set[str], name: str, expected: str) -> None:
    settings.AUTHENTICATION_BACKENDS = ["tests.test_rest_framework.ObjectBackend"]
    user = get_user_model()(pk=1)
    user.may = may
    told = outcome(permissions.DjangoObjectPermissions, user, "delete", instance=Group(name=name))
    assert told == expected
    assert ran == ["mount"]


def test_an_object_that_may_not_be_read_is_not_found(settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = ["tests.test_rest_framework.ObjectBackend"]

    class Reading(permissions.DjangoObjectPermissions):
        perms_map = {**permissions.DjangoObjectPermissions.perms_map, "GET": ["%(app_label)s.view_%(model_name)s"]}

    user = get_user_model()(pk=1)
    user.may = set()
    cls = type("Desk_", (Desk,), {"permission_classes": [Reading], "instance": Group(name="theirs")})
    for event in ("delete", None):
        with pytest.raises(NotFound) as raised:
            cls(user=user).dispatch(event)
        assert isinstance(raised.value.__cause__, Http404)


# -- what they are given


class Recorder(permissions.BasePermission):
    seen: dict[str, Any] = {}

    def has_permission(self, request: Any, view: Any) -> bool:
        kwargs = view.kwargs
        self.seen.clear()
        self.seen.update(
            action=view.action, kwargs=kwargs, method=request.method, user=request.user, same=view.request.user
        )
        self.seen.update(rank=getattr(view, "rank", None), path=getattr(request, "path", None))
        return True


def test_they_get_a_request_and_a_view(rf: Any) -> None:
    user = user_with()
    outcome(Recorder, user, rank="high")
    expected = {"action": "retrieve", "kwargs": {"pk": 7, "user_id": user.pk}, "method": "GET", "rank": "high"}
    assert Recorder.seen == {**expected, "user": user, "same": user, "path": None}
    outcome(Recorder, user, "rename")
    assert (Recorder.seen["action"], Recorder.seen["method"]) == ("rename", "PUT")

    request = rf.post("/desk/")
    request.user = user
    cls = type("Desk_", (Desk,), {"permission_classes": [Recorder]})
    run_sync(perform(Call(cls, request=request)))
    assert (Recorder.seen["method"], Recorder.seen["path"], Recorder.seen["user"]) == ("GET", "/desk/", user)


@pytest.mark.parametrize("name", ["data", "auth", "query_params"])
def test_what_a_component_cannot_give_them_is_named(name: str, rf: Any) -> None:
    class Reads(permissions.BasePermission):
        def has_permission(self, request: Any, view: Any) -> bool:
            return bool(getattr(request, name, True))

    with pytest.raises(ComponentDefinitionError, match=rf"reads request\.{name}, which components do not have"):
        outcome(Reads, user_with())


# -- what they answer


class Closed(permissions.BasePermission):
    message = "Closed on Mondays"
    code = "monday"

    def has_permission(self, request: Any, view: Any) -> bool:
        return False


class ClosedObject(Closed):
    def has_permission(self, request: Any, view: Any) -> bool:
        return True

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        return False


@pytest.mark.parametrize(
    "permission",
    [Closed, ClosedObject, Closed & IsStaff, permissions.AllowAny & ClosedObject, IsStaff | Closed],
)
def test_their_message_and_code_are_told(permission: Any) -> None:
    cls = type("Desk_", (Desk,), {"permission_classes": [permission]})
    with pytest.raises(Forbidden) as refused:
        cls(user=get_user_model()(pk=1)).dispatch()
    assert refused.value.body() == {"error": "Closed on Mondays", "code": "monday"}


class UsedUp(permissions.BasePermission):
    """Finds its words while it is asked."""

    asks_about_object = False

    def has_permission(self, request: Any, view: Any) -> bool:
        return self.asks_about_object or self._tell("5 of 5")

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        return self._tell("5 of 5")

    def _tell(self, used: str) -> bool:
        self.message, self.code = f"You have used {used}", "used_up"
        return False


class UsedUpByObject(UsedUp):
    asks_about_object = True


class AsyncUsedUp(UsedUp):
    async def has_permission(self, request: Any, view: Any) -> bool:  # type: ignore[override]
        return self._tell("all")


@pytest.mark.parametrize(
    ("permission", "text"),
    [
        (UsedUp, "You have used 5 of 5"),
        (UsedUpByObject, "You have used 5 of 5"),
        (AsyncUsedUp, "You have used all"),
        (IsStaff | UsedUp, "You have used 5 of 5"),
        (UsedUpByObject & IsAuthenticated, "You have used 5 of 5"),
    ],
)
def test_what_they_say_while_they_are_asked_is_told(permission: Any, text: str) -> None:
    cls = type("Desk_", (Desk,), {"permission_classes": [permission]})
    with pytest.raises(Forbidden) as refused:
        cls(user=get_user_model()(pk=1)).dispatch()
    assert refused.value.body() == {"error": text, "code": "used_up"}


# -- async ones


class AsyncNo(permissions.BasePermission):
    async def has_permission(self, request: Any, view: Any) -> bool:  # type: ignore[override]
        return False


class AsyncYes(AsyncNo):
    async def has_permission(self, request: Any, view: Any) -> bool:  # type: ignore[override]
        return True


class AsyncNoObject(permissions.BasePermission):
    async def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:  # type: ignore[override]
        return False


class Later(AsyncNo):
    """Returns a coroutine from a plain method."""

    def has_permission(self, request: Any, view: Any) -> Any:  # type: ignore[override]
        return super().has_permission(request, view)


@pytest.mark.parametrize(
    ("permission", "expected"),
    [
        (AsyncNo, NO),
        (AsyncNoObject, NO),
        (Later, NO),
        (AsyncYes, "ok"),
        (AsyncNo | permissions.IsAdminUser, NO),
        (AsyncYes & AsyncNoObject, NO),
        (~AsyncNo, "ok"),
        (~AsyncYes, "This is not available to you"),
        (IsStaff | AsyncYes, "ok"),
    ],
)
def test_async_ones_are_awaited(permission: Any, expected: str) -> None:
    assert outcome(permission, get_user_model()(pk=1)) == expected

    async def dispatch() -> str:
        cls = type("Desk_", (Desk,), {"permission_classes": [permission]})
        try:
            await cls(user=get_user_model()(pk=1)).adispatch()
        except Forbidden as refused:
            return refused.public
        return "ok"

    assert async_to_sync(dispatch)() == expected


@pytest.mark.parametrize("wrap", [lambda permission: permission, lambda permission: permission & IsAuthenticated])
def test_one_that_forgets_to_await_is_an_error(wrap: Any) -> None:
    class Forgets(AsyncNo):
        async def has_permission(self, request: Any, view: Any) -> Any:
            return super().has_permission(request, view)

    with pytest.raises(ComponentDefinitionError, match="await"):
        outcome(wrap(Forgets), get_user_model()(pk=1))


def test_exceptions_of_async_ones_are_refusals() -> None:
    def later(error: Exception) -> type:
        class Raises(permissions.BasePermission):
            async def has_permission(self, request: Any, view: Any) -> bool:  # type: ignore[override]
                raise error

        return Raises

    user = get_user_model()(pk=1)
    assert outcome(later(exceptions.PermissionDenied("Not you", "you")), user) == "Not you"
    assert outcome(later(exceptions.NotFound()), user) == "Not found"
    with pytest.raises(exceptions.Throttled):
        outcome(later(exceptions.Throttled()), user)


def test_not_of_an_object_permission_waits_for_the_object() -> None:
    assert outcome(~ClosedObject, get_user_model()(pk=1)) == "ok"
    assert outcome(~Closed, get_user_model()(pk=1)) == "ok"
    assert outcome(~permissions.AllowAny, get_user_model()(pk=1)) == "This is not available to you"


def raising(error: Exception) -> type:
    class Raises(permissions.BasePermission):
        def has_permission(self, request: Any, view: Any) -> bool:
            raise error

    return Raises


def test_their_exceptions_are_refusals() -> None:
    user = get_user_model()(pk=1)
    assert outcome(raising(exceptions.PermissionDenied("Not you", "you")), user) == "Not you"
    assert outcome(raising(exceptions.NotAuthenticated()), AnonymousUser()) == LOG_IN
    assert outcome(raising(exceptions.NotFound()), user) == "Not found"
    with pytest.raises(exceptions.Throttled):
        outcome(raising(exceptions.Throttled()), user)
    with pytest.raises(LookupError):
        outcome(raising(LookupError()), user)


def test_a_combination_of_unknown_making_is_refused() -> None:
    class XOR:
        def __init__(self, one: Any, other: Any) -> None: ...

    odd = permissions.OperandHolder(XOR, Closed, permissions.AllowAny)
    with pytest.raises(ComponentDefinitionError, match="combines permissions by"):
        outcome(odd, AnonymousUser())


# -- where they do not come from it

SET_UP = """
apps = ['django.contrib.contenttypes', 'django.contrib.auth', 'cf_core', 'cf_permissions']
settings.configure(SECRET_KEY='x', INSTALLED_APPS=apps)
django.setup()
"""


def test_other_permissions_are_left_alone() -> None:
    class Own(BasePermission): ...

    for other in (Own, Own(), Own & IsStaff, object(), "IsStaff"):
        assert adapt(other) is None


def test_visitors_are_asked_to_log_in_over_http(component_registry: Any, client: Any) -> None:
    component_registry.register("desk")(type("Desk_", (Desk,), {"permission_classes": [permissions.IsAuthenticated]}))
    response = client.get("/components/desk/", headers={"HX-Request": "true"})
    assert (response.status_code, response.json()["code"]) == (401, "auth_required")
    assert isinstance(AuthRequired(), ComponentError)


def test_without_the_framework_the_adapter_is_not_there() -> None:
    code = (
        "import sys; sys.modules['rest_framework'] = None\n"
        "import django; from django.conf import settings\n"
        f"{SET_UP}"
        "from cf_core import Component, extensions; from cf_permissions import AllowAny, IsStaff\n"
        "from cf_permissions.rest_framework import adapt\n"
        "assert extensions.permission_adapters == [] and adapt(IsStaff) is None\n"
        "class Text:\n"
        "    render = lambda self, component, context: '<p></p>'\n"
        "class Desk(Component):\n"
        "    renderer = Text(); permission_classes = [AllowAny | IsStaff]\n"
        "assert Desk().dispatch()['html']\n"
        "assert not [name for name in sys.modules if name.startswith('rest_framework.')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_with_it_nothing_of_it_is_imported() -> None:
    code = (
        "import sys, django; from django.conf import settings\n"
        f"{SET_UP}"
        "from cf_core import extensions; from cf_permissions.rest_framework import adapt\n"
        "assert extensions.permission_adapters == [adapt]\n"
        "assert not [name for name in sys.modules if name.startswith('rest_framework')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert adapt in extensions.permission_adapters
