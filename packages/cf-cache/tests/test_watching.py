"""A mount that reads what its key does not tell apart is found out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import add_message, constants
from django.http import HttpRequest
from django.test import Client

from cf_cache import CacheMixin, watching
from cf_core import Component, ComponentDefinitionError, Registry
from tests.components import Inline, mounts
from tests.permissions import Anyone, LoggedIn

READS: dict[str, Callable[[Any], Any]] = {
    "user": lambda self: self.user,
    "request.user": lambda self: self.request.user,
    "params user": lambda self: self.params["user"],
    "params.get user": lambda self: self.params.get("user"),
    "params user_id": lambda self: self.params["user_id"],
    "all params": lambda self: {**self.params},
    "copied params": lambda self: self.params.copy(),
    "params and more": lambda self: self.params | {"more": 1},
    "session": lambda self: self.request.session.get("cart"),
    "cookies": lambda self: self.request.COOKIES.get("theme"),
    "query": lambda self: self.request.GET.get("page"),
    "header": lambda self: self.request.headers.get("User-Agent"),
    "address": lambda self: self.request.META["REMOTE_ADDR"],
    "path": lambda self: self.request.path,
    "page's own address": lambda self: self.request.build_absolute_uri(),
    "message": lambda self: add_message(self.request, constants.INFO, "hello"),
}
HARMLESS: dict[str, Callable[[Any], Any]] = {
    "host": lambda self: self.request.get_host(),
    "language": lambda self: self.request.LANGUAGE_CODE,
    "static address": lambda self: self.request.build_absolute_uri("/static/logo.svg"),
    "scheme": lambda self: (self.request.scheme, self.request.is_secure()),
    "kind": lambda self: isinstance(self.request, HttpRequest) or 1 / 0,
    "other param": lambda self: self.params["page"] + 1,
    "missing param": lambda self: self.params.get("missing"),
    "write and delete": lambda self: (self.params.update(more=1), self.params.pop("more")),
    "count": lambda self: len(self.params) or 1 / 0,
    "mark": lambda self: (setattr(self.request, "_cf_mark", 1), delattr(self.request, "_cf_mark")),
}


class Reading(Component):
    """Reads what its param says."""

    permission_classes = [Anyone]
    renderer = Inline("<p>{{ request.user }}</p>")
    cache_ttl = 60

    def mount(self) -> None:
        mounts.append("reading")
        how = READS.get(self.params["how"]) or HARMLESS[self.params["how"]]
        how(self)
        self.state["read"] = True


@pytest.fixture
def client(db: None, client_of: Any, component_registry: Registry) -> Client:
    component_registry.register("reading")(Reading)
    return client_of()


def show(client: Client, how: str) -> int:
    source = f'{{% live_component "reading" how="{how}" page=1 %}}'
    return client.get("/page/", {"source": source}).status_code


@pytest.mark.parametrize("how", READS)
def test_in_development_it_is_an_error_that_says_what_to_do(client: Client, how: str) -> None:
    with pytest.raises(ComponentDefinitionError, match=r"Reading\.mount reads .*get_cache_key"):
        show(client, how)


@pytest.mark.parametrize("how", READS)
def test_in_production_the_state_is_not_kept(
    client: Client, how: str, monkeypatch: pytest.MonkeyPatch, said: Callable[[], list[str]]
) -> None:
    monkeypatch.setattr(watching, "is_developing", lambda: False)

    assert [show(client, how), show(client, how)] == [200, 200]
    assert mounts == ["reading", "reading"]
    assert len(said()) <= 1


@pytest.mark.parametrize("how", HARMLESS)
def test_what_is_in_the_key_may_be_read(client: Client, how: str) -> None:
    assert [show(client, how), show(client, how)] == [200, 200]
    assert mounts == ["reading"]


def test_production_logs_what_was_read(
    client: Client, monkeypatch: pytest.MonkeyPatch, said: Callable[[], list[str]]
) -> None:
    monkeypatch.setattr(watching, "is_developing", lambda: False)

    class Other(Reading): ...

    component = Other(how="params user", user=None)
    component.mount()

    assert 'params["user"]' in said()[0]


class Personal(Reading):
    permission_classes = [LoggedIn]


@pytest.mark.parametrize(
    "how", ["user", "request.user", "params user", "params user_id", "all params", "copied params"]
)
def test_user_may_be_read_where_every_user_has_an_entry(client_of: Any, ann: Any, registered: Any, how: str) -> None:
    registered("reading", Personal)
    client = client_of(ann)

    assert [show(client, how), show(client, how)] == [200, 200]
    assert mounts == ["reading"]


@pytest.mark.parametrize("how", ["session", "cookies", "query"])
def test_visitors_share_an_entry_so_sessions_may_not_be_read(
    client_of: Any, ann: Any, registered: Any, how: str
) -> None:
    registered("reading", Personal)

    with pytest.raises(ComponentDefinitionError):
        show(client_of(ann), how)


class Decided(CacheMixin, Reading):
    def get_cache_key(self, name: str, params: Any, state: Any) -> str:
        return str(self.request.GET.get("page"))


@pytest.mark.parametrize("how", [how for how in READS if how != "message"])
def test_author_who_chooses_the_key_may_read_anything(client: Client, registered: Any, how: str) -> None:
    registered("reading", Decided)

    assert [show(client, how), show(client, how)] == [200, 200]
    assert mounts == ["reading"]


def test_mount_may_drop_entries(client: Client, registered: Any) -> None:
    class Dropping(CacheMixin, Reading):
        def mount(self) -> None:
            self.invalidate_cache()
            mounts.append("dropping")

    registered("reading", Dropping)

    assert show(client, "host") == 200
    assert mounts == ["dropping"]


def test_after_mount_the_request_is_itself_again(client: Client) -> None:
    seen: list[Any] = []

    class Looking(Reading):
        def mount(self) -> None:
            seen.append(self.request)
            self.request._cf_note = "kept"

        def before_render(self) -> None:
            seen.append((self.request, self.request.user, type(self.params)))

    from django.test import RequestFactory

    component = Looking()
    component.request = RequestFactory().get("/")
    component.request.user = None
    component.dispatch()

    stand_in, (request, _, kind) = seen
    assert stand_in is not request
    assert request._cf_note == "kept"
    assert type(request).__name__ == "WSGIRequest"
    assert kind is dict
    # Kept by somebody, the stand-in goes on as the request.
    assert stand_in.path == "/"


@pytest.fixture
def registered(component_registry: Registry) -> Callable[[str, type[Component]], None]:
    return lambda name, cls: component_registry.register(name, replace=True)(cls) and None
