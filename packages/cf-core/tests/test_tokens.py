"""State tokens: signed, bound to component, instance, user and age, and refused as the table of the design says."""

from __future__ import annotations

import enum
import json
import logging
import sys
import types
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cf_core import Component, StateExpired, StateInvalid
from cf_core.engine.identity import Identity
from cf_core.keyring import sign, unsign
from cf_core.tokens import unseal
from cf_testing.parity import Shown, issue, new_rid, show
from tests.components import Counter, ran
from tests.permissions import Anyone, LoggedIn
from tests.renderers import Inline

pytestmark = pytest.mark.django_db
DAY = 86_400


def assert_is(response: Any, status: int, code: str) -> None:
    assert (response.status_code, response.json().get("code")) == (status, code), response.content


def content(token: str) -> str:
    """Return what anybody can read in a token."""
    return urlsafe_b64decode(token.split(".")[2]).decode()


def set_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Move the clock of everything that makes or checks tokens."""
    import time

    now = time.time() + seconds
    monkeypatch.setattr("cf_core.tokens.time", types.SimpleNamespace(time=lambda: now))


def test_a_token_goes_on_where_the_last_render_left_it(client: Client) -> None:
    shown = show(client, "counter", initial=3)
    assert shown.post("increment").status_code == 200
    assert shown.json("increment", {"amount": 10}).status_code == 200
    assert "<b>14</b>" in shown.html
    assert shown.token.startswith("cf1.")


# -- what was altered


def test_every_altered_character_is_refused(client: Client) -> None:
    shown = show(client, "counter")
    ran.clear()
    for at, character in enumerate(shown.token):
        for other in ("A" if character != "A" else "B", "."):
            if other == character:
                continue
            altered = f"{shown.token[:at]}{other}{shown.token[at + 1 :]}"
            assert_is(shown.json("increment", state=altered), 400, "state_invalid")
    assert ran == []


@given(key=st.text(min_size=1, max_size=20), at=st.integers(0, 7), other=st.sampled_from("AZaz09-_BQgw"))
def test_an_altered_key_id_is_a_forgery_and_no_retired_key(key: str, at: int, other: str) -> None:
    from django.test import override_settings

    with override_settings(SECRET_KEY=key):
        signed = sign("counter", "text")
        if signed[at] != other:
            with pytest.raises(StateInvalid):
                unsign("counter", f"{signed[:at]}{other}{signed[at + 1 :]}")


def test_every_truncation_is_refused(client: Client) -> None:
    token = show(client, "counter").token
    for end in range(len(token)):
        with pytest.raises(StateInvalid):
            unseal(Counter, token[:end], Identity(), None)


GARBAGE: list[Any] = [
    *(
        "",
        "=",
        "null",
        "{}",
        "cf1",
        "cf1.",
        "cf1...",
        "cf1.a.b.c",
        ":" * 5_000,
        "\udc80",
        "cf1.\udc80",
        "é",
        "cf1.é.é.é",
    ),
    *("cf1." + "A" * 8 + ".e30=.x", "x" * 100_000, "\x00", "cf1.\n\n\n", "cf2.AAAAAAAA.AAAA.AAAA"),
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda text: ascii(text)[:20])
def test_what_is_no_token_is_refused_with_one_constant_body(client: Client, garbage: str) -> None:
    shown = show(client, "counter")
    ran.clear()
    response = shown.json("increment", state=garbage)
    assert response.status_code == 400
    if response.json()["code"] != "malformed":
        assert response.json() == {"error": "State could not be verified", "code": "state_invalid"}
    else:
        assert "\udc80" in garbage or "\x00" in garbage
    if not any(character in garbage for character in "\udc80\x00"):
        assert shown.post("increment", _state=garbage).content == response.content
    assert ran == []


@pytest.mark.parametrize("value", [{"count": 5}, [1], 5, True, 1.5, [], {}], ids=repr)
def test_a_state_that_is_no_text_is_refused(client: Client, value: Any) -> None:
    shown = show(client, "counter")
    ran.clear()
    assert_is(shown.json("increment", state=value), 400, "malformed")
    assert ran == []


def test_an_event_without_a_token_is_refused(client: Client) -> None:
    shown = show(client, "counter")
    ran.clear()
    assert_is(shown.json("increment", state=None), 400, "state_invalid")
    assert_is(shown.post("increment", _state=None), 400, "state_invalid")
    assert ran == []


@given(st.text(max_size=60))
def test_no_text_is_taken_for_a_token(text: str) -> None:
    with pytest.raises((StateInvalid, StateExpired)):
        unseal(Counter, f"cf1.{text}", Identity(), None)


def test_a_signature_of_this_project_for_something_else_is_no_token(client: Client) -> None:
    from django.core import signing

    shown = show(client, "counter")
    body = urlsafe_b64encode(content(shown.token).encode()).decode()
    for salt in ("", "cf_core.state:", "cf_core.state:ledger", "django.core.signing"):
        signed = signing.Signer(salt=salt, sep=".").sign(f"{shown.token.split('.')[1]}.{body}")
        assert_is(shown.json("increment", state=f"cf1.{signed}"), 400, "state_invalid")


# -- signed, yet not what it should be


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n\n",
        "[]\n{}\n{}",
        "5\n{}\n{}",
        "null\nnull\nnull",
        '{"c":"counter"}\n{}\n{}',
        '["c1",1,0,["n"]]\n{}\n5',
        '["c1",1,NOW,["n"]]\n{}\n[]',
        '["c1",1,NOW,["n"]]\n[]\n{}',
        '["c1",1,NOW,["n"]]\n5\n{}',
        '["c1",1,NOW,["n"]]\n{}\n{"count":{"~M":["os.system","1","default"]}}',
        '["c1",1,NOW,["n"]]\n{}\n["x",{"s":"mdl","class":"os.system"}]',
        '["c1",1,NOW,["n"]]\n{}\n{"~":"os.system"}',
        '["c1",1,NOW,["n"]]\n{}\n{"~Z":["subprocess.Popen","ls"]}',
        '["c1",1,NOW,["x"]]\n{}\n{}',
        '["c1",1,NOW,[]]\n{}\n{}',
        '["c1",1,"soon",["n"]]\n{}\n{}',
        '["c1",1,NOW,["n"],{"k":{"a":[1]}}]\n{}\n{}',
        '["c1",1,NOW,["n"],{"s":"../../etc"}]\n{}\n{}',
        '["c1",1,NOW,["n"],{"w":"os.system"}]\n{}\n{"count":1}',
    ],
)
def test_signed_content_of_another_form_is_refused_and_imports_nothing(client: Client, body: str) -> None:
    import time

    text = body.replace("NOW", str(int(time.time())))
    token = "cf1." + sign("counter", urlsafe_b64encode(text.encode()).decode())
    shown = show(client, "counter")
    ran.clear()
    before = set(sys.modules)
    response = shown.json("increment", state=token, headers={"X-Component": None})
    assert response.status_code in (400, 410), response.content
    assert response.json()["code"] in ("state_invalid", "state_expired")
    assert ran == []
    assert {
        name for name in set(sys.modules) - before if not name.startswith(("django", "cf_core", "pydantic"))
    } == set()


# -- of another component or instance


def test_a_token_of_another_component_is_refused(client: Client) -> None:
    counter, placed = show(client, "counter"), show(client, "placed")
    ran.clear()
    assert_is(counter.json("increment", state=placed.token, headers={"X-Component": None}), 400, "state_invalid")
    assert_is(placed.post("rename", label="x", _state=counter.token), 400, "state_invalid")
    assert ran == []


def test_a_token_of_another_instance_than_the_request_names_is_refused(client: Client) -> None:
    first, second = show(client, "counter"), show(client, "counter")
    ran.clear()
    assert_is(first.json("increment", headers={"X-Component": second.id}), 400, "state_invalid")
    assert_is(first.post("increment", headers={"X-Component": second.id}), 400, "state_invalid")
    assert ran == []


def test_a_component_that_keeps_any_key_cannot_make_a_token_for_another(register: Any, client: Client) -> None:
    class Bag(Component):
        permission_classes = [Anyone]
        renderer = Inline("<p></p>")

        def on_put(self, key: str, value: Any = None) -> None:
            self.state[key] = value

    register(Bag)
    shown = show(client, "bag")
    for key in ("component", "c", "i", "a", "count", "__class__", "~", "w", "k", "s", "l"):
        assert shown.json("put", {"key": key, "value": "ledger"}).status_code == 200
    counter = show(client, "counter")
    ran.clear()
    assert_is(counter.json("increment", state=shown.token, headers={"X-Component": None}), 400, "state_invalid")
    assert ran == []


def test_the_wrong_instance_is_named_before_the_tokens_age(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = show(client, "counter"), show(client, "counter")
    set_clock(monkeypatch, DAY + 1)
    assert_is(first.json("increment", headers={"X-Component": second.id}), 400, "state_invalid")


# -- of somebody else


def test_another_users_token_is_refused(client_of: Any, ann: Any, bob: Any) -> None:
    token = show(client_of(ann), "members").token
    shown = show(client_of(bob), "members")
    ran.clear()
    assert_is(shown.json("touch", state=token, headers={"X-Component": None}), 400, "state_invalid")
    assert ran == []


def test_a_users_token_asked_by_nobody_sends_to_the_log_in(client_of: Any, ann: Any) -> None:
    shown = show(client_of(ann), "counter")
    shown.client = Client()
    ran.clear()
    response = shown.json("increment")
    assert_is(response, 401, "auth_required")
    assert response.json() == {
        "error": "Authentication required",
        "code": "auth_required",
        "login_url": "/log-in/",
    }
    assert ran == []


def test_logging_out_sends_to_the_log_in(client_of: Any, ann: Any) -> None:
    shown = show(client_of(ann), "counter")
    shown.client.logout()
    assert_is(shown.post("increment"), 401, "auth_required")


def test_a_user_who_was_deactivated_is_nobody(client_of: Any, ann: Any) -> None:
    shown = show(client_of(ann), "members")
    ann.is_active = False
    ann.save()
    ran.clear()
    assert_is(shown.json("touch"), 401, "auth_required")
    assert ran == []


def test_a_token_from_before_the_log_in_asks_for_a_fresh_render(client: Client, ann: Any) -> None:
    shown = show(client, "counter")
    client.force_login(ann)
    ran.clear()
    assert_is(shown.json("increment"), 410, "state_expired")
    assert ran == []


def test_a_changed_password_ends_all_tokens(client_of: Any, ann: Any) -> None:
    shown = show(client_of(ann), "counter")
    ann.set_password("another")
    ann.save()
    shown.client.force_login(ann)
    assert_is(shown.json("increment"), 410, "state_expired")


def test_a_token_outlives_a_new_log_in_of_the_same_user(client_of: Any, ann: Any) -> None:
    shown = show(client_of(ann), "counter")
    shown.client.logout()
    shown.client.force_login(ann)
    assert shown.json("increment").status_code == 200


def test_no_session_is_made_for_a_visitor(client: Client) -> None:
    shown = show(client, "counter")
    response = shown.post("increment")
    assert response.status_code == 200
    assert "sessionid" not in client.cookies


def test_a_visitors_token_is_bound_to_the_session_that_there_was(client: Client) -> None:
    start_session(client)
    shown = show(client, "counter")
    assert shown.post("increment").status_code == 200
    other = Client()
    start_session(other)
    shown.client = other
    ran.clear()
    assert_is(shown.post("increment"), 400, "state_invalid")
    shown.client = Client()
    assert shown.post("increment").status_code in (400, 410)
    assert ran == []


def test_a_visitors_token_from_before_the_session_stays_good(client: Client) -> None:
    shown = show(client, "counter")
    start_session(client)
    assert shown.post("increment").status_code == 200


def start_session(client: Client) -> None:
    session = client.session
    session["cart"] = [1]
    session.save()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key


# -- too old, from the future


@pytest.mark.parametrize(("age", "status"), [(DAY - 1, 200), (DAY + 1, 410), (-29, 200), (-31, 410), (10 * DAY, 410)])
def test_the_age_of_a_token(
    client: Client, monkeypatch: pytest.MonkeyPatch, age: int, status: int, warnings_logged: Any
) -> None:
    shown = show(client, "counter")
    ran.clear()
    set_clock(monkeypatch, age)
    response = shown.json("increment")
    assert response.status_code == status
    if status == 410:
        assert response.json() == {"error": "This part of the page is out of date", "code": "state_expired"}
        assert ran == []
    expected = ["clock"] if age == -31 else []
    assert ["clock" for record in warnings_logged() if "clocks differ" in record.getMessage()] == expected


def test_the_age_is_a_setting(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CF_CORE = {"STATE_MAX_AGE": 60}
    shown = show(client, "counter")
    set_clock(monkeypatch, 62)
    assert_is(shown.json("increment"), 410, "state_expired")


def test_every_event_makes_a_token_younger(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = show(client, "counter")
    for _ in range(3):
        set_clock(monkeypatch, DAY / 2)
        assert shown.json("increment").status_code == 200


# -- the keys of the project


def test_a_token_of_a_fallback_key_works_and_comes_back_under_the_new_one(client: Client, settings: Any) -> None:
    shown = show(client, "counter")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a-new-key-for-this-project"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert shown.json("increment").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert shown.json("increment").status_code == 200


def test_a_users_token_of_a_fallback_key_works_too(client_of: Any, ann: Any, settings: Any) -> None:
    shown = show(client_of(ann), "members")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a-new-key-for-this-project"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert shown.json("touch").status_code == 200


def test_a_token_of_a_retired_key_asks_for_a_fresh_render(client: Client, settings: Any) -> None:
    shown = show(client, "counter")
    settings.SECRET_KEY = "a-new-key-for-this-project"
    ran.clear()
    assert_is(shown.json("increment"), 410, "state_expired")
    assert ran == []


def test_the_key_id_tells_nothing_of_the_key() -> None:
    key_id = sign("counter", "text").partition(".")[0]
    assert key_id not in django_settings.SECRET_KEY
    assert len(key_id) == 8


# -- versions of the code


def versioned(version: int, migrate: Any = None, **attributes: Any) -> type[Component]:
    class Cart(Component):
        component_name = "cart"
        permission_classes = [Anyone]
        state_version = version
        renderer = Inline("<p>{{ state }}</p>")

        def mount(self) -> None:
            self.state["items"] = ["a"]

        def on_look(self) -> None:
            ran.append(f"look {self.state}")

    if migrate is not None:
        Cart.migrate_state = migrate  # type: ignore[method-assign]
    return Cart


def test_a_state_of_an_earlier_version_is_migrated(register: Any, client: Client) -> None:
    register(versioned(1))
    shown = show(client, "cart")
    register(versioned(3, lambda self, old, version: {"lines": old["items"], "from": version}), "cart")
    assert shown.json("look").status_code == 200
    assert ran == ["look {'lines': ['a'], 'from': 1}"]
    assert shown.json("look").status_code == 200
    assert ran[1:] == ["look {'lines': ['a'], 'from': 1}"]


@pytest.mark.parametrize(
    ("before", "after", "migrate"),
    [(1, 2, None), (1, 2, lambda self, old, version: None), (2, 1, lambda self, old, version: old)],
    ids=["not migrated", "past migrating", "of newer code"],
)
def test_a_state_that_this_code_cannot_read_asks_for_a_fresh_render(
    register: Any, client: Client, before: int, after: int, migrate: Any
) -> None:
    register(versioned(before))
    shown = show(client, "cart")
    register(versioned(after, migrate), "cart")
    assert_is(shown.json("look"), 410, "state_expired")
    assert ran == []


def test_a_state_of_a_class_that_is_gone_asks_for_a_fresh_render(register: Any, client: Client) -> None:
    class Size(enum.Enum):
        LARGE = "L"

    def make(kept: tuple[type, ...]) -> type[Component]:
        class Shirt(Component):
            permission_classes = [Anyone]
            state_types = kept
            renderer = Inline("<p></p>")

            def mount(self) -> None:
                self.state["size"] = Size.LARGE

            def on_look(self) -> None:
                ran.append("looked")

        return Shirt

    register(make((Size,)))
    shown = show(client, "shirt")
    register(make(()), "shirt")
    assert_is(shown.json("look"), 410, "state_expired")
    assert ran == []


def test_a_component_or_event_that_is_gone_is_not_found(register: Any, client: Client) -> None:
    from cf_core import registry

    register(versioned(1))
    shown = show(client, "cart")
    gone = versioned(1)
    gone._events = {}
    register(gone, "cart")
    assert_is(shown.json("look"), 404, "not_found")
    registry.unregister("cart")
    assert_is(shown.json("look"), 404, "not_found")


# -- what travels


def test_a_token_carries_state_and_params_but_no_user(client_of: Any, ann: Any, register: Any) -> None:
    class Letter(Component):
        permission_classes = [LoggedIn]
        locked_fields = ["secret"]
        renderer = Inline("<p></p>")

        def mount(self, subject: str) -> None:
            self.state.update(text="open", secret="hunter2-canary")

    register(Letter)
    shown = show(client_of(ann), "letter", subject="hello")
    readable = content(shown.token)
    assert '"text":"open"' in readable
    assert '"subject":"hello"' in readable
    for hidden in ("hunter2-canary", "pbkdf2", ann.password, ann.username, shown.client.cookies["sessionid"].value):
        assert hidden not in readable


def test_a_token_of_a_user_names_the_user_by_key_only(client_of: Any, ann: Any) -> None:
    shown = show(client_of(ann), "counter")
    head = json.loads(content(shown.token).split("\n")[0])
    audience = next(part for part in head if isinstance(part, list))
    assert audience[:2] == ["u", str(ann.pk)]
    assert ann.get_session_auth_hash() not in content(shown.token)


def test_a_token_can_be_rolled_back_by_its_owner_and_the_docs_say_so(client: Client) -> None:
    shown = show(client, "counter")
    first = shown.token
    shown.json("increment")
    shown.json("increment", state=first)
    assert "<b>1</b>" in shown.html


def test_state_above_the_warning_is_logged_and_above_the_limit_refused(
    client: Client, register: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Notes(Component):
        permission_classes = [Anyone]
        renderer = Inline("<p></p>")

        def on_set(self, size: int) -> None:
            self.state["text"] = "x" * size

    register(Notes)
    settings.CF_CORE = {"STATE_WARN_BYTES": 1_000, "STATE_MAX_BYTES": 2_000}
    around = len('{"text":""}') + len("{}")
    shown = show(client, "notes")
    with caplog.at_level(logging.WARNING, "cf_core.tokens"):
        assert shown.json("set", {"size": 1_000 - around}).status_code == 200
        assert caplog.records == []
        assert shown.json("set", {"size": 1_001 - around}).status_code == 200
        assert "STATE_WARN_BYTES is 1000" in caplog.text
    assert shown.json("set", {"size": 2_000 - around}).status_code == 200
    token = shown.token
    response = shown.json("set", {"size": 2_001 - around})
    assert_is(response, 413, "too_large")
    assert response.json()["limit"] == 2_000
    assert shown.json("set", {"size": 1}, state=token).status_code == 200


def test_the_documented_limits_are_64_and_512_kilobytes() -> None:
    from cf_core.conf import Settings

    assert (Settings().STATE_WARN_BYTES, Settings().STATE_MAX_BYTES, Settings().STATE_MAX_AGE) == (65_536, 524_288, DAY)


def test_a_token_without_a_client_id_header_is_enough(client: Client) -> None:
    shown = show(client, "counter")
    assert shown.json("increment", headers={"X-Component": None}).status_code == 200


def test_a_token_issued_before_there_was_a_permission_is_no_way_in(client: Client) -> None:
    answer = issue(client, "members")
    shown = Shown(client, "members", answer.html)
    ran.clear()
    assert_is(shown.json("touch", rid=new_rid()), 401, "auth_required")
    assert ran == []
