"""Views of a project's own, the generic endpoint, and the policies that travel with tokens."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import include, path, re_path, resolve

from cf_core import Component
from cf_core.views import ComponentView, component_view
from cf_testing.parity import Shown, id_in, new_rid, show
from cf_testing.parity.urls import place_component
from tests.components import ran
from tests.permissions import Anyone, LoggedIn, Staff
from tests.renderers import Inline

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.test_views")]
HTMX = {"HX-Request": "true"}


class Product(Component):
    """Declares nothing: open where the project places it."""

    public_params = ["colour"]
    renderer = Inline("<p>{{ state.sku }} {{ state.colour }} {{ state.qty }}</p>")

    def mount(self, sku: str = "none", colour: str = "none", qty: int = 0) -> None:
        ran.append("mount")
        self.state.update(sku=sku, colour=colour, qty=qty)

    def on_add(self, qty: int = 1) -> None:
        ran.append("add")
        self.state["qty"] += qty
        self.state["sku"] = self.params.get("sku", "none")


class ProductView(ComponentView):
    component_name = "product"


class ShelfView(ProductView):
    """Decides the params itself."""

    def get_component_params(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_component_params(request, **kwargs), "sku": "shelf", "qty": 7}


class StaffView(ProductView):
    permission_classes = [Staff]


class MembersView(ProductView):
    permission_classes = [LoggedIn]


class NamedByClassComponentView(ComponentView): ...


class CartView(ComponentView): ...


class HTTPLogView(ComponentView): ...


class Bare(ComponentView): ...


urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("place/<str:name>/", place_component),
    path("product/", ProductView.as_view()),
    path("product/<str:sku>/", ProductView.as_view()),
    path("shelf/", ShelfView.as_view()),
    path("staff/", StaffView.as_view()),
    path("members/", MembersView.as_view()),
    path("argument/", ComponentView.as_view(component_name="product")),
    path("closed/", ProductView.as_view(permission_classes=[Staff], policy_name="closed-shop")),
    path("by-kwarg/<str:name>/", ComponentView.as_view()),
    path("by-class/", NamedByClassComponentView.as_view()),
    path("by-class/cart/", CartView.as_view(), name="something_else"),
    path("by-class/log/", HTTPLogView.as_view()),
    path("by-url-name/", Bare.as_view(), name="basket_component"),
    path("by-url-name/plain/", Bare.as_view(), name="wish_list"),
    path("components-of-shop/catalogue/", ComponentView.as_view()),
    re_path(r"^old/(?P<sku>\w+)/receipt/$", ComponentView.as_view()),
    path("nameless/", Bare.as_view()),
    path("wrong/", ComponentView.as_view(component_name="no-such-component")),
]


@pytest.fixture(autouse=True)
def product(register: Any) -> type[Component]:
    register(Product, "product")
    return Product


def text(response: Any) -> str:
    assert response.status_code == 200, response.content
    return response.content.decode().partition(">")[2].removesuffix("</p>")


def open_at(client: Client, url: str, query: Any = None) -> Shown:
    response = client.get(url, query or {}, headers=HTMX)
    assert response.status_code == 200, response.content
    return Shown(client, "product", response.content.decode())


def assert_is(response: Any, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code)


# -- what a view serves


def test_a_view_mounts_and_brings_events(client: Client) -> None:
    shown = open_at(client, "/product/")
    assert text(shown.post("add", url="/product/", qty="2")) == "none none 2"
    assert shown.json("add", url="/product/").json()["html"] == shown.html
    assert ran == ["mount", "add", "add"]


def test_the_tokens_of_a_view_are_good_at_the_generic_endpoint(client: Client) -> None:
    shown = open_at(client, "/product/")
    assert text(shown.post("add")) == "none none 1"


def test_params_of_the_url_reach_mount(client: Client) -> None:
    assert text(client.get("/product/A-1/", headers=HTMX)) == "A-1 none 0"


def test_params_of_the_view_reach_mount(client: Client) -> None:
    assert text(client.get("/shelf/", {"sku": "x", "qty": "1"}, headers=HTMX)) == "shelf none 7"


def test_public_params_come_from_the_query_others_do_not(client: Client) -> None:
    assert text(client.get("/product/", {"colour": "red", "sku": "x", "user": "5"}, headers=HTMX)) == "none red 0"
    assert text(client.get("/product/A-1/", {"colour": "red", "sku": "x"}, headers=HTMX)) == "A-1 red 0"


def test_a_get_ignores_an_event(client: Client) -> None:
    assert text(client.get("/product/", {"event": "add"}, headers=HTMX)) == "none none 0"
    assert ran == ["mount"]


def test_on_an_event_the_tokens_params_stand_and_the_views_fill_what_is_missing(client: Client) -> None:
    shown = open_at(client, "/product/A-1/")
    assert text(shown.post("add", url="/shelf/")) == "A-1 none 1"
    bare = open_at(client, "/product/")
    assert text(bare.post("add", url="/shelf/")) == "shelf none 1"


def test_an_event_without_a_token_mounts_where_the_view_knows_with_what(client: Client) -> None:
    for url, result in (("/shelf/", "shelf none 8"), ("/product/A-1/", "A-1 none 1")):
        ran.clear()
        response = client.post(url, {"event": "add", "_rid": new_rid()}, headers=HTMX)
        assert text(response) == result
        assert ran == ["mount", "add"]


def test_an_event_without_a_token_is_refused_where_the_view_knows_nothing(client: Client) -> None:
    assert_is(client.post("/product/", {"event": "add"}, headers=HTMX), 400, "state_invalid")
    assert ran == []


def test_a_token_of_another_component_is_refused_at_a_view(client: Client) -> None:
    counter = show(client, "counter")
    ran.clear()
    response = client.post("/product/A-1/", {"event": "add", "_state": counter.token}, headers=HTMX)
    assert_is(response, 400, "state_invalid")
    assert ran == []


def test_a_repeated_event_without_a_token_has_one_effect(client: Client) -> None:
    data = {"event": "add", "_rid": "r" * 20}
    first = client.post("/shelf/", data, headers=HTMX)
    second = client.post("/shelf/", {**data, "_retry": "1"}, headers=HTMX)
    assert first.content == second.content
    assert ran == ["mount", "add"]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_a_view_takes_get_and_post_only(client: Client, method: str) -> None:
    assert getattr(client, method)("/product/").status_code == 405


def test_the_user_is_never_the_clients_word(register: Any, client_of: Any, ann: Any) -> None:
    class Mine(Component):
        permission_classes = [Anyone]
        public_params = ["user_id", "user"]
        renderer = Inline("<p>{{ state.who }} {{ user_id }}</p>")

        def mount(self, user_id: int | None, user: Any) -> None:
            self.state["who"] = user_id if user.pk == user_id else "somebody else"

    register(Mine, "mine")
    response = client_of(ann).get("/components/mine/", {"user_id": "999", "user": "999"}, headers=HTMX)
    assert text(response) == f"{ann.pk} {ann.pk}"
    body = json.dumps({"params": {"user_id": 999, "user": 999}})
    response = client_of(ann).post("/components/mine/", body, content_type="application/json")
    assert f">{ann.pk} {ann.pk}<" in response.json()["html"]


# -- which component a view serves


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/argument/", "product"),
        ("/by-kwarg/spare/", "spare"),
        ("/by-class/", "named_by_class"),
        ("/by-class/cart/", "cart"),
        ("/by-class/log/", "http_log"),
        ("/by-url-name/", "basket"),
        ("/by-url-name/plain/", "wish_list"),
        ("/components-of-shop/catalogue/", "catalogue"),
        ("/old/A1/receipt/", "receipt"),
    ],
)
def test_a_view_finds_its_component(register: Any, client: Client, url: str, name: str) -> None:
    class Found(Component):
        renderer = Inline("<p></p>")

    if name != "product":
        register(Found, name)
    html = client.get(url, headers=HTMX).content.decode()
    assert f'data-cf-component="{name}"' in html


def test_the_class_name_comes_before_the_urls_name_and_that_before_the_path(register: Any, client: Client) -> None:
    def found(*names: str) -> str:
        from cf_core import registry

        for name in names:
            register(type("Found", (Component,), {"renderer": Inline("<p></p>")}), name)
        html = client.get("/by-class/cart/", headers=HTMX).content.decode()
        for name in names:
            registry.unregister(name)
        return html.partition('data-cf-component="')[2].partition('"')[0]

    assert found("cart", "something_else") == "cart"
    assert found("something_else") == "something_else"


def test_a_name_in_the_url_that_nobody_has_is_not_found(client: Client) -> None:
    assert_is(client.get("/by-kwarg/nobody/", headers=HTMX), 404, "not_found")
    assert_is(client.get("/components/nobody/", headers=HTMX), 404, "not_found")


@pytest.mark.parametrize("url", ["/nameless/", "/wrong/"])
def test_a_view_that_serves_nothing_says_so(client: Client, url: str) -> None:
    response = client.get(url, headers=HTMX)
    assert_is(response, 500, "internal")
    view = resolve(url).func.view_class()  # type: ignore[attr-defined]
    view.component_name = resolve(url).func.view_initkwargs.get("component_name")  # type: ignore[attr-defined]
    request = RequestFactory().get(url)
    request.resolver_match = resolve(url)
    with pytest.raises(ImproperlyConfigured, match=r"serves no component.*Set component_name"):
        view.get_component_name(request)


# -- the generic endpoint


def test_the_generic_endpoint_mounts_only_what_says_who_may(client: Client) -> None:
    assert client.get("/components/counter/", headers=HTMX).status_code == 200
    ran.clear()
    assert_is(client.get("/components/product/", headers=HTMX), 404, "not_found")
    assert_is(client.post("/components/product/", {}, headers=HTMX), 404, "not_found")
    assert ran == []


def test_not_open_and_not_there_look_the_same(client: Client) -> None:
    closed, absent, event = (
        client.get("/components/product/", headers=HTMX),
        client.get("/components/absent/", headers=HTMX),
        show(client, "counter").post("absent"),
    )
    assert closed.content == absent.content == event.content
    assert closed.status_code == absent.status_code == event.status_code == 404


def test_default_permission_classes_open_it_and_guard_it(
    client: Client, client_of: Any, ann: Any, settings: Any
) -> None:
    settings.CF_CORE = {"DEFAULT_PERMISSION_CLASSES": ["tests.permissions.LoggedIn"]}
    assert_is(client.get("/components/product/", headers=HTMX), 401, "auth_required")
    assert client_of(ann).get("/components/product/", headers=HTMX).status_code == 200
    assert client.get("/components/counter/", headers=HTMX).status_code == 200


def test_a_component_with_an_empty_list_of_classes_has_declared_them(register: Any, client: Client) -> None:
    class Open(Component):
        permission_classes: Any = []
        renderer = Inline("<p></p>")

    register(Open, "open")
    assert client.get("/components/open/", headers=HTMX).status_code == 200


def test_params_that_are_not_public_are_malformed_there(client: Client) -> None:
    assert_is(client.get("/components/counter/", {"initial": "1", "count": "5"}, headers=HTMX), 400, "malformed")
    body = json.dumps({"params": {"user_id": 1}})
    assert_is(client.post("/components/counter/", body, content_type="application/json"), 400, "malformed")
    assert ran == []


def test_an_event_without_a_token_is_refused_there(client: Client) -> None:
    assert_is(client.post("/components/counter/", {"event": "increment"}, headers=HTMX), 400, "state_invalid")
    body = json.dumps({"event": "increment", "params": {"initial": 5}})
    assert_is(client.post("/components/counter/", body, content_type="application/json"), 400, "state_invalid")
    assert ran == []


@pytest.mark.parametrize(
    "name",
    ["..", "__init__", "Counter", "counter ", "tests.components.Counter", "%00", "counter%0a", "x" * 500, "кounter"],
)
def test_only_registered_names_lead_anywhere(client: Client, name: str) -> None:
    response = client.get(f"/components/{name}/", headers=HTMX)
    assert response.status_code in (301, 404)
    assert ran == []


def test_component_view_is_the_generic_endpoint(client: Client) -> None:
    request = RequestFactory().get("/x/", headers=HTMX)
    response = component_view(request, name="counter")
    assert response.status_code == 200


# -- a view's policy travels with its tokens


def test_a_views_classes_guard_its_mount_and_events(client: Client, client_of: Any, ann: Any, boss: Any) -> None:
    assert_is(client.get("/staff/", headers=HTMX), 401, "auth_required")
    assert_is(client_of(ann).get("/staff/", headers=HTMX), 403, "forbidden")
    shown = open_at(client_of(boss), "/staff/")
    assert text(shown.post("add", url="/staff/")) == "none none 1"


def test_they_hold_at_the_generic_endpoint_too(client_of: Any, boss: Any) -> None:
    shown = open_at(client_of(boss), "/staff/")
    assert text(shown.post("add")) == "none none 1"
    boss.is_staff = False
    boss.save()
    ran.clear()
    assert_is(shown.post("add"), 403, "forbidden")
    assert_is(shown.json("add"), 403, "forbidden")
    assert_is(shown.post("add", url="/product/"), 403, "forbidden")
    assert_is(shown.post("add", url="/members/"), 403, "forbidden")
    assert ran == []


def test_they_hold_for_every_later_token(client_of: Any, boss: Any) -> None:
    shown = open_at(client_of(boss), "/staff/")
    for url in (None, "/product/", "/members/", None):
        assert shown.post("add", url=url).status_code == 200
    boss.is_staff = False
    boss.save()
    assert_is(shown.post("add"), 403, "forbidden")


def test_a_token_from_elsewhere_meets_the_classes_of_the_view_it_is_sent_to(client_of: Any, ann: Any) -> None:
    shown = open_at(client_of(ann), "/product/")
    ran.clear()
    assert_is(shown.post("add", url="/staff/"), 403, "forbidden")
    assert ran == []
    assert shown.post("add", url="/members/").status_code == 200


def test_classes_given_to_as_view_travel_too(client_of: Any, ann: Any, boss: Any) -> None:
    assert_is(client_of(ann).get("/closed/", headers=HTMX), 403, "forbidden")
    shown = open_at(client_of(boss), "/closed/")
    boss.is_staff = False
    boss.save()
    assert_is(shown.post("add"), 403, "forbidden")


def test_a_token_names_its_view_by_a_name_and_no_path(client_of: Any, boss: Any) -> None:
    from base64 import urlsafe_b64decode

    for url, name in (("/staff/", "StaffView-"), ("/closed/", "closed-shop")):
        readable = urlsafe_b64decode(open_at(client_of(boss), url).token.split(".")[2]).decode()
        assert name in readable
        assert "tests." not in readable
        assert "permissions" not in readable


class Spare(Component):
    """Stands inside what a view serves; declares nothing itself."""

    renderer = Inline("<p>{{ state.n }}</p>")

    def mount(self) -> None:
        self.state["n"] = 0

    def on_add(self) -> None:
        ran.append("spare")
        self.state["n"] += 1


class Around(Product):
    slots = ("body",)
    renderer = Inline(
        "<div>{{ slots.body }}{% live_component 'spare' %}{% live_component 'spare' lazy=True key='lazy' %}"
        "{% if state.qty %}{% live_component 'spare' key='later' %}{% endif %}</div>"
    )

    def mount(self) -> None:  # type: ignore[override]
        self.state.update(sku="", colour="", qty=0)
        self.fill_slot("body", Spare())


def test_they_hold_for_what_the_view_shows_inside(register: Any, client_of: Any, boss: Any) -> None:
    register(Spare, "spare")
    register(Around, "product")
    shown = open_at(client_of(boss), "/staff/")
    html = shown.html
    shown.post("add")
    found = re.findall(r'"spare" (data-cf-id="[^"]+")[^>]*(data-cf-state="[^"]+")', html + shown.html)
    children = [Shown(shown.client, "spare", " ".join(attributes)) for attributes in found]
    assert len(children) == 4
    ran.clear()
    for child in children:
        assert child.post("add").status_code == 200
    assert ran == ["spare"] * 4
    boss.is_staff = False
    boss.save()
    for child in children:
        assert_is(child.post("add"), 403, "forbidden")
    assert ran == ["spare"] * 4


def test_a_token_of_a_view_that_is_gone_asks_for_a_fresh_render(
    client_of: Any, boss: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = open_at(client_of(boss), "/closed/")
    monkeypatch.setattr("cf_core.policy_names._policies", {})
    ran.clear()
    assert_is(shown.post("add"), 410, "state_expired")
    assert ran == []


def test_the_components_own_classes_hold_besides(register: Any, client_of: Any, ann: Any, boss: Any) -> None:
    class Guarded(Product):
        permission_classes = [Staff]

    register(Guarded, "product")
    assert_is(client_of(ann).get("/members/", headers=HTMX), 403, "forbidden")
    assert client_of(boss).get("/members/", headers=HTMX).status_code == 200


def test_a_user_of_a_view_for_users_is_asked_to_log_in(client: Client) -> None:
    response = client.get("/members/", headers=HTMX)
    assert_is(response, 401, "auth_required")
    assert response.json()["login_url"] == "/log-in/"
    assert "Location" not in response


def test_the_login_url_may_be_a_urls_name(client: Client, settings: Any) -> None:
    settings.LOGIN_URL = "cf_csrf"
    assert client.get("/members/", headers=HTMX).json()["login_url"] == "/components/_csrf/"


def test_two_components_of_one_view_have_ids_of_their_own(client: Client) -> None:
    ids = {id_in(client.get("/product/", headers=HTMX).content.decode()) for _ in range(5)}
    assert len(ids) == 5
