"""What the pages on state and tokens say: types, classes, references, schema, server, layout, who may use it."""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode
from pathlib import PosixPath

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from cf_core import Component, NotFound, StateExpired, StateInvalid, UnserialisableState, registry
from cf_core.engine.calls import Call
from cf_core.engine.drivers import run_sync
from cf_core.engine.lifecycle import perform
from cf_testing import dispatch_event, open_page
from handbook.components.kept import Draft, Kept, Player, Riddle, WishList
from shop.models import Product
from tests.helpers import assert_shown, code, showing, table

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.urls")]


def after_an_event(cls: type[Component], event: str, **payload: object) -> Component:
    """Mount a component, send its token back with an event, and return what the second instance is."""
    first = dispatch_event(cls)
    token = first.dispatch()["state"].token
    second = cls()
    run_sync(perform(Call(second, event=event, payload=payload, token=token, request=first.request)))
    return second


def test_every_kind_of_value_comes_back() -> None:
    mounted = dispatch_event(Kept).state

    state = after_an_event(Kept, "check").state

    assert state == mounted
    assert [type(value) for value in state.values()] == [type(value) for value in mounted.values()]


def test_value_without_a_place_is_an_error_that_says_where() -> None:
    class Opened(Component):
        permission_classes = ()

        def mount(self) -> None:
            self.state["open"] = {"file": PosixPath("report.txt")}

    with pytest.raises(UnserialisableState) as refused:
        dispatch_event(Opened)

    assert_shown("output/unserialisable.txt", str(refused.value))


def test_rows_are_references_fetched_with_one_query() -> None:
    _, plum = [Product.objects.create(name=name, stock=1) for name in ("Pear", "Plum")]
    page = open_page(showing("{% live_component 'wish_list' %}"))
    Product.objects.filter(pk=plum.pk).update(name="Damson")

    with CaptureQueriesContext(connection) as run:
        page.click("Remove Pear")

    assert sum("shop_product" in query["sql"] for query in run.captured_queries) == 1
    assert page.text() == "Damson Remove Damson"


def test_row_that_is_gone_is_not_found() -> None:
    Product.objects.create(name="Pear", stock=1)
    first = dispatch_event(WishList)
    token = first.dispatch()["state"].token
    Product.objects.all().delete()

    with pytest.raises(NotFound):
        run_sync(perform(Call(WishList, event="remove", payload={"pk": 0}, token=token, request=first.request)))


def test_schema_refuses_what_a_handler_makes_wrong() -> None:
    assert after_an_event(Player, "set_volume", volume=11).state["volume"] == 11

    with pytest.raises(UnserialisableState, match="volume"):
        after_an_event(Player, "set_volume", volume=12)


def test_locked_field_is_not_in_the_page() -> None:
    page = open_page(showing("{% live_component 'riddle' %}"))

    assert lines_of(page.component("riddle").token)[2].count("answer") == 0
    page.fill("What has keys and opens nothing?", "a piano")
    page.click("Guess")
    assert "That is right." in page.text()


def test_state_in_the_cache_cannot_be_rolled_back() -> None:
    first = dispatch_event(Draft)
    token = first.dispatch()["state"].token
    call = Call(Draft, event="save", payload={"text": "a"}, token=token, request=first.request)
    assert lines_of(token)[2] == "{}"

    run_sync(perform(call))
    with pytest.raises(Exception, match="moved on") as refused:
        run_sync(perform(call))

    assert ">a</textarea>" in refused.value.answer.html


@pytest.mark.parametrize("cls", [Riddle, Draft])
def test_state_that_the_cache_has_lost_is_expired(cls: type[Component]) -> None:
    first = dispatch_event(cls)
    token = first.dispatch()["state"].token
    cache.clear()

    with pytest.raises(StateExpired):
        run_sync(perform(Call(cls, event=next(iter(cls.events())), token=token, request=first.request)))


def lines_of(token: str) -> list[str]:
    prefix, _, body, _ = token.split(".")
    assert prefix == "cf1"
    return urlsafe_b64decode(body).decode().split("\n")


def test_layout_is_that_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.5)
    cls = registry.get("counter")
    counter = cls(component_id="c0123456789abcdef", initial=5)

    token = counter.dispatch()["state"].token

    assert_shown("output/token.txt", "\n".join(lines_of(token)))


# -- who may use a token


