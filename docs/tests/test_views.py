"""What the pages on views and permissions say."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory
from django.urls import ResolverMatch, path

from cf_core import AuthRequired, Component, Forbidden, NotFound, registry
from cf_core.views import ComponentView
from cf_permissions import IsAuthenticated
from cf_testing import assert_permission_denied, dispatch_event, open_page
from handbook.components.auth import CounterDesk, Diary
from tests.helpers import showing, table

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.urls")]
JSON = {"Accept": "application/json"}


def test_view_decides_the_params(client: Client, admin_user, django_user_model) -> None:
    client.force_login(admin_user)
    assert b"3: 0 boxes" in client.get("/handbook/stock/3/").content

    client.force_login(django_user_model.objects.create(username="ada"))
    assert b"3: 0 pieces" in client.get("/handbook/stock/3/").content


def test_event_without_a_token_mounts_first_where_the_view_knows_the_params(client: Client, admin_user) -> None:
    client.force_login(admin_user)

    answer = client.post("/handbook/stock/3/", {"event": "ask"}, headers=JSON)

    assert "3: 1 boxes" in answer.json()["html"]


def test_view_asks_its_own_classes(client: Client) -> None:
    assert client.get("/handbook/stock/3/", headers=JSON).json()["code"] == "auth_required"


def test_policy_travels_with_the_token(client: Client, admin_user, monkeypatch) -> None:
    client.force_login(admin_user)
    token = client.get("/handbook/stock/3/", headers=JSON).json()["state"]
    event = {"event": "ask", "_state": token}
    assert client.post("/components/stock_level/", event, headers=JSON).status_code == 200

    monkeypatch.setattr(IsAuthenticated, "has_permission", lambda *args: False)

    assert client.post("/components/stock_level/", event, headers=JSON).status_code == 403


def test_component_without_classes_is_not_found_by_a_bare_request(client: Client, settings) -> None:
    assert client.get("/components/stock_level/").status_code == 404

    settings.CF_CORE = {"DEFAULT_PERMISSION_CLASSES": ["cf_permissions.AllowAny"]}
    assert client.get("/components/lifecycle/").status_code == 200


def test_public_params_and_no_others_may_be_named(client: Client) -> None:
    assert 'value="tea"' in client.get("/components/search_box/?query=tea").content.decode()
    body = json.dumps({"params": {"query": "tea"}})
    posted = client.post("/components/search_box/", body, content_type="application/json")
    assert 'value="tea"' in posted.json()["html"]

    assert client.get("/components/search_box/?user_id=1").status_code == 400


def name_served(view: ComponentView, route: str, url_name: str | None = None, **kwargs: str) -> str:
    request = RequestFactory().get("/")
    request.resolver_match = ResolverMatch(view.get, (), kwargs, url_name=url_name, route=route)
    return view.get_component_name(request, **kwargs)


def test_name_is_found_as_the_table_says(component_registry) -> None:
    registry.register("cart")(type("Cart", (Component,), {}))
    stock_level = type("StockLevelView", (ComponentView,), {})
    assert len(table("reference/views.md", "### Which component a view serves")) == 5

    assert name_served(stock_level(component_name="cart"), "stock_level/", "stock_level") == "cart"
    assert name_served(stock_level(), "<str:name>/", name="cart") == "cart"
    assert name_served(stock_level(), "cart/", "cart_component") == "stock_level"
    assert name_served(ComponentView(), "x/", "cart_component") == "cart"
    assert name_served(ComponentView(), "shop/cart/") == "cart"
    assert name_served(type("CartComponentView", (ComponentView,), {})(), "x/") == "cart"
    with pytest.raises(NotFound):
        name_served(ComponentView(), "cart/", name="unknown")
    with pytest.raises(ImproperlyConfigured, match="nothing, here"):
        name_served(ComponentView(), "nothing/here/", "nothing")


def test_endpoint_may_stand_elsewhere() -> None:
    from cf_core.views import component_view

    assert path("ui/<str:name>/", component_view, name="component_endpoint").resolve("ui/counter/")


def test_object_is_asked_about_before_the_event(django_user_model) -> None:
    ada = django_user_model.objects.create(username="ada")
    assert dispatch_event(Diary, "write", {"text": "x"}, user=ada, owner_id=ada.pk).state["entries"] == ["x"]

    refused = assert_permission_denied(Diary, "write", {"text": "x"}, user=ada, owner_id=ada.pk + 1)

    assert isinstance(refused, Forbidden)
    assert refused.body() == {"error": "This is somebody else's.", "code": "forbidden"}
    assert isinstance(assert_permission_denied(Diary, user=None, owner_id=ada.pk), AuthRequired)


def test_permission_may_be_async() -> None:
    assert dispatch_event(CounterDesk, "serve", hour=12).state["served"] == 1
    assert_permission_denied(CounterDesk, hour=18)


def test_refused_component_is_a_notice_in_its_page() -> None:
    page = open_page(showing("<h1>Home</h1>{% live_component 'diary' owner_id=1 %}"))

    assert page.text() == "Home Authentication required"
    assert page.find(".cf-denied") is not None
