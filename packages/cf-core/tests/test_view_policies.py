"""Views under permissions and limits: asked before they run, and whatever they show stays under the same."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.template.response import TemplateResponse
from django.test import AsyncClient, Client, RequestFactory
from django.urls import include, path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_page

from cf_core import Component, ComponentDefinitionError, RateLimited
from cf_core.engine.calls import Call
from cf_core.policies import register_policy, under_policy
from cf_core.views import ComponentView
from cf_testing.parity import Shown, logged
from tests.components import ran
from tests.permissions import Anyone, LoggedIn, Staff, StaffAsync
from tests.renderers import Inline, Written

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.test_view_policies")]
HTMX = {"HX-Request": "true"}
asked: list[Any] = []


class Gate:
    """A guard that lets one event pass."""

    def __init__(self, name: str) -> None:
        self.policy_key = name
        self.met = 0

    def __call__(self, component: Component, call: Call) -> None:
        self.met += 1
        if self.met > 1:
            raise RateLimited(self.policy_key, retry_after=7)


class Noting(LoggedIn):
    """Writes down what it is asked about."""

    def has_permission(self, request: Any, component: Any) -> bool:
        asked.append((type(component).__name__, component.event, dict(component.params)))
        return super().has_permission(request, component)


class Denies:
    error: Exception = PermissionDenied("no")

    def has_permission(self, request: Any, component: Any) -> bool:
        raise self.error


class Hides(Denies):
    error = Http404("no")


class Fails(Denies):
    error = LookupError("bug")


class Basket(Component):
    """Declares nothing."""

    renderer = Inline("<p>basket of {{ owner }}</p>")
    public_params = ["owner"]

    def mount(self) -> None:
        ran.append("mount")

    def on_add(self) -> None:
        ran.append("add")


class Crate(Component):
    """Calls a basket by hand, in its template and in its handler."""

    renderer = Written(lambda crate: f"<div>{crate.inside()}{crate.state.get('html', '')}</div>")

    def inside(self) -> str:
        basket = Basket()
        basket.request = self.request
        return str(basket.dispatch()["html"])

    def on_open(self) -> None:
        self.state["html"] = self.inside()

    def on_print(self) -> None:
        basket = Basket()
        basket.request = self.request
        basket.mount()
        self.state["html"] = basket.render()


def rendered(source: str, request: Any) -> str:
    return engines["django"].from_string("{% load components %}" + source).render({}, request)


BASKET = '<main>the page{% live_component "basket" %}</main>'


class PageView(ComponentView):
    """Its GET is a page of its own; as htmx asks for it, the component alone."""

    component_name = "basket"
    permission_classes = [Staff]
    gate: Gate | None = None

    @classmethod
    def policy_guards(cls, initkwargs: Mapping[str, Any]) -> tuple[Any, ...]:
        gate = initkwargs.get("gate", cls.gate)
        return (*super().policy_guards(initkwargs), *([gate] if gate else []))

    def get(self, request: Any, **kwargs: Any) -> Any:
        if request.headers.get("HX-Request"):
            return super().get(request, **kwargs)
        ran.append("page")
        return self.page(request)

    def page(self, request: Any) -> HttpResponse:
        return HttpResponse(rendered(BASKET, request))

    def put(self, request: Any) -> HttpResponse:
        ran.append("put")
        return HttpResponse("put")

    http_method_names = [*ComponentView.http_method_names, "put"]


class LaterPageView(PageView):
    def page(self, request: Any) -> TemplateResponse:
        return TemplateResponse(request, engines["django"].from_string("{% load components %}" + BASKET), {})


class AsyncPageView(ComponentView):
    component_name = "basket"
    permission_classes = [StaffAsync]

    async def get(self, request: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        ran.append("page")
        basket = Basket()
        basket.request = request
        return HttpResponse("the page" + (await basket.adispatch())["html"])

    async def post(self, request: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        return HttpResponse("posted")


class OwnerView(PageView):
    permission_classes = [Noting]


def page(request: Any, **kwargs: Any) -> HttpResponse:
    ran.append("page")
    return HttpResponse(rendered(BASKET, request))


def bare(request: Any, number: int = 0) -> HttpResponse:
    ran.append("page")
    return HttpResponse(f"data {number}")


async def bare_async(request: Any) -> JsonResponse:
    ran.append("page")
    return JsonResponse({"data": 1})


def crate(request: Any) -> HttpResponse:
    return HttpResponse(rendered('{% live_component "crate" %}', request))


def printed(request: Any) -> HttpResponse:
    basket = Basket()
    basket.request = request
    basket.mount()
    return HttpResponse(basket.render())


def for_those(*permission_classes: Any, **more: Any) -> Any:
    return functools.partial(under_policy, permission_classes=permission_classes, **more)


def has_role(name: str) -> Any:
    class HasRole:
        def has_permission(self, request: Any, component: Any) -> bool:
            return request.user.username == name

    return HasRole


class Quiet(View):
    """A page without a component."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return HttpResponse("data")


urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("page/", PageView.as_view()),
    path("later/", LaterPageView.as_view()),
    path("async/", AsyncPageView.as_view()),
    path("owner/", OwnerView.as_view()),
    path("around/", for_those(Staff)(PageView.as_view(permission_classes=[LoggedIn]))),
    path("around-none/", for_those(Staff)(PageView.as_view(permission_classes=[]))),
    path("noting/<int:number>/", for_those(Noting)(bare)),
    path("bare-async/", for_those(StaffAsync)(bare_async)),
    path("bare-sync/", for_those(StaffAsync)(bare)),
    path("denies/", for_those(Denies)(bare)),
    path("hides/", for_those(Hides)(bare)),
    path("fails/", for_those(Fails)(bare)),
    path("partial/", for_those(LoggedIn)(functools.partial(bare, number=5))),
    path("partial-gate/", under_policy(functools.partial(page), guards=[Gate("partial")])),
    path("twice/", for_those(Noting)(for_those(Noting, Staff)(bare))),
    path("roles/", for_those(has_role("a"))(for_those(has_role("b"))(bare))),
    path("crate/", for_those(Staff)(crate)),
    path("printed/", for_those(Staff)(printed)),
    path("replaced/", for_those(Staff)(cache_page(60)(ComponentView.as_view(component_name="basket")))),
]


@pytest.fixture(autouse=True)
def _registered(register: Any) -> None:
    for cls in (Basket, Crate):
        register(cls)
    asked.clear()


@pytest.fixture
def staff(client_of: Any, boss: Any) -> Client:
    made: Client = client_of(boss)
    return made


def shown_in(client: Client, html: str, name: str = "basket") -> Shown:
    """Return the last component of that name in the HTML."""
    start = html.rindex(f'data-cf-component="{name}"')
    return Shown(client, name, html[html.rindex("<", 0, start) :])


def demote(boss: Any) -> None:
    boss.is_staff = False
    boss.save()


