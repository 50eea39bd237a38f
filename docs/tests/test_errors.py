"""The table of errors: it names every class, and every row of it happens over HTTP as it says."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

import cf_core
from cf_core import Component, ComponentError, RateLimited, registry
from cf_core.engine.errors import Internal, UnreadableState, UnserialisableState
from cf_core.views import CsrfFailed
from cf_models import NotSaved, RowGone
from cf_permissions import RateLimitExceeded
from tests.helpers import EXAMPLES, code, table

pytestmark = pytest.mark.django_db

TABLE = {
    code(cells[1])[0]: (int(cells[0]), code(cells[2])[0], cells[3])
    for cells in table("reference/errors.md", "## Table")
}


def test_table_has_every_error() -> None:
    special = {ComponentError, UnreadableState, UnserialisableState, RateLimitExceeded, NotSaved, RowGone}
    found = {ComponentError, *subclasses(ComponentError)} - special

    assert {cls.code: (cls.status, cls.__name__) for cls in found} == {
        name: (status, cls) for name, (status, cls, _) in TABLE.items()
    }
    assert {CsrfFailed, Internal} == {cls for cls in found if not hasattr(cf_core, cls.__name__)}


def subclasses(cls: type[ComponentError]) -> set[type[ComponentError]]:
    return {each for direct in cls.__subclasses__() for each in ({direct} | subclasses(direct))}


class Refuse:
    def has_permission(self, request: object, component: object) -> bool:
        return False


@pytest.fixture(autouse=True)
def components(component_registry) -> None:
    @registry.register("trouble")
    class Trouble(Component):
        permission_classes = ()

        def on_fail(self) -> None:
            raise RuntimeError("hunter2")

        def on_hurry(self) -> None:
            raise RateLimited(retry_after=2)

        def on_wait(self) -> None:
            raise OperationalError("hunter2")

        def on_again(self, times: int = 1) -> None:
            # The same request id comes a second time while the first is being processed.
            inner = send(Client(), "again", {"times": 1}, rid="the-same-request-id", state=current["token"])
            current["inner"] = inner

    registry.register("closed")(type("Closed", (Trouble,), {"permission_classes": [Refuse]}))


current: dict = {}


def token(client: Client, name: str = "trouble") -> str:
    return client.get(f"/components/{name}/", headers={"Accept": "application/json"}).json()["state"]


def send(client: Client, event: str, payload: dict | None = None, name: str = "trouble", **body: str) -> HttpResponse:
    client.raise_request_exception = False
    body = {"event": event, "payload": payload or {}, "state": body.pop("state", None) or token(client, name), **body}
    return client.post(f"/components/{name}/", json.dumps(body), content_type="application/json")


def csrf_failed(client: Client, user: object) -> HttpResponse:
    state = token(client)
    return send(Client(enforce_csrf_checks=True), "fail", state=state)


def state_conflict(client: Client, user: object) -> HttpResponse:
    old = token(client, "draft")
    assert send(client, "save", {"text": "a"}, name="draft", state=old).status_code == 200
    return send(client, "save", {"text": "b"}, name="draft", state=old)


def in_progress(client: Client, user: object) -> HttpResponse:
    current["token"] = token(client)
    send(client, "again", {"times": 1}, rid="the-same-request-id", state=current["token"])
    return current["inner"]


def state_expired(client: Client, user: object) -> HttpResponse:
    old = token(client)
    client.force_login(user)
    return send(client, "fail", state=old)


def forbidden(client: Client, user: object) -> HttpResponse:
    client.force_login(user)
    return client.get("/components/closed/")


PROVOKE: dict[str, Callable[[Client, object], HttpResponse]] = {
    "malformed": lambda client, user: client.post("/components/trouble/", "{", content_type="application/json"),
    "state_invalid": lambda client, user: send(client, "fail", state=token(client)[:-2] + "xx"),
    "auth_required": lambda client, user: client.get("/components/closed/"),
    "forbidden": forbidden,
    "csrf_failed": csrf_failed,
    "not_found": lambda client, user: send(client, "unknown"),
    "state_conflict": state_conflict,
    "in_progress": in_progress,
    "state_expired": state_expired,
    "too_large": lambda client, user: send(client, "fail", {"text": "x" * 1_100_000}),
    "media_type": lambda client, user: client.post("/components/trouble/", "x", content_type="text/plain"),
    "invalid": lambda client, user: send(client, "increment", {"amount": "many"}, name="counter"),
    "rate_limited": lambda client, user: send(client, "hurry"),
    "internal": lambda client, user: send(client, "fail"),
    "unavailable": lambda client, user: send(client, "wait"),
}


@pytest.mark.parametrize("name", TABLE)
def test_row_happens(name: str, client: Client, django_user_model) -> None:
    status, _, when = TABLE[name]

    response = PROVOKE[name](client, django_user_model.objects.create(username="ada"))

    body = response.json()
    assert (response.status_code, body["code"]) == (status, name)
    added = {word for word in code(when.partition("; adds")[2]) if word.isidentifier()}
    extra = {"html", "state"} if name == "state_conflict" else set()
    assert body.keys() == {"error", "code"} | added | extra
    assert ("Retry-After" in response.headers) == ("retry_after" in added)
    assert "hunter2" not in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"


def test_body_of_the_page_is_that_of_the_server(client: Client) -> None:
    response = send(client, "increment", {"amount": "many"}, name="counter")

    assert json.loads((EXAMPLES / "output/invalid.json").read_text()) == response.json()


def test_debug_adds_the_detail(client: Client, settings) -> None:
    settings.DEBUG = True
    settings.INTERNAL_IPS = ["127.0.0.1"]

    assert send(client, "fail").json()["detail"] == "RuntimeError: hunter2"
