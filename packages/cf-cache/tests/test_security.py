"""Nobody sees what is not theirs because somebody else saw it first; nothing in the cache can harm."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cf_core import Component, Registry
from tests.components import Greeting, Inline, StaffFigures, Ticker, mounts
from tests.keeping import key_of
from tests.views import StaffTickerView

CANARY = "hunter2-canary"

pytestmark = pytest.mark.django_db


def test_what_staff_warmed_never_reaches_a_visitor(client_of: Any, boss: Any, ann: Any) -> None:
    for user, status in [(boss, 200), (None, 401), (ann, 403), (boss, 200)]:
        answer = client_of(user).get("/components/staff_figures/")
        assert answer.status_code == status
        assert (CANARY in answer.content.decode()) is (status == 200)
    assert mounts == ["figures"]


def test_what_staff_warmed_never_reaches_a_page_of_others(client_of: Any, boss: Any, ann: Any) -> None:
    page = {"source": '{% live_component "staff_figures" %}'}

    assert [CANARY in client_of(user).get("/page/", page).content.decode() for user in (boss, None, ann, boss)] == [
        True,
        False,
        False,
        True,
    ]


def test_rights_that_were_taken_away_end_with_the_next_hit(client_of: Any, boss: Any) -> None:
    client = client_of(boss)
    assert client.get("/components/staff_figures/").status_code == 200
    boss.is_staff = False
    boss.save()

    assert client.get("/components/staff_figures/").status_code == 403


class Owned(StaffFigures):
    """The state is shared, its objects are not."""

    class Mine:
        def has_permission(self, request: Any, component: Any) -> bool:
            return True

        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            return component.state["secret"] == CANARY and component.user.username == "boss"

    permission_classes = [Mine]


def test_objects_are_asked_about_on_a_hit_too(
    client_of: Any, boss: Any, ann: Any, component_registry: Registry
) -> None:
    component_registry.register("owned_figures")(Owned)

    statuses = [client_of(user).get("/components/owned_figures/").status_code for user in (boss, ann)]

    assert statuses == [200, 403]
    assert mounts == ["figures"]


def test_each_user_sees_their_own(client_of: Any, ann: Any, bob: Any) -> None:
    names = []
    for user in (ann, bob, ann):
        names.append(re.search(r">(\w+)</p>", client_of(user).get("/components/greeting/").content.decode())[1])

    assert names == ["ann", "bob", "ann"]
    assert mounts == ["ann", "bob"]


def test_policy_of_the_view_makes_entries_personal(client_of: Any, boss: Any, ann: Any) -> None:
    assert client_of(boss).get("/staff/").status_code == 200
    assert client_of(None).get("/staff/").status_code == 401
    assert client_of(ann).get("/staff/").status_code == 403
    other = type(boss).objects.create_user("chief", is_staff=True)
    assert client_of(other).get("/staff/").status_code == 200

    assert mounts == ["plain", "plain"]
    assert StaffTickerView.permission_classes


def test_two_pages_of_one_entry_have_different_ids_and_tokens(client_of: Any, ann: Any, bob: Any) -> None:
    pages = [client_of(user).get("/components/ticker/").content.decode() for user in (ann, bob)]

    assert mounts == ["ticker"]
    for attribute in ("data-cf-id", "data-cf-state"):
        first, second = (re.search(rf'{attribute}="([^"]+)"', page)[1] for page in pages)
        assert first != second


def test_token_of_a_hit_is_the_users_own(client_of: Any, ann: Any, bob: Any) -> None:
    client_of(ann).get("/components/ticker/")
    token = re.search(r'data-cf-state="([^"]+)"', client_of(bob).get("/components/ticker/").content.decode())[1]
    event = {"event": "more", "_state": token}

    assert client_of(ann).post("/components/ticker/", event, headers={"HX-Request": "true"}).status_code == 400
    assert client_of(bob).post("/components/ticker/", event, headers={"HX-Request": "true"}).status_code == 200


class Bomb:
    """Does harm where it is unpickled by anybody but Django's cache; stands for objects of code that is gone."""

    def __init__(self) -> None:
        self.state = {"count": 666}


