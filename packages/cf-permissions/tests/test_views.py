"""AuthenticatedComponentView, PermissionMixin, and the decorators: all over the one pipeline."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse, JsonResponse
from django.template import engines
from django.test import Client
from django.urls import include, path
from django.views.generic import TemplateView, View

from cf_core import Component
from cf_core.views import ComponentView
from cf_permissions import IsAuthenticated, IsStaff, IsSuperuser
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
            text = "Superuser access required" if url == "/argument/" else "Staff access required"
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


def test_a_page_shows_a_notice_to_those_who_may_not() -> None:
    for who in ("visitor", "user"):
        response = CLIENTS[who]()
        html = response.get("/page/").content.decode()
        assert html.startswith("<main><div")
        assert "secret" not in html
        assert ran == []
    assert "secret" in CLIENTS["staff"]().get("/page/").content.decode()
    assert "secret" not in CLIENTS["staff"]().get("/page-argument/").content.decode()


def test_djangos_own_mixins_protect_the_page_itself() -> None:
    assert CLIENTS["visitor"]().get("/members-page/")["Location"] == "/log-in/?next=/members-page/"
    assert "secret" not in CLIENTS["user"]().get("/members-page/").content.decode()
    assert "secret" in CLIENTS["staff"]().get("/members-page/").content.decode()
    assert CLIENTS["staff"]().post("/page/").status_code == 405


def test_a_page_without_a_component_is_protected_by_nothing_and_says_so() -> None:
    for who in ("visitor", "boss"):
        with pytest.raises(ImproperlyConfigured, match="Protect what it does itself with Django's own decorators"):
            CLIENTS[who]().get("/no-component/")


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
