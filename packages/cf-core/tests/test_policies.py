"""What views demand travels with their tokens: classes and guards, of component views and of decorated functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.test import AsyncClient, Client, RequestFactory
from django.urls import include, path
from django.views import View

from cf_core import Component, CompositeComponent, Forbidden, RateLimited
from cf_core.engine.calls import Call, Policy, join_policies
from cf_core.engine.drivers import run_sync
from cf_core.engine.errors import StateExpired
from cf_core.engine.lifecycle import perform
from cf_core.policies import push_policy, register_policy, under_policy, view_policy
from cf_core.views import ComponentView, component_view
from cf_testing.parity import Shown, new_rid
from tests.components import ran
from tests.permissions import Anyone, LoggedIn, Staff
from tests.renderers import Inline

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.test_policies")]
HTMX = {"HX-Request": "true"}
met: list[str] = []


class Gate:
    """A guard that writes down whom it met, and refuses where the test says so."""

    refuses: set[str] = set()

    def __init__(self, name: str) -> None:
        self.policy_key = name

    def __call__(self, component: Component, call: Call) -> None:
        met.append(f"{self.policy_key}: {component.component_name}.{call.event}")
        if self.policy_key in self.refuses:
            raise RateLimited(self.policy_key, retry_after=7)


class Basket(Component):
    """Declares nothing: open where the project places it."""

    renderer = Inline("<p>basket {{ state.count }}</p>")

    def mount(self) -> None:
        ran.append("mount")
        self.state["count"] = 0

    def on_add(self) -> None:
        ran.append("add")
        self.state["count"] += 1


class Shelf(Component):
    """Places a basket inside."""

    renderer = Inline('<div>{% live_component "basket" %}</div>')

    def on_tidy(self) -> None:
        ran.append("tidy")


class Room(CompositeComponent):
    components = {"corner": "basket"}
    renderer = Inline("<section>{{ slots.corner }}</section>")

    def on_sweep(self) -> None:
        ran.append("sweep")


class GuardedView(ComponentView):
    component_name = "basket"
    gate = "gate"

    @classmethod
    def policy_guards(cls, initkwargs: Mapping[str, Any]) -> tuple[Any, ...]:
        return (*super().policy_guards(initkwargs), Gate(initkwargs.get("gate", cls.gate)))


class StaffView(ComponentView):
    component_name = "basket"
    permission_classes = [Staff]


class BothView(GuardedView):
    permission_classes = [LoggedIn]


def rendered(source: str, request: Any) -> str:
    return engines["django"].from_string("{% load components %}" + source).render({}, request)


BASKET = '{% live_component "basket" %}'


def page(request: Any) -> HttpResponse:
    return HttpResponse(rendered(BASKET, request))


def two_baskets(request: Any) -> HttpResponse:
    return HttpResponse(rendered(BASKET + BASKET, request))


def nested(request: Any, name: str) -> HttpResponse:
    return HttpResponse(rendered(f'{{% live_component "{name}" %}}', request))


def by_hand(request: Any) -> HttpResponse:
    basket = Basket()
    basket.request = request
    return HttpResponse(basket.dispatch()["html"])


def without_request(request: Any) -> HttpResponse:
    return HttpResponse(Basket().dispatch()["html"])


def no_component(request: Any) -> HttpResponse:
    return HttpResponse("secret")


def raises(request: Any) -> HttpResponse:
    raise LookupError("a view's own fault")


@login_required
def log_in_first(request: Any) -> HttpResponse:
    return page(request)


def goes_elsewhere(request: Any) -> HttpResponse:
    return redirect("/somewhere/?next=/log-in/")


def refuses(request: Any) -> HttpResponse:
    return HttpResponse("no", status=int(request.GET["status"]))


class Page(View):
    def get(self, request: Any) -> HttpResponse:
        return page(request)


def later(request: Any) -> TemplateResponse:
    return TemplateResponse(request, engines["django"].from_string("{% load components %}" + BASKET), {})


def later_without(request: Any) -> SimpleTemplateResponse:
    return SimpleTemplateResponse(engines["django"].from_string("secret"))


def streamed(request: Any) -> StreamingHttpResponse:
    first = rendered(BASKET, request)

    def parts() -> Iterator[str]:
        yield first
        yield rendered(BASKET, request)

    return StreamingHttpResponse(parts())


def streamed_only(request: Any) -> StreamingHttpResponse:
    return StreamingHttpResponse(rendered(BASKET, request) for _ in range(1))


async def from_async(request: Any) -> HttpResponse:
    basket = Basket()
    basket.request = request
    return HttpResponse((await basket.adispatch())["html"])


async def async_without(request: Any) -> JsonResponse:
    return JsonResponse({"secret": 1})


def for_staff(view: Any) -> Any:
    return under_policy(view, permission_classes=[Staff])


def gated(view: Any) -> Any:
    return under_policy(view, guards=[Gate("outer")])


urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("guarded/", GuardedView.as_view()),
    path("other/", GuardedView.as_view(gate="other")),
    path("staff/", StaffView.as_view()),
    path("both/", BothView.as_view()),
    path("decorated/", gated(GuardedView.as_view())),
    path("closed/", for_staff(ComponentView.as_view(component_name="basket"))),
    path("generic/<str:name>/", gated(component_view)),
    path("page/", for_staff(page)),
    path("two/", for_staff(two_baskets)),
    path("nested/<str:name>/", under_policy(nested, permission_classes=[Staff], guards=[Gate("nest")])),
    path("stacked/", gated(for_staff(page))),
    path("by-hand/", for_staff(by_hand)),
    path("without-request/", for_staff(without_request)),
    path("no-component/", for_staff(no_component)),
    path("raises/", for_staff(raises)),
    path("log-in-first/", gated(for_staff(log_in_first))),
    path("log-in-outside/", login_required(for_staff(page))),
    path("goes-elsewhere/", for_staff(goes_elsewhere)),
    path("refuses/", for_staff(refuses)),
    path("class-page/", for_staff(Page.as_view())),
    path("later/", gated(for_staff(later))),
    path("later-without/", for_staff(later_without)),
    path("streamed/", gated(for_staff(streamed))),
    path("streamed-only/", for_staff(streamed_only)),
    path("from-async/", for_staff(from_async)),
    path("async-without/", for_staff(async_without)),
]


@pytest.fixture(autouse=True)
def _registered(register: Any) -> Iterator[None]:
    for cls in (Basket, Shelf, Room):
        register(cls)
    met.clear()
    Gate.refuses = set()
    yield
    Gate.refuses = set()


@pytest.fixture
def staff(client_of: Any, boss: Any) -> Client:
    made: Client = client_of(boss)
    return made


def shown_in(client: Client, html: str, name: str = "basket") -> Shown:
    """Return the last component of that name in the HTML."""
    start = html.rindex(f'data-cf-component="{name}"')
    return Shown(client, name, html[html.rindex("<", 0, start) :])


def opened(client: Client, url: str, name: str = "basket") -> Shown:
    response = client.get(url, headers=HTMX)
    assert response.status_code == 200, response.content
    return shown_in(client, response.content.decode(), name)


def demote(boss: Any) -> None:
    boss.is_staff = False
    boss.save()


def told(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


# -- guards


def test_a_views_guards_stand_before_every_event_of_its_tokens(client: Client) -> None:
    shown = opened(client, "/guarded/")
    assert met == []
    for url in ("/guarded/", "/components/basket/"):
        assert shown.post("add", url=url).status_code == 200
        assert shown.json("add", url=url).status_code == 200
    assert met == ["gate: basket.add"] * 4


def test_a_guard_refuses_before_the_handler_and_before_the_state(client: Client) -> None:
    shown = opened(client, "/guarded/")
    ran.clear()
    Gate.refuses = {"gate"}
    response = shown.post("add")
    assert told(response) == (429, "rate_limited")
    assert response["Retry-After"] == "7"
    assert ran == []


def test_permissions_come_before_guards(client: Client, client_of: Any, ann: Any) -> None:
    shown = opened(client_of(ann), "/both/")
    shown.client.logout()
    assert shown.post("add").status_code == 401
    assert met == []


def test_a_repeated_request_meets_no_guard_again(client: Client) -> None:
    shown = opened(client, "/guarded/")
    token, rid = shown.token, new_rid()
    first = shown.post("add", _rid=rid)
    second = shown.post("add", _rid=rid, _state=token, _retry="1")
    assert first.content == second.content
    assert met == ["gate: basket.add"]


def test_a_refused_request_may_be_repeated_under_its_id(client: Client) -> None:
    shown = opened(client, "/guarded/")
    rid = new_rid()
    Gate.refuses = {"gate"}
    assert shown.post("add", _rid=rid).status_code == 429
    Gate.refuses = set()
    assert shown.post("add", _rid=rid, _retry="1").status_code == 200


def test_the_frameworks_own_events_meet_no_guard(client: Client) -> None:
    request = RequestFactory().get("/")
    with push_policy(request, register_policy(GuardedView, (), "lazy-gate", [Gate("lazy")])):
        html = rendered('{% live_component "basket" lazy=True %}', request)
    shown = Shown(client, "basket", html)
    assert shown.post("_lazy").status_code == 200
    assert met == []
    assert shown.post("add").status_code == 200
    assert met == ["lazy: basket.add"]


def test_one_view_class_may_have_different_guards_at_two_urls(client: Client) -> None:
    one, other = opened(client, "/guarded/"), opened(client, "/other/")
    one.post("add")
    other.post("add")
    assert met == ["gate: basket.add", "other: basket.add"]


def test_a_guard_may_be_async(client: Client) -> None:
    async def wait(component: Component, call: Call) -> None:
        met.append("awaited")

    policy = Policy("waits", (), (wait,))
    run_sync(perform(Call(Basket, event="add", policy=policy, may_mount_for_event=True)))
    assert met == ["awaited"]


# -- two views and one component


def test_an_event_through_another_view_meets_both(client: Client, staff: Client, boss: Any) -> None:
    shown = opened(staff, "/guarded/")
    assert shown.post("add", url="/staff/").status_code == 200
    assert met == ["gate: basket.add"]
    demote(boss)
    # What came through both views stays under both, wherever it goes.
    for url in ("/staff/", "/guarded/", "/components/basket/"):
        assert told(shown.post("add", url=url)) == (403, "forbidden")
    assert met == ["gate: basket.add"]


def test_each_token_brings_the_policy_of_its_own_view(staff: Client, boss: Any) -> None:
    open_one, staffs_own = opened(staff, "/guarded/"), opened(staff, "/staff/")
    demote(boss)
    assert open_one.post("add").status_code == 200
    assert told(staffs_own.post("add")) == (403, "forbidden")
    assert told(staffs_own.json("add", url="/guarded/")) == (403, "forbidden")


def test_a_token_of_a_view_that_is_gone_asks_for_a_fresh_render(client: Client) -> None:
    request = RequestFactory().get("/")
    with push_policy(request, Policy("gone-view", (Anyone,))):
        shown = shown_in(client, rendered(BASKET, request))
    assert told(shown.post("add")) == (410, "state_expired")


def test_every_part_of_a_joined_policy_has_to_be_known() -> None:
    register_policy(GuardedView, [Staff], "known-view")
    assert view_policy("known-view").permission_classes == (Staff,)
    with pytest.raises(StateExpired, match="unheard-of"):
        view_policy("known-view+unheard-of")


def test_policies_are_joined_without_repeating_anything() -> None:
    gate = Gate("x")
    one, other = Policy("a", (Anyone, Staff), (gate,)), Policy("b", (Staff, LoggedIn), (gate,))
    joined = join_policies(one, other)
    assert joined == Policy("a+b", (Anyone, Staff, LoggedIn), (gate,))
    assert join_policies(joined, other) == joined == join_policies(one, joined)
    assert join_policies(None, one) is one is join_policies(one, None) is join_policies(one, one)
    assert join_policies(None, None) is None


# -- names


def test_a_policys_name_is_the_same_again_and_no_import_path() -> None:
    one, other = register_policy(StaffView, [Staff]), register_policy(StaffView, [Staff])
    assert one.view == other.view
    assert "." not in one.view
    assert register_policy(StaffView, [LoggedIn]).view != one.view
    assert register_policy(StaffView, [Staff], guards=[Gate("g")]).view != one.view


def test_a_name_of_the_projects_own_holds_no_joint() -> None:
    with pytest.raises(ImproperlyConfigured, match="'a\\+b'"):
        register_policy(StaffView, [Staff], "a+b")


class Role:
    """A permission that is made with something."""

    def __init__(self, role: Any) -> None:
        self.role = role

    def has_permission(self, request: Any, component: Any) -> bool:
        return False


def test_instances_that_were_made_with_different_things_are_told_apart() -> None:
    x, y = register_policy(StaffView, [Role("x")]), register_policy(StaffView, [Role("y")])
    assert x.view != y.view
    assert x.view == register_policy(StaffView, [Role("x")]).view


def test_two_policies_of_one_name_are_refused_where_they_are_made() -> None:
    first = object()
    for _ in range(2):
        StaffView.as_view(permission_classes=[Role(first)])
    with pytest.raises(ImproperlyConfigured, match=r"StaffView-.*policy_name"):
        StaffView.as_view(permission_classes=[Role(object())])
    StaffView.as_view(permission_classes=[Role(object())], policy_name="staff-y")


def test_two_policies_of_one_name_that_functions_made_fail_closed(client: Client) -> None:
    def view_for(role: str) -> Any:
        class Local(Role):
            def has_permission(self, request: Any, component: Any) -> bool:
                return role == "x"

        class LocalView(ComponentView):
            component_name = "basket"
            permission_classes = [Local("")]

        return LocalView.as_view()

    one, _ = view_for("x"), view_for("y")
    request = RequestFactory().get("/", headers=HTMX)
    shown = shown_in(client, one(request).content.decode())
    ran.clear()
    assert told(shown.post("add")) == (500, "internal")
    assert ran == []


# -- nested components


@pytest.mark.parametrize(("name", "event"), [("shelf", "tidy"), ("room", "sweep")])
def test_what_a_component_shows_inside_is_under_the_same_policy(
    staff: Client, boss: Any, name: str, event: str
) -> None:
    html = staff.get(f"/nested/{name}/", headers=HTMX).content.decode()
    parent, child = shown_in(staff, html, name), shown_in(staff, html)
    assert child.post("add").status_code == 200
    assert parent.post(event).status_code == 200
    assert met == ["nest: basket.add", f"nest: {name}.{event}"]
    demote(boss)
    ran.clear()
    for shown, of_it in ((child, "add"), (parent, event)):
        assert told(shown.post(of_it)) == (403, "forbidden")
        assert told(shown.json(of_it)) == (403, "forbidden")
    assert ran == []


def test_a_child_that_appears_with_an_event_is_under_the_policy_of_the_token(
    register: Any, staff: Client, boss: Any
) -> None:
    class Opening(Component):
        renderer = Inline('<div>{% if state.open %}{% live_component "basket" %}{% endif %}</div>')

        def on_open(self) -> None:
            self.state["open"] = True

    register(Opening, "opening")
    shown = opened(staff, "/nested/opening/", "opening")
    child = shown_in(staff, shown.post("open").content.decode())
    assert child.post("add").status_code == 200
    demote(boss)
    assert told(child.post("add")) == (403, "forbidden")


# -- function views


@pytest.mark.parametrize(
    "url", ["/page/", "/later/", "/streamed/", "/no-component/", "/async-without/", "/class-page/"]
)
def test_a_decorated_view_is_asked_before_it_runs(client: Client, client_of: Any, ann: Any, url: str) -> None:
    for visitor, expected in ((client, (401, "auth_required")), (client_of(ann), (403, "forbidden"))):
        assert told(visitor.get(url)) == expected
    assert client.get(url).json()["login_url"] == "/log-in/"
    assert client_of(ann).get(url).json()["error"] == "Staff access required"
    assert ran == []


def test_tokens_of_a_decorated_view_are_under_its_policy_at_the_generic_endpoint(staff: Client, boss: Any) -> None:
    shown = opened(staff, "/page/")
    assert shown.post("add").status_code == 200
    demote(boss)
    assert told(shown.post("add")) == (403, "forbidden")


@pytest.mark.parametrize("url", ["/by-hand/", "/from-async/"])
def test_a_refusal_that_a_decorated_view_lets_through_is_json(client: Client, staff: Client, url: str) -> None:
    response = client.get(url)
    assert told(response) == (401, "auth_required")
    assert response.json()["login_url"] == "/log-in/"
    assert staff.get(url).status_code == 200


def test_a_decorated_component_view_is_under_both_policies(client: Client, staff: Client, boss: Any) -> None:
    shown = opened(client, "/decorated/")
    shown.post("add", url="/decorated/")
    assert met == ["outer: basket.add", "gate: basket.add"]
    met.clear()
    shown.post("add")
    assert met == ["outer: basket.add", "gate: basket.add"]
    assert told(client.get("/closed/", headers=HTMX)) == (401, "auth_required")
    closed = opened(staff, "/closed/")
    demote(boss)
    assert told(closed.json("add")) == (403, "forbidden")


@pytest.mark.parametrize(
    ("method", "data", "status"),
    [("delete", None, 405), ("options", None, 200), ("post", "{", 400), ("head", None, 401)],
)
def test_a_decorated_component_view_refuses_and_answers_as_before(
    client: Client, method: str, data: Any, status: int
) -> None:
    more = {} if data is None else {"data": data, "content_type": "application/json"}
    assert getattr(client, method)("/closed/", **more).status_code == status


def test_the_generic_endpoint_may_be_decorated(client: Client, register: Any) -> None:
    register(type("Open", (Basket,), {"permission_classes": [Anyone]}), "open")
    shown = opened(client, "/generic/open/", "open")
    shown.post("add", url="/generic/open/")
    assert met == ["outer: open.add"]
    assert client.get("/generic/nobody/", headers=HTMX).status_code == 404


def test_stacked_decorators_hold_together(staff: Client, boss: Any) -> None:
    shown = opened(staff, "/stacked/")
    assert shown.post("add").status_code == 200
    assert met == ["outer: basket.add"]
    demote(boss)
    assert told(shown.post("add")) == (403, "forbidden")


@pytest.mark.parametrize("url", ["/later/", "/streamed/"])
def test_what_is_rendered_after_the_view_is_under_its_policy(staff: Client, boss: Any, url: str) -> None:
    response: Any = staff.get(url)
    shown = shown_in(staff, (b"".join(response) if response.streaming else response.content).decode())
    assert shown.post("add").status_code == 200
    assert met == ["outer: basket.add"]
    demote(boss)
    assert told(shown.post("add")) == (403, "forbidden")


@pytest.mark.parametrize(
    ("url", "status"),
    [
        *((url, 200) for url in ("/no-component/", "/without-request/", "/later-without/", "/streamed-only/")),
        *(("/async-without/", 200), ("/goes-elsewhere/", 302)),
        *((f"/refuses/?status={status}", status) for status in (200, 204, 304, 400, 403, 404, 429, 500)),
    ],
)
def test_a_decorated_view_without_a_component_answers_those_who_may(
    client: Client, staff: Client, warnings_logged: Any, url: str, status: int
) -> None:
    assert staff.get(url).status_code == status
    assert client.get(url).status_code == 401
    assert not [record for record in warnings_logged() if record.name.startswith("cf_core")]


def test_whichever_decorator_stands_outside_is_asked_first(client: Client, staff: Client) -> None:
    assert client.get("/log-in-first/").status_code == 401
    assert client.get("/log-in-outside/")["Location"] == "/log-in/?next=/log-in-outside/"
    for url in ("/log-in-first/", "/log-in-outside/"):
        assert "basket" in staff.get(url).content.decode()


def test_a_decorated_class_answers_methods_as_before(staff: Client) -> None:
    assert staff.options("/class-page/")["Allow"] == "GET, HEAD, OPTIONS"
    assert staff.post("/class-page/").status_code == 405
    assert staff.head("/class-page/").status_code == 200


def test_what_a_decorated_view_raises_is_its_own(staff: Client) -> None:
    with pytest.raises(LookupError, match="own fault"):
        staff.get("/raises/")


def test_a_policy_ends_with_its_view(boss: Any) -> None:
    request = RequestFactory().get("/", headers=HTMX)
    for view in (page, later):
        request.user = boss
        response = for_staff(view)(request)
        if hasattr(response, "render"):
            response.render()
        assert "basket 0" in response.content.decode()
        request.user = AnonymousUser()
        assert "basket 0" in rendered(BASKET, request)
    with push_policy(request, Policy("none", (Staff,))):
        assert "basket" not in rendered(BASKET, request)
    assert "basket 0" in rendered(BASKET, request)


def test_async_views_stay_async_and_sync_views_sync() -> None:
    from asgiref.sync import iscoroutinefunction

    assert iscoroutinefunction(for_staff(from_async))
    assert not iscoroutinefunction(for_staff(page))
    client = AsyncClient()
    assert async_to_sync(client.get)("/from-async/").status_code == 401
    assert async_to_sync(client.get)("/page/").status_code == 401


def test_a_fault_of_the_server_is_left_to_django(staff: Client) -> None:
    def broken(request: Any) -> HttpResponse:
        thing = Basket()
        thing.request = request
        thing.state["x"] = object()
        thing.is_mounted = True
        return HttpResponse(thing.dispatch()["html"])

    request = RequestFactory().get("/")
    with pytest.raises(Exception, match=r"state\['x'\]") as raised:
        under_policy(broken, guards=[Gate("broken")])(request)
    assert not isinstance(raised.value, Forbidden)
