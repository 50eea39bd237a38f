"""What exceptions of Django, the database and the cache mean to a client."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import (
    BadRequest,
    MultipleObjectsReturned,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
)
from django.http import Http404
from django.test import Client

from cf_core import AuthRequired, Component, ComponentError, Forbidden, Invalid, RateLimited, Unavailable
from cf_core.engine import errors
from cf_core.failures import classify
from cf_testing.parity import assert_refused, outcome_of, show
from tests.components import CANARY, witness
from tests.models import Item
from tests.permissions import Anyone
from tests.renderers import Inline


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (PermissionDenied(CANARY), 403, "forbidden"),
        (ObjectDoesNotExist(CANARY), 404, "not_found"),
        (Item.DoesNotExist(CANARY), 404, "not_found"),
        (Http404(CANARY), 404, "not_found"),
        (ValidationError("Wrong"), 422, "invalid"),
        (IntegrityError(CANARY), 409, "state_conflict"),
        (OperationalError(CANARY), 503, "unavailable"),
        (InterfaceError(CANARY), 503, "unavailable"),
        (ConnectionError(CANARY), 503, "unavailable"),
        (ConnectionRefusedError(CANARY), 503, "unavailable"),
        (TimeoutError(CANARY), 503, "unavailable"),
        (RequestDataTooBig(CANARY), 413, "too_large"),
        (TooManyFieldsSent(CANARY), 400, "malformed"),
        (TooManyFilesSent(CANARY), 400, "malformed"),
        (SuspiciousOperation(CANARY), 400, "malformed"),
        (AuthRequired(CANARY), 401, "auth_required"),
        (RateLimited(CANARY, retry_after=7), 429, "rate_limited"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_an_exception_has_a_status_a_code_and_a_constant_text(error: Exception, status: int, code: str) -> None:
    known = classify(error)
    assert known is not None
    assert (known.status, known.code) == (status, code)
    assert CANARY not in str(known.body())
    assert known.body()["error"] == type(known).public


@pytest.mark.parametrize(
    "error",
    [
        *(ValueError(CANARY), TypeError(CANARY), KeyError(CANARY), AttributeError(CANARY), RuntimeError(CANARY)),
        *(FileNotFoundError(CANARY), DataError(CANARY), ProgrammingError(CANARY), MultipleObjectsReturned(CANARY)),
    ],
    ids=lambda error: type(error).__name__,
)
def test_everything_else_is_a_bug(error: Exception) -> None:
    assert classify(error) is None


def test_messages_of_a_validation_error_stand_under_their_fields() -> None:
    known = classify(ValidationError({"name": ["Too short"], "__all__": ["No"]}))
    assert isinstance(known, Invalid)
    assert known.errors == {"name": ["Too short"], "__all__": ["No"]}


@pytest.mark.parametrize(("given", "told"), [(2, 2), (0, 1), (0.2, 1), (2.9, 2), ("5", 5)])
def test_retry_after_is_whole_seconds_and_at_least_one(given: Any, told: int) -> None:
    assert RateLimited(retry_after=given).retry_after == told


def test_only_some_refusals_say_when_to_come_back() -> None:
    assert Forbidden().retry_after is None
    assert Unavailable(retry_after=3).body()["retry_after"] == 3


def test_every_error_has_a_status_a_code_and_a_text_of_its_own() -> None:
    classes = {cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, ComponentError)}
    for cls in classes - {ComponentError}:
        assert 400 <= cls.status < 600
        assert cls.code.replace("_", "").isalpha()
        assert cls.public


@pytest.mark.parametrize("is_logged", [True, False])
@pytest.mark.django_db
def test_an_outage_that_is_logged_already_has_no_line_for_each_event(
    is_logged: bool, client: Client, register: Any, warnings_logged: Any
) -> None:
    class Down(Component):
        permission_classes = [Anyone]
        renderer = Inline("<p></p>")

        def on_go(self) -> None:
            error = Unavailable("why", retry_after=1)
            error.is_logged = is_logged
            raise error

    register(Down, "down")
    shown = show(client, "down")
    assert [shown.post("go").status_code for _ in range(3)] == [503] * 3
    assert len(warnings_logged()) == (0 if is_logged else 3)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("django_redis/exceptions.py", "ConnectionInterrupted"),
        ("pymemcache/exceptions.py", "MemcacheError"),
        ("pylibmc/__init__.py", "Error"),
    ],
)
def test_errors_of_the_clients_that_are_installed_are_those_of_a_cache(module: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / module
    path.parent.mkdir()
    (path.parent / "__init__.py").touch()
    path.write_text(f"class {name}(Exception): pass")
    code = "import django; django.setup(); from cf_core.failures import CACHE_ERRORS as e; print(*map(repr, e))"
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{Path.cwd()}", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert f".{name}'>" in done.stdout


@pytest.mark.django_db
def test_texts_are_in_the_readers_language(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cf_core.wire.translate", lambda text: f"[{text}]")
    assert show(client, "counter").json("nothing").json()["error"] == "[Not found]"


@pytest.mark.django_db
def test_an_author_may_raise_what_the_framework_raises(client: Client, register: Any) -> None:
    class Strict(Component):
        permission_classes = [Anyone]
        renderer = Inline("<p></p>")

        def on_enter(self, how: str) -> None:
            raise {
                "log in": AuthRequired("why"),
                "busy": RateLimited("why", retry_after=9),
                "mine": Forbidden("why", message="Not yours", code="not_yours"),
                "wrong": Invalid("why", errors={"how": ["No"]}),
            }[how]

    register(Strict, "strict")
    shown = show(client, "strict")
    answers = {how: shown.post("enter", how=how) for how in ("log in", "busy", "mine", "wrong")}
    assert answers["log in"].json() == {
        "error": "Authentication required",
        "code": "auth_required",
        "login_url": "/log-in/",
    }
    assert answers["busy"].status_code == 429
    assert answers["busy"]["Retry-After"] == "9"
    assert answers["mine"].json() == {"error": "Not yours", "code": "not_yours"}
    assert answers["wrong"].json()["errors"] == {"how": ["No"]}


@pytest.mark.django_db
def test_a_type_error_inside_a_handler_is_a_bug_and_no_bad_payload(client: Client) -> None:
    shown = show(client, "ledger")
    outcome = assert_refused(
        lambda: outcome_of(shown.json("fail", {"name": "x", "how": "TypeError"})),
        500,
        "internal",
        witness=witness,
        good=lambda: outcome_of(shown.json("write", {"name": "y"})),
        may_run=True,
    )
    assert set(outcome.body) == {"error", "code", "incident"}


@pytest.mark.parametrize("transport", ["post", "json"])
def test_a_locked_sqlite_is_unavailable_and_the_event_can_be_repeated(
    transactional_db: None, client: Client, transport: str
) -> None:
    shown = show(client, "ledger")
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            locked.set()
            release.wait(20)
            cursor.execute("ROLLBACK")
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(20)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 20")
    rid = "r" * 20
    if transport == "post":
        response = shown.post("write", name="row", _rid=rid)
    else:
        response = shown.json("write", {"name": "row"}, rid=rid)
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert int(response["Retry-After"]) >= 1
    assert CANARY not in response.content.decode()
    assert "locked" not in response.content.decode()
    release.set()
    holder.join()
    assert Item.objects.count() == 0
    assert shown.post("write", name="row", _rid=rid, _retry="1").status_code == 200
    assert Item.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["mount", "policy", "hydrate", "before_render", "get_context", "get_component_id"])
def test_a_bug_anywhere_is_an_incident(client: Client, register: Any, how: str) -> None:
    def explode(self: Any, *args: Any) -> Any:
        raise LookupError(CANARY)

    policy = type("Policy", (), {"has_permission": explode if how == "policy" else lambda *args: True})
    cls: Any = type("Buggy", (Component,), {"permission_classes": [policy], "renderer": Inline("<p></p>")})
    register(cls, "buggy")
    if how not in ("policy", "hydrate"):
        setattr(cls, how, explode)
    response = client.get("/components/buggy/", headers={"HX-Request": "true"})
    if how == "hydrate":
        shown = show(client, "buggy")
        cls.hydrate = explode
        response = shown.post(None)
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert CANARY not in response.content.decode()
    assert show(client, "counter").post("increment").status_code == 200


def test_a_bad_request_of_django_is_a_bug() -> None:
    # Django answers it 400 itself; in a handler it is nothing that a client could mend.
    assert classify(BadRequest(CANARY)) is None
