"""State that stays on the server: one revision after the other, and gone when the cache has lost it."""

from __future__ import annotations

import pickle
import threading
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.db import connections
from django.test import Client

from cf_core import Component, Forbidden, extensions
from cf_core.models import EventRecord
from cf_testing.parity import Shown, new_rid, show, token_in
from tests.components import ran
from tests.databases import on_every_database
from tests.models import Item
from tests.permissions import Anyone
from tests.renderers import Inline


class Quiz(Component):
    """Keeps everything on the server."""

    permission_classes = [Anyone]
    state_store = "cache"
    renderer = Inline(
        "<p>{{ state.answers|join:',' }}{% if state.answers == 5 %}{{ component.explode }}{% endif %}</p>"
    )

    def mount(self) -> None:
        self.state["answers"] = []
        self.state["solution"] = "hunter2-canary"

    def on_answer(self, text: str) -> None:
        ran.append(f"answer {text}")
        self.state["answers"].append(text)

    def on_write(self, name: str) -> None:
        ran.append(f"write {name}")
        Item.objects.using(self.using).create(name=name)
        self.state["answers"].append(name)

    def on_fail(self) -> None:
        self.state["answers"].append("never")
        raise LookupError

    def on_break_template(self) -> None:
        self.state["answers"] = 5

    def explode(self) -> None:
        raise LookupError


class Priced(Component):
    """Keeps one field on the server."""

    permission_classes = [Anyone]
    locked_fields = ["price", "discount"]
    renderer = Inline("<p>{{ state.qty }} x {{ state.price }}</p>")

    def mount(self) -> None:
        self.state.update(qty=1, price=9999)

    def on_more(self) -> None:
        ran.append("more")
        self.state["qty"] += 1

    def on_reduce(self) -> None:
        self.state["price"] -= 1
        self.state["discount"] = 1

    def on_drop(self) -> None:
        del self.state["price"]


@pytest.fixture
def quiz(db: None, register: Any, client: Client) -> Shown:
    register(Quiz, "quiz")
    return show(client, "quiz")


@pytest.fixture
def priced(db: None, register: Any, client: Client) -> Shown:
    register(Priced, "priced")
    return show(client, "priced")


def readable(token: str) -> str:
    return urlsafe_b64decode(token.split(".")[2]).decode()


def stored() -> list[str]:
    """Return the keys in the cache, without prefix and version."""
    return [key.partition(":1:")[2] for key in cache._cache]  # type: ignore[attr-defined]


def answers(shown: Shown) -> str:
    return shown.html.partition(">")[2].removesuffix("</p>")


# -- all of it in the cache


def test_nothing_of_the_state_travels(quiz: Shown) -> None:
    quiz.post("answer", text="Ulm")
    assert answers(quiz) == "Ulm"
    for hidden in ("Ulm", "hunter2", "answers", "solution"):
        assert hidden not in readable(quiz.token)
        assert hidden not in quiz.token


def test_the_project_may_keep_all_state_on_the_server(db: None, client: Client, settings: Any) -> None:
    settings.CF_CORE = {"STATE_STORE": "cache"}
    shown = show(client, "counter", initial=41)
    shown.post("increment")
    assert "<b>42</b>" in shown.html
    assert '"count"' not in readable(shown.token)


def test_a_class_may_keep_its_state_in_the_page_all_the_same(
    db: None, register: Any, client: Client, settings: Any
) -> None:
    settings.CF_CORE = {"STATE_STORE": "cache"}

    class Open(Priced):
        locked_fields = ()
        state_store = "token"

    register(Open, "open")
    assert '"qty":1' in readable(show(client, "open").token)


@pytest.mark.parametrize("how", ["post", "json"])
def test_an_old_revision_is_refused_with_the_current_html(quiz: Shown, how: str) -> None:
    old = quiz.token
    quiz.post("answer", text="first")
    ran.clear()
    if how == "post":
        response = quiz.post("answer", text="second", _state=old)
        html, token = response.content.decode(), token_in(response.content.decode())
        assert response["X-Component"] == quiz.id
    else:
        response = quiz.json("answer", {"text": "second"}, state=old)
        body = response.json()
        html, token = body["html"], body["state"]
        assert body["code"] == "state_conflict"
        assert body["error"] == "This was changed in the meantime"
    assert response.status_code == 409
    assert ran == []
    assert ">first<" in html
    assert quiz.post("answer", text="third", _state=token).status_code == 200
    assert answers(quiz) == "first,third"