class Page:
    """A counter on a page of its own, and events sent with its token by whoever."""

    def __init__(self, client: Client) -> None:
        self.client = client
        answer = client.get("/components/counter/", headers={"Accept": "application/json"}).json()
        self.token, self.id = answer["state"], answer["component_id"]

    def send(
        self, client: Client | None = None, *, token: str = "", component_id: str = "", name: str = "counter"
    ) -> str:
        body = {"event": "increment", "_state": token or self.token}
        headers = {"Accept": "application/json", "X-Component": component_id or self.id}
        answer = (client or self.client).post(f"/components/{name}/", body, headers=headers)
        return f"{answer.status_code} {answer.json().get('code', 'accepted')}"


def altered(client, users, settings, monkeypatch):
    page = Page(client)
    return page.send(token=page.token[:-3] + "abc")


def retired_key(client, users, settings, monkeypatch):
    page = Page(client)
    settings.SECRET_KEY = "a new key, and no fallback"
    return page.send()


def of_a_user_asked_by_nobody(client, users, settings, monkeypatch):
    client.force_login(users[0])
    return Page(client).send(Client())


def of_another_user(client, users, settings, monkeypatch):
    client.force_login(users[0])
    other = Client()
    other.force_login(users[1])
    return Page(client).send(other)


def password_changed(client, users, settings, monkeypatch):
    client.force_login(users[0])
    page = Page(client)
    users[0].set_password("new")
    users[0].save()
    again = Client()
    again.force_login(users[0])
    return page.send(again)


def of_nobody_asked_by_a_user(client, users, settings, monkeypatch):
    page = Page(client)
    client.force_login(users[0])
    return page.send()


def visitor() -> Client:
    client = Client()
    client.session.save()
    session = client.session
    session["seen"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def session_gone(client, users, settings, monkeypatch):
    return Page(visitor()).send(Client())


def session_of_another(client, users, settings, monkeypatch):
    return Page(visitor()).send(visitor())


def new_log_in(client, users, settings, monkeypatch):
    client.force_login(users[0])
    page = Page(client)
    again = Client()
    again.force_login(users[0])
    return page.send(again)


def too_old(client, users, settings, monkeypatch):
    page, now = Page(client), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_402)
    return page.send()


def from_the_future(client, users, settings, monkeypatch):
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now + 33)
        page = Page(client)
    return page.send()


def other_code(client, users, settings, monkeypatch):
    page = Page(client)
    monkeypatch.setattr(registry.get("counter"), "state_version", 2)
    return page.send()


def other_id(client, users, settings, monkeypatch):
    return Page(client).send(component_id="another")


USES = {
    "missing, altered": altered,
    "retired key": retired_key,
    "of a user, asked by nobody": of_a_user_asked_by_nobody,
    "of another user": of_another_user,
    "password": password_changed,
    "of nobody, asked by": of_nobody_asked_by_a_user,
    "session that is gone": session_gone,
    "of another visitor": session_of_another,
    "new log-in": new_log_in,
    "older than": too_old,
    "in the future": from_the_future,
    "of this code": other_code,
    "of another id": other_id,
}
TABLE = table("reference/tokens.md", "## Who may use it")


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_row_of_the_table_of_uses_is_true(row, client, settings, monkeypatch, django_user_model) -> None:
    users = [django_user_model.objects.create_user(name) for name in ("ada", "bob")]
    [use] = [use for words, use in USES.items() if words in row[0]]

    answer = use(client, users, settings, monkeypatch)

    expected = "200 accepted" if row[1] == "accepted" else f"{row[1][:3]} {code(row[1])[0]}"
    assert answer == expected


def test_token_of_another_component_is_none(client: Client) -> None:
    assert Page(client).send(name="tally") == "400 state_invalid"


def test_key_in_the_fallbacks_still_verifies(client: Client, settings) -> None:
    page = Page(client)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key"

    assert page.send() == "200 accepted"


def test_user_does_not_travel(django_user_model) -> None:
    user = django_user_model.objects.create(username="ada")
    request = RequestFactory().get("/")
    request.user = user
    component = registry.get("counter")(user=user)
    component.request = request

    assert lines_of(component.dispatch()["state"].token)[1] == "{}"


def test_state_invalid_is_what_a_wrong_text_is() -> None:
    for text in ("", "cf1.", "x", "cf1.a.b.c"):
        with pytest.raises(StateInvalid):
            run_sync(perform(Call(registry.get("counter"), event="increment", token=text)))
