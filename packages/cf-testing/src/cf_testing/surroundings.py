"""What stands around a component in a test: somebody who acts, a request, and state that must not outlive the test.

Plain Python here; where Django is up, `django_surroundings` takes its place.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol, cast

from cf_core.engine.errors import ComponentDefinitionError
from cf_core.engine.plain import install_plain_host
from cf_core.engine.ports import current_host


class Surroundings(Protocol):
    """What the helpers need of the framework."""

    def make_user(self) -> Any:
        """Return a new user for the tests that name none."""

    def nobody(self) -> Any:
        """Return the user of a visitor."""

    def make_request(self, find_user: Callable[[], Any]) -> Any:
        """Return a request; who acts in it is found out when it is asked."""

    def classify(self, error: Exception) -> Exception | None:
        """Return the typed error that an exception of the framework amounts to for a client, or None."""

    def fresh(self) -> Any:
        """Return a context manager that spans a test: caches begin empty, and nothing is left behind."""


@dataclass(frozen=True, slots=True)
class PlainUser:
    """Somebody who is logged in, where there is no user model."""

    pk: int | None = 1
    username: str = "acting-user"
    is_authenticated: bool = True
    is_active: bool = True
    is_staff: bool = False
    is_superuser: bool = False

    @property
    def id(self) -> int | None:
        """The primary key."""
        return self.pk

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is logged in."""
        return not self.is_authenticated

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        """Return False: nothing was granted."""
        return False


NOBODY = PlainUser(pk=None, username="", is_authenticated=False, is_active=False)


@dataclass(slots=True)
class PlainRequest:
    """What a component may ask of a request, where there is no framework."""

    find_user: Callable[[], Any]
    session: dict[str, Any] = field(default_factory=dict)
    scope: dict[str, Any] = field(default_factory=dict)
    META: dict[str, Any] = field(default_factory=lambda: {"REMOTE_ADDR": "127.0.0.1"})
    method: str = "POST"
    GET: dict[str, str] = field(default_factory=dict)
    POST: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    COOKIES: dict[str, str] = field(default_factory=dict)
    path: str = "/"

    @property
    def user(self) -> Any:
        """Who acts."""
        return self.find_user()


class PlainSurroundings:
    """Nothing but Python."""

    def make_user(self) -> Any:
        """Return a user who is logged in and may nothing in particular."""
        return PlainUser()

    def nobody(self) -> Any:
        """Return a visitor."""
        return NOBODY

    def make_request(self, find_user: Callable[[], Any]) -> Any:
        """Return a request of plain attributes."""
        return PlainRequest(find_user)

    def classify(self, error: Exception) -> Exception | None:
        """Return None: a plain exception is the author's own."""
        return None

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """Do nothing: there are no caches."""
        yield


def surroundings() -> Surroundings:
    """Return Django's where Django is up in this process, else the plain ones."""
    apps = getattr(sys.modules.get("django.apps"), "apps", None)
    if apps is None or not apps.ready:
        _ensure_host()
        return PlainSurroundings()
    return cast("Surroundings", import_module("cf_testing.django_surroundings").DjangoSurroundings())


def _ensure_host() -> None:
    """Have something to run components on: a program without a framework has to ask for it, a test need not."""
    try:
        current_host()
    except ComponentDefinitionError:
        install_plain_host()