GARBAGE: list[Any] = [
    "",
    "text",
    "cf1",
    "cf1{}\n{}",
    "cf1\n",
    'cf1{"v":1,"t":1e999,"ttl":60,"g":{}}\n{"count":666}',
    'cf1{"v":1,"t":9999999999,"ttl":60,"g":{}}\nno json',
    'cf1{"v":1,"t":9999999999,"ttl":60,"g":{}}\n[1]',
    'cf1{"v":1,"t":9999999999,"ttl":60,"g":{}}\n{"count":{"~c":["os.system","true"]}}',
    'cf1{"v":1,"t":9999999999,"ttl":60,"g":{}}\n{"count":{"~M":["no.model",1,"default"]}}',
    'cf1{"v":1,"t":9999999999,"ttl":60,"g":{}}\n' + "[" * 5000,
    'cf1{"v":1,"t":9999999999,"ttl":60,"g":{"x":"forged"}}\n{"count":666}',
    'cf1{"v":2,"t":9999999999,"ttl":60,"g":{}}\n{"count":666}',
    'cf1{"v":1,"t":0,"ttl":60,"g":{}}\n{"count":666}',
    'cf1{"v":1,"t":9999999999,"ttl":60,"g":{}}\n{"count":"' + "x" * 600_000 + '"}',
    "cf1" + "[" * 100_000 + "\n{}",
    'cf1{"v":1,"t":1' + "0" * 400 + ',"ttl":60,"g":{}}\n{"count":666}',
    'cf1{"v":1,"t":9999999999,"ttl":1' + "0" * 400 + ',"g":{}}\n{"count":666}',
    'cf1{"v":1,"t":-9e15,"ttl":9.1e15,"g":{}}\n{"count":666}',
    'cf1{"v":1,"t":253402300800,"ttl":60,"g":{}}\n{"count":666}',
    'cf1{"v":1,"t":1e300,"ttl":60,"g":{}}\n{"count":666}',
    'cf1{"v":1,"t":NaN,"ttl":60,"g":{}}\n{"count":666}',
    "<html>",
    b"\x80\x04\x95",
    42,
    True,
    1.5,
    [1],
    (1, 2),
    Bomb(),
    {"count": Bomb()},
    {"count": (1, 2)},
    {1: "number as key"},
    {"count": "x" * 600_000},
    {"count": 10**5000},
    'cf1{"v":1,"t":9999999999,"ttl":60,"g":{}}\n{"count":1' + "0" * 5000 + "}",
]


@pytest.mark.parametrize("value", GARBAGE, ids=map(str, range(len(GARBAGE))))
def test_whatever_stands_there_instead_is_a_miss(value: Any, client: Client) -> None:
    cache.set(key_of(Ticker()), value, 60)

    for _ in range(2):
        component = Ticker()
        component.mount()
        assert component.state == {"count": 1}
    assert mounts == ["ticker"]


def test_nesting_without_end_is_a_miss() -> None:
    value: Any = {}
    for _ in range(200):
        value = {"deeper": value}
    cache.set(key_of(Ticker()), value, 60)

    assert Ticker().dispatch()["state"] == {"count": 1}


class Broken:
    """Cannot be unpickled any more."""

    def __reduce__(self) -> Any:
        return (_explode, ())


def _explode() -> None:
    raise AttributeError("a class that is gone")


def test_value_that_django_cannot_read_is_a_miss(any_backend: str, said: Callable[[], list[str]]) -> None:
    cache.set(key_of(Ticker()), Broken(), 60)

    Ticker().mount()
    Ticker().mount()

    assert mounts == ["ticker"]
    assert said() == []


@pytest.mark.parametrize("state", [{"count": 999}, {"count": [1, {"a": None}], "~d": "1", "x": 1.5}, {}])
def test_plain_dict_of_json_is_a_state(state: dict[str, Any]) -> None:
    cache.set(key_of(Ticker()), state, 60)

    component = Ticker()
    component.mount()

    assert component.state == state
    assert mounts == []


class Typed(Ticker):
    from pydantic import BaseModel as _Base

    class Schema(_Base):
        count: int

    state_schema = Schema


def test_state_that_does_not_fit_its_schema_is_a_miss() -> None:
    cache.set(key_of(Typed()), {"count": "many"}, 60)

    assert Typed().dispatch()["state"] == {"count": 1}
    assert mounts == ["ticker"]


def test_state_taken_from_the_cache_is_not_shared() -> None:
    shared: dict[str, Any] = {"count": 1, "rows": []}

    class Appending(Ticker):
        def on_append(self) -> None:
            self.state["rows"].append(1)

    cache.set(key_of(Appending()), shared, 60)
    component = Appending()
    component.dispatch()
    component.dispatch("append")

    assert Appending().dispatch()["state"] == {"count": 1, "rows": []}


def test_permissions_that_ask_the_database_ask_it_on_a_hit(client_of: Any, boss: Any) -> None:
    client = client_of(boss)
    client.get("/components/staff_figures/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/components/staff_figures/")

    # The session and the user of the request; nothing of the component's.
    assert len(queries) == 2


def test_template_of_a_hit_sees_who_asks_now(client_of: Any, ann: Any, bob: Any, component_registry: Registry) -> None:
    class Welcome(Ticker):
        renderer = Inline("<p>{{ state.count }} {{ user.username }}</p>")

    component_registry.register("welcome")(Welcome)

    pages = [client_of(user).get("/components/welcome/").content.decode() for user in (ann, bob)]

    assert "1 ann" in pages[0]
    assert "1 bob" in pages[1]


def test_entries_do_not_name_who_they_are_for(ann: Any) -> None:
    component: Component = Greeting(user=ann)
    component.dispatch()

    assert "ann" not in key_of(Greeting(user=ann))