def told(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


# -- component views that answer by themselves


@pytest.mark.parametrize("url", ["/page/", "/later/", "/async/", "/around/", "/around-none/"])
def test_a_component_views_own_page_is_asked_before_it_runs(client: Client, client_of: Any, ann: Any, url: str) -> None:
    assert told(client.get(url)) == (401, "auth_required")
    assert told(client_of(ann).get(url)) == (403, "forbidden")
    assert client_of(ann).head(url).status_code == 403
    assert ran == []


@pytest.mark.parametrize("url", ["/page/", "/later/", "/async/", "/around/", "/around-none/"])
def test_what_a_component_views_own_page_shows_is_under_its_policy(staff: Client, boss: Any, url: str) -> None:
    html = staff.get(url).content.decode()
    assert "the page" in html
    shown = shown_in(staff, html)
    assert shown.post("add").status_code == 200
    demote(boss)
    ran.clear()
    assert told(shown.post("add")) == (403, "forbidden")
    assert ran == []


def test_guards_of_a_component_view_hold_for_what_its_own_page_shows(client: Client) -> None:
    view = PageView.as_view(permission_classes=[], gate=Gate("page"))
    html = view(RequestFactory().get("/")).content.decode()
    shown = shown_in(client, html)
    assert shown.post("add").status_code == 200
    assert told(shown.post("add")) == (429, "rate_limited")


def test_other_methods_of_a_component_views_own_are_asked_too(client: Client, staff: Client) -> None:
    assert told(client.put("/page/")) == (401, "auth_required")
    assert ran == []
    assert staff.put("/page/").content == b"put"
    assert client.options("/page/").status_code == 200
    assert client.delete("/page/").status_code == 405


def test_a_component_view_that_answers_as_usual_asks_once(client_of: Any, ann: Any) -> None:
    view = ComponentView.as_view(component_name="basket", permission_classes=[Noting])
    request = RequestFactory().get("/?owner=ann", headers=HTMX)
    request.user = ann
    assert "basket of ann" in view(request).content.decode()
    assert asked == [("Basket", None, {"owner": "ann", "user": ann, "user_id": ann.pk})]


def test_before_a_page_of_its_own_a_component_view_asks_about_its_component(client_of: Any, ann: Any) -> None:
    assert "the page" in client_of(ann).get("/owner/?owner=ann").content.decode()
    (name, event, params), *_ = asked
    assert (name, event, params["owner"], params["user"]) == ("Basket", None, "ann", ann)


# -- decorated views


def test_classes_are_asked_about_a_stand_in_of_the_page(client_of: Any, ann: Any) -> None:
    assert client_of(ann).get("/noting/7/").content == b"data 7"
    assert asked == [("Page", None, {"number": 7, "user": ann, "user_id": ann.pk})]


@pytest.mark.parametrize("url", ["/bare-async/", "/bare-sync/"])
@pytest.mark.parametrize("client_class", [Client, AsyncClient])
def test_async_classes_are_awaited_before_a_view(client_class: Any, url: str, boss: Any, ann: Any) -> None:
    for user, status in ((None, 401), (ann, 403), (boss, 200)):
        ran.clear()
        client = client_class()
        if user is not None:
            client.force_login(user)
        get = async_to_sync(client.get) if client_class is AsyncClient else client.get
        assert get(url).status_code == status
        assert ran == (["page"] if status == 200 else [])


def test_what_a_class_raises_before_a_view_is_its_answer(client: Client, staff: Client) -> None:
    assert told(staff.get("/denies/")) == (403, "forbidden")
    assert told(staff.get("/hides/")) == (404, "not_found")
    with pytest.raises(LookupError):
        staff.get("/fails/")
    assert ran == []


def test_classes_around_one_view_are_asked_once_each(client_of: Any, ann: Any, staff: Client) -> None:
    assert told(client_of(ann).get("/twice/")) == (403, "forbidden")
    asked.clear()
    assert staff.get("/twice/").status_code == 200
    assert len(asked) == 2  # each decorator asks its own


def test_decorators_whose_classes_a_function_made_all_hold(client_of: Any, django_user_model: Any) -> None:
    for name in ("a", "b"):
        user = django_user_model.objects.create(username=name)
        assert told(client_of(user).get("/roles/")) == (403, "forbidden")


def test_a_partial_may_be_decorated(client: Client, client_of: Any, ann: Any) -> None:
    assert client_of(ann).get("/partial/").content == b"data 5"
    assert client.get("/partial/").status_code == 401
    shown = shown_in(client, client.get("/partial-gate/").content.decode())
    assert [shown.post("add").status_code for _ in range(2)] == [200, 429]


def test_what_answers_in_place_of_a_component_view_may_not_skip_its_classes(staff: Client, client: Client) -> None:
    def canned(request: Any) -> HttpResponse:
        return HttpResponse("kept")

    canned.view_class = ComponentView  # type: ignore[attr-defined]  # as functools.wraps has it
    view = for_those(Staff, name="canned")(canned)
    with pytest.raises(ImproperlyConfigured, match="canned answered without asking its permission classes"):
        view(RequestFactory().get("/"))
    assert told(client.get("/replaced/")) == (401, "auth_required")
    assert "basket" in staff.get("/replaced/").content.decode()
    assert told(client.get("/replaced/")) == (401, "auth_required")


def test_a_method_of_a_view_is_refused_where_it_is_decorated() -> None:
    for decorate in (for_those(Staff), functools.partial(under_policy, guards=[Gate("method")])):
        with pytest.raises(ImproperlyConfigured, match="PermissionMixin"):

            @method_decorator(decorate, name="dispatch")
            class Decorated(Quiet): ...

        with pytest.raises(ImproperlyConfigured, match="PermissionMixin"):
            decorate(functools.partial(Quiet().dispatch))


# -- limits without anything to limit


def elsewhere(request: Any) -> Any:
    return redirect("/")


def not_modified(request: Any) -> Any:
    return HttpResponse(status=304)


def streaming(request: Any) -> StreamingHttpResponse:
    return StreamingHttpResponse(rendered(BASKET, request) for _ in range(1))


@pytest.mark.parametrize("debug", [True, False])
def test_a_limited_page_may_be_without_components_and_the_log_says_so_once(settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    view = under_policy(bare, guards=[Gate("bare")], name=f"bare-{debug}")
    with logged() as log:
        for _ in range(3):
            assert view(RequestFactory().get("/")).content == b"data 0"
    (record,) = log.alarms
    assert record.getMessage().startswith(f"bare-{debug} has limits, but it answered without calling or placing")


@pytest.mark.parametrize("view", [elsewhere, not_modified, streaming, page])
def test_what_is_no_page_without_components_is_not_told(view: Any) -> None:
    decorated = under_policy(view, guards=[Gate("told")], name=f"told-{view.__name__}")
    with logged() as log:
        response = decorated(RequestFactory().post("/"))
        if response.streaming:
            assert "basket" in b"".join(response).decode()
    assert log.alarms == []


def test_a_limited_page_may_be_kept_by_a_cache(client: Client) -> None:
    def later(request: Any) -> TemplateResponse:
        return TemplateResponse(request, engines["django"].from_string("{% load components %}" + BASKET), {})

    def ask(gate: Any, component: Component, call: Call) -> None: ...

    # What a guard may hold, no cache can keep.
    unpicklable = functools.partial(ask, lambda: None)
    view = cache_page(60)(under_policy(later, guards=[unpicklable], name="kept-page"))
    bodies = []
    for _ in range(2):
        response = view(RequestFactory().get("/kept/"))
        bodies.append((response.render() if hasattr(response, "render") else response).content)
    assert bodies[0] == bodies[1]
    assert b"basket" in bodies[0]


# -- lists that are none


@pytest.mark.parametrize("listed", [filter(None, [Staff]), {Staff}, Staff, "Staff"])
def test_permission_classes_of_a_view_are_a_list(listed: Any) -> None:
    for _ in range(2):
        with pytest.raises(ImproperlyConfigured, match="no list: write"):
            ComponentView.as_view(component_name="basket", permission_classes=listed)
        with pytest.raises(ImproperlyConfigured, match="no list: write"):
            under_policy(bare, permission_classes=listed)
        with pytest.raises(ImproperlyConfigured, match="no list: write"):
            register_policy(bare, listed)


@pytest.mark.parametrize("listed", [filter(None, [Staff]), {Staff}, Staff, "Staff"])
def test_permission_classes_of_a_component_are_a_list(listed: Any) -> None:
    cls = type("Listing", (Basket,), {"permission_classes": listed})
    for _ in range(2):
        with pytest.raises(ComponentDefinitionError, match="no list: write"):
            cls().dispatch()
    assert ran == []


# -- names that tell nobody


def test_a_token_of_an_ambiguous_name_is_refused_at_the_views_own_address_too(client: Client, ann: Any) -> None:
    def view_for(name: str) -> Any:
        class RoleView(ComponentView):
            component_name = "basket"
            permission_classes = [has_role(name)]

        return RoleView.as_view()

    one, other = view_for("ann"), view_for("bob")
    request = RequestFactory().get("/", headers=HTMX)
    request.user = ann
    token = shown_in(client, one(request).content.decode()).token
    ran.clear()
    for view in (one, other):
        request = RequestFactory().post("/", {"event": "add", "_state": token}, headers=HTMX)
        request.user = ann
        with logged():
            assert view(request).status_code in (403, 500)
    assert ran == []


# -- components that are called by hand


@pytest.mark.parametrize("event", [None, "open", "print"])
def test_what_a_component_calls_by_hand_is_under_its_policy(staff: Client, boss: Any, event: str | None) -> None:
    shown = shown_in(staff, staff.get("/crate/").content.decode(), "crate")
    html = shown.html if event is None else shown.post(event).content.decode()
    inner = shown_in(staff, html)
    assert inner.post("add").status_code == 200
    demote(boss)
    ran.clear()
    assert told(inner.post("add")) == (403, "forbidden")
    assert ran == []


def test_what_a_view_renders_by_hand_is_under_its_policy(staff: Client, boss: Any) -> None:
    shown = shown_in(staff, staff.get("/printed/").content.decode())
    assert shown.post("add").status_code == 200
    demote(boss)
    assert told(shown.post("add")) == (403, "forbidden")


def test_the_policy_of_a_component_ends_with_its_event(staff: Client, boss: Any) -> None:
    shown = shown_in(staff, staff.get("/crate/").content.decode(), "crate")
    request = RequestFactory().post("/", {"event": "open", "_state": shown.token}, headers=HTMX)
    request.user = boss
    request.session = staff.session
    crates = ComponentView.as_view(component_name="crate", permission_classes=[Anyone])
    assert crates(request).status_code == 200
    demote(boss)
    request.user = boss
    assert "basket" in rendered(BASKET, request)
