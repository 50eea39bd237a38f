"""AuthenticatedComponentView, PermissionMixin, and the decorators: all over the one pipeline."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse, JsonResponse
from django.template import engines
from django.test import Client
from django.urls import include, path
from django.views.generic import ListView, TemplateView, View
from rest_framework.permissions import IsAuthenticatedOrReadOnly

from cf_core import Component
from cf_core.views import ComponentView
from cf_permissions import DjangoModelPermission, IsAuthenticated, IsStaff, IsSuperuser
from cf_permissions.decorators import login_required_component, permission_classes
from cf_permissions.views import AuthenticatedComponentView, PermissionMixin
from cf_testing.parity import Shown

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.test_views")]
HTMX = {"HX-Request": "true"}
ran: list[str] = []


class Text:
    def render(self, component: Component, context: dict[str, Any]) -> str:
        return "<p>secret</p>"


class Users(Component):
    """Declares nothing: its views say who may."""

    renderer = Text()

    def mount(self) -> None:
        ran.append("mount")

    def on_search(self, query: str = "") -> None:
        ran.append("search")


class UserListView(ComponentView):
    component_name = "users"
    permission_classes = [IsStaff]


class MineView(AuthenticatedComponentView):
    component_name = "users"


class StaffsView(AuthenticatedComponentView):
    component_name = "users"
    permission_classes = [IsStaff]


class MixedView(PermissionMixin, ComponentView):
    component_name = "users"
    permission_classes = [IsStaff]


class Inline(TemplateView):
    """A page that places the component."""

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> Any:
        template = engines["django"].from_string('{% load components %}<main>{% live_component "users" %}</main>')
        return self.response_class(self.request, template, context, using=None)


class StaffPage(PermissionMixin, Inline):
    permission_classes = [IsStaff]


class MembersPage(LoginRequiredMixin, StaffPage): ...


class AsyncPage(PermissionMixin, View):
    permission_classes = [IsStaff]

    async def get(self, request: Any) -> JsonResponse:
        users = Users()
        users.request = request
        return JsonResponse({"html": (await users.adispatch())["html"]})


class AskedFirst(PermissionMixin, LoginRequiredMixin, Inline):
    permission_classes = [IsStaff]


class ReadOnly(PermissionMixin, View):
    permission_classes = [IsAuthenticatedOrReadOnly]

    def get(self, request: Any) -> HttpResponse:
        return HttpResponse("read")

    def post(self, request: Any) -> HttpResponse:
        return HttpResponse("written")


class Groups(PermissionMixin, ListView):
    permission_classes = [DjangoModelPermission]
    model = Group

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        return HttpResponse("groups")


class NoComponent(PermissionMixin, View):
    permission_classes = [IsStaff]

    def get(self, request: Any) -> HttpResponse:
        return HttpResponse("secret")


@permission_classes([IsStaff])
def by_hand(request: Any) -> JsonResponse:
    users = Users()
    users.request = request
    return JsonResponse({"html": users.dispatch()["html"]})


@login_required_component
async def by_async_hand(request: Any) -> JsonResponse:
    users = Users()
    users.request = request
    return JsonResponse({"html": (await users.adispatch())["html"]})


urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("list/", UserListView.as_view()),
    path("mine/", MineView.as_view()),
    path("staffs/", StaffsView.as_view()),
    path("argument/", MineView.as_view(permission_classes=[IsSuperuser])),
    path("mixed/", MixedView.as_view()),
    path("users/", AuthenticatedComponentView.as_view()),
    path("page/", StaffPage.as_view()),
    path("members-page/", MembersPage.as_view()),
    path("asked-first/", AskedFirst.as_view()),
    path("read-only/", ReadOnly.as_view()),
    path("groups/", Groups.as_view()),
    path("page-argument/", StaffPage.as_view(permission_classes=[IsSuperuser])),
    path("async-page/", AsyncPage.as_view()),
    path("no-component/", NoComponent.as_view()),
    path("by-hand/", by_hand),
    path("by-async-hand/", by_async_hand),
    path("decorated/", permission_classes([IsStaff])(MineView.as_view())),
]


@pytest.fixture(autouse=True)
def _users(component_registry: Any) -> None:
    component_registry.register("users")(Users)
    ran.clear()


def client_for(name: str | None, **flags: bool) -> Client:
    client = Client()
    if name is not None:
        client.force_login(get_user_model().objects.get_or_create(username=name, defaults=flags)[0])
    return client


CLIENTS = {
    "visitor": lambda: client_for(None),
    "user": lambda: client_for("user"),
    "staff": lambda: client_for("staff", is_staff=True),
    "root": lambda: client_for("root", is_superuser=True),
    "boss": lambda: client_for("boss", is_staff=True, is_superuser=True),
}
MAY = {
    "/list/": {"staff", "boss"},
    "/mine/": {"user", "staff", "root", "boss"},
    "/users/": {"user", "staff", "root", "boss"},
    "/staffs/": {"staff", "boss"},
    "/argument/": {"root", "boss"},
    "/mixed/": {"staff", "boss"},
    "/decorated/": {"staff", "boss"},
    "/by-hand/": {"staff", "boss"},
    "/by-async-hand/": {"user", "staff", "root", "boss"},
    "/async-page/": {"staff", "boss"},
    "/page/": {"staff", "boss"},
    "/page-argument/": {"root", "boss"},
    "/asked-first/": {"staff", "boss"},
    "/no-component/": {"staff", "boss"},
}


@pytest.mark.parametrize("who", CLIENTS)
@pytest.mark.parametrize("url", MAY)
def test_denied_is_json_and_never_a_redirect(url: str, who: str) -> None:
    client = CLIENTS[who]()
    for headers in (HTMX, {"Accept": "application/json"}, {}):
        ran.clear()
        response = client.get(url, headers=headers)
        if who in MAY[url]:
            assert response.status_code == 200
            assert "secret" in response.content.decode()
            continue
        assert response["Content-Type"] == "application/json"
        if who == "visitor":
            assert response.status_code == 401
            expected = {"error": "Authentication required", "code": "auth_required", "login_url": "/log-in/"}
            assert response.json() == expected
        else:
            assert response.status_code == 403
            text = "Superuser access required" if "argument" in url else "Staff access required"
            assert response.json() == {"error": text, "code": "forbidden"}
        assert ran == []


@pytest.mark.parametrize("url", ["/list/", "/staffs/", "/mixed/", "/decorated/", "/by-hand/", "/page/"])
def test_the_policy_goes_with_the_token_to_the_generic_endpoint(url: str) -> None:
    client = client_for("staff", is_staff=True)
    response = client.get(url, headers=HTMX)
    html = response.json()["html"] if "json" in response["Content-Type"] else response.content.decode()
    shown = Shown(client, "users", html[html.index("<p") :])
    assert shown.post("search").status_code == 200
    get_user_model().objects.update(is_staff=False)
    ran.clear()
    for send in (shown.post, shown.json):
        response = send("search")
        assert (response.status_code, response.json()["error"]) == (403, "Staff access required")
    client.logout()
    for send in (shown.post, shown.json):
        assert send("search").status_code == 401
    assert ran == []


def test_djangos_own_mixins_are_asked_where_they_are_named() -> None:
    assert CLIENTS["visitor"]().get("/members-page/")["Location"] == "/log-in/?next=/members-page/"
    assert CLIENTS["user"]().get("/members-page/").json()["error"] == "Staff access required"
    assert "secret" in CLIENTS["staff"]().get("/members-page/").content.decode()
    assert CLIENTS["visitor"]().get("/asked-first/").status_code == 401
    assert CLIENTS["staff"]().post("/page/").status_code == 405
    assert CLIENTS["user"]().post("/page/").status_code == 403


def test_a_mixin_behind_the_views_class_would_not_be_asked_and_is_refused() -> None:
    class Specialised(PermissionMixin):
        permission_classes = [IsStaff]

    for bases in ((Inline, PermissionMixin), (ComponentView, PermissionMixin), (View, Specialised)):
        with pytest.raises(ImproperlyConfigured, match="Behind: name PermissionMixin before the view's class"):
            type("Behind", bases, {"permission_classes": [IsStaff]})
    assert type("Before", (Specialised, Inline), {}).as_view()  # type: ignore[attr-defined]


def test_a_mixin_that_as_view_did_not_make_lets_nobody_in(rf: Any) -> None:
    page = StaffPage()
    page.setup(rf.get("/"))
    with pytest.raises(ImproperlyConfigured, match="StaffPage was not made by as_view"):
        page.dispatch(page.request)


def test_a_mixin_adds_nothing_to_a_component_view_and_takes_nothing_away() -> None:
    class Again(PermissionMixin, UserListView): ...

    policy = Again.as_view().view_initkwargs["_policy"]  # type: ignore[attr-defined]
    assert policy.permission_classes == (IsStaff,)


def test_django_rest_frameworks_classes_see_the_method_of_the_page() -> None:
    assert CLIENTS["visitor"]().get("/read-only/").content == b"read"
    assert CLIENTS["visitor"]().post("/read-only/").status_code == 401
    assert CLIENTS["user"]().post("/read-only/").content == b"written"


def test_permissions_of_a_model_are_those_of_the_views_model() -> None:
    for client, status in ((CLIENTS["visitor"](), 401), (CLIENTS["user"](), 403), (CLIENTS["root"](), 200)):
        assert client.get("/groups/").status_code == status


@pytest.mark.parametrize("classes", [filter(None, [IsStaff]), IsStaff, {IsStaff}])
def test_permission_classes_of_a_view_are_a_list(classes: Any) -> None:
    for view in (type("Once", (MineView,), {"permission_classes": classes}), MineView):
        for _ in range(2):
            with pytest.raises(ImproperlyConfigured, match="no list: write"):
                view.as_view(**({} if view is not MineView else {"permission_classes": classes}))


def test_a_log_in_is_asked_for_even_where_a_subclass_says_otherwise() -> None:
    from cf_permissions import AllowAny

    class Loose(MineView):
        permission_classes = [AllowAny]

    policy = Loose.as_view().view_initkwargs["_policy"]  # type: ignore[attr-defined]
    assert policy.permission_classes == (IsAuthenticated, AllowAny)


def test_a_mixin_without_classes_is_an_error() -> None:
    class Bare(PermissionMixin, Inline): ...

    with pytest.raises(ImproperlyConfigured, match="Bare: PermissionMixin needs permission_classes"):
        Bare.as_view()


@pytest.mark.parametrize("classes", [IsStaff, [], (), None, "IsStaff", IsStaff & IsSuperuser])
def test_a_decorator_takes_a_list(classes: Any) -> None:
    with pytest.raises(TypeError, match="takes a list of permission classes"):
        permission_classes(classes)


def test_a_decorator_is_for_functions() -> None:
    with pytest.raises(TypeError, match="on the class UserListView set permission_classes"):
        permission_classes([IsStaff])(UserListView)


def test_a_decorated_view_may_have_a_name_of_its_own() -> None:
    from cf_core.policies import view_policy

    @permission_classes([IsStaff], policy_name="users-of-staff")
    def view(request: Any) -> None: ...

    assert view_policy("users-of-staff").permission_classes == (IsStaff,)