def test_a_revision_far_behind_gets_the_newest(quiz: Shown) -> None:
    old = quiz.token
    for text in "abcde":
        quiz.post("answer", text=text)
    response = quiz.post("answer", text="x", _state=old)
    assert response.status_code == 409
    assert b">a,b,c,d,e<" in response.content


def test_the_html_of_a_conflict_can_be_asked_for_again_and_again(quiz: Shown) -> None:
    old = quiz.token
    quiz.post("answer", text="first")
    bodies = [quiz.post("answer", text="x", _state=old).content for _ in range(3)]
    assert len({body.partition(b"data-cf-state")[0] for body in bodies}) == 1
    assert quiz.post("answer", text="second").status_code == 200


def test_a_conflict_is_not_rendered_for_whom_a_guard_refuses(quiz: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    old = quiz.token
    quiz.post("answer", text="a")

    def refuse(component: Component, call: Any) -> None:
        raise Forbidden("enough")

    monkeypatch.setattr(extensions, "guards", [refuse])
    assert quiz.post("answer", text="b", _state=old).status_code == 403


def test_a_conflict_shows_nothing_to_somebody_else(register: Any, client_of: Any, ann: Any, bob: Any) -> None:
    register(Quiz, "quiz")
    mine = show(client_of(ann), "quiz")
    old = mine.token
    mine.post("answer", text="secret")
    theirs = show(client_of(bob), "quiz")
    response = theirs.post("answer", text="x", _state=old, headers={"X-Component": None})
    assert response.status_code == 400
    assert b"secret" not in response.content


@pytest.mark.parametrize("event", ["fail", "break_template"])
def test_a_failed_event_leaves_the_revision_free(quiz: Shown, event: str) -> None:
    quiz.post("answer", text="first")
    assert quiz.post(event).status_code == 500
    assert quiz.post("answer", text="second").status_code == 200
    assert answers(quiz) == "first,second"


@on_every_database
def test_of_two_events_on_one_revision_one_wins(alias: str, register: Any) -> None:
    class There(Quiz):
        using = alias

    register(There, "there")
    html = show(Client(), "there").html
    barrier = threading.Barrier(8)
    outcomes: list[int] = []

    def send(number: int) -> None:
        shown = Shown(Client(), "there", html)
        barrier.wait()
        try:
            outcomes.append(shown.post("write", name=f"row {number}").status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [200, *[409] * 7]
    assert Item.objects.using(alias).count() == 1
    assert EventRecord.objects.using(alias).count() == 1


def test_increments_by_many_hands_add_up(db: None, register: Any) -> None:
    class Tally(Component):
        permission_classes = [Anyone]
        state_store = "cache"
        renderer = Inline("<p>{{ state.n }}</p>")

        def mount(self) -> None:
            self.state["n"] = 0

        def on_add(self) -> None:
            self.state["n"] += 1

    register(Tally, "tally")
    html = show(Client(), "tally").html
    done: list[int] = []

    def click() -> None:
        shown = Shown(Client(), "tally", html)
        for _ in range(5):
            while (response := shown.post("add")).status_code == 409:
                shown.token = token_in(response.content.decode())
            done.append(response.status_code)
        connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [200] * 20
    assert b">20<" in Shown(Client(), "tally", html).post("add").content


def test_a_repeated_request_is_no_conflict(quiz: Shown) -> None:
    token, rid = quiz.token, new_rid()
    first = quiz.post("answer", text="first", _rid=rid)
    second = quiz.post("answer", text="first", _state=token, _rid=rid, _retry="1")
    assert first.content == second.content
    assert ran == ["answer first"]


def test_a_repeat_of_a_request_whose_server_died_before_its_commit_goes_on(
    quiz: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The revision stands in the cache, the row does not: the same request id may write it."""
    from cf_core.host import DjangoHost

    class Killed(BaseException): ...

    def killed(*args: Any) -> None:
        raise Killed

    token, rid = quiz.token, new_rid()
    with monkeypatch.context() as patched:
        patched.setattr(DjangoHost, "record", staticmethod(killed))
        patched.setattr(type(caches["default"]), "delete", lambda *args, **options: False)
        with pytest.raises(Killed):
            quiz.post("write", name="row", _rid=rid)
    assert Item.objects.count() == 0
    cache.delete(next(key for key in stored() if rid in key))  # the claim ends by itself
    assert quiz.post("write", name="row", _state=token, _rid=rid, _retry="1").status_code == 200
    assert Item.objects.count() == 1
    assert answers(quiz) == "row"


def test_a_state_that_is_gone_asks_for_a_fresh_render(quiz: Shown) -> None:
    cache.clear()
    response = quiz.json("answer", {"text": "x"})
    assert (response.status_code, response.json()["code"]) == (410, "state_expired")
    assert ran == []


def test_dispatch_in_python_goes_on_too(db: None) -> None:
    component = Quiz()
    component.dispatch("answer", {"text": "a"})
    assert component.dispatch("answer", {"text": "b"})["state"]["answers"] == ["a", "b"]


# -- locked fields


def test_locked_fields_never_travel_and_come_back(priced: Shown) -> None:
    for _ in range(2):
        assert "9999" not in readable(priced.token)
        assert '"qty"' in readable(priced.token)
        assert priced.post("more").status_code == 200
    assert ">3 x 9999<" in priced.html


def test_locked_fields_may_change_appear_and_go(priced: Shown) -> None:
    priced.post("reduce")
    assert ">1 x 9998<" in priced.html
    assert "discount" not in readable(priced.token)
    priced.post("more")
    assert ">2 x 9998<" in priced.html
    priced.post("drop")
    priced.post("more")
    assert ">3 x <" in priced.html


def test_an_older_token_has_the_locked_fields_of_its_time(priced: Shown) -> None:
    old = priced.token
    priced.post("reduce")
    priced.post("more", _state=old)
    assert ">2 x 9999<" in priced.html


def test_a_locked_field_cannot_be_sent_in(priced: Shown) -> None:
    assert priced.json("more", {"price": 1}).status_code == 422
    assert priced.post("more", price="1", locked="x").status_code == 200
    assert ">2 x 9999<" in priced.html


def test_locked_fields_that_are_gone_ask_for_a_fresh_render(priced: Shown) -> None:
    cache.clear()
    response = priced.json("more")
    assert (response.status_code, response.json()["code"]) == (410, "state_expired")
    assert ran == []


def test_locked_fields_of_a_class_that_keeps_all_on_the_server(db: None, register: Any, client: Client) -> None:
    class Both(Priced):
        state_store = "cache"

    register(Both, "both")
    shown = show(client, "both")
    shown.post("more")
    assert ">2 x 9999<" in shown.html
    assert "qty" not in readable(shown.token)


# -- what stands in the cache


@pytest.mark.parametrize("name", ["quiz", "priced"])
def test_the_cache_holds_text_only(db: None, register: Any, client: Client, name: str) -> None:
    register(Quiz, "quiz")
    register(Priced, "priced")
    shown = show(client, name)
    shown.post({"quiz": "answer", "priced": "more"}[name], **({"text": "x"} if name == "quiz" else {}))
    for value in cache._cache.values():  # type: ignore[attr-defined]
        assert type(pickle.loads(value)) is str


@pytest.mark.parametrize(
    "value", [None, 5, b"x", {"answers": []}, [], "", "no json", "\n[]", "\nnull", "rid\n{", "\n5"]
)
def test_what_else_stands_there_is_refused_and_never_used(quiz: Shown, value: Any) -> None:
    quiz.post("answer", text="first")
    for key in stored():
        cache.set(key, value)
    ran.clear()
    response = quiz.json("answer", {"text": "x"})
    assert response.status_code in (409, 410), response.content
    assert ran == []


def test_the_key_is_a_secret_of_the_token(quiz: Shown) -> None:
    keys = [key for key in stored() if "state" in key]
    assert keys
    assert all(quiz.id not in key for key in keys)
    assert all(len(max(key.split(":"), key=len)) >= 20 for key in keys)


def test_entries_live_as_long_as_tokens(quiz: Shown, settings: Any) -> None:
    import time

    settings.CF_CORE = {"STATE_MAX_AGE": 100}
    quiz.post("answer", text="x")
    newest = max(expires for key, expires in cache._expire_info.items() if "state" in key)  # type: ignore[attr-defined]
    oldest_ok = time.time() + 100
    assert any(abs(expires - oldest_ok) < 5 for expires in cache._expire_info.values())  # type: ignore[attr-defined]
    assert newest >= oldest_ok - 5
