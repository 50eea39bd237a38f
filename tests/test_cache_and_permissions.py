"""For whom a state is cached: once for all where nobody is asked who they are, else for each user."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client

from cf_cache import CacheMixin
from cf_core import AuthRequired, Component, Registry
from cf_permissions import AllowAny, BasePermission, IsAuthenticated, IsStaff
from cf_testing import MockRenderer, dispatch_event

pytestmark = pytest.mark.django_db


class IsNamedAfterTree(AllowAny):
    """Derives from a class that asks nobody, and asks."""

    def has_permission(self, request: Any, component: Any) -> bool:
        return component.user.username in ("ash", "oak")


class Anybody(BasePermission):
    """Asks nobody, and says so."""

    varies_by_user = False


class Anything(BasePermission):
    """Says nothing, so that it may ask anything."""


SHARED: dict[str, list[Any]] = {
    "nobody": [],
    "AllowAny": [AllowAny],
    "a class that says so": [Anybody],
    "two that ask nobody": [AllowAny, Anybody],
}
BY_USER: dict[str, list[Any]] = {
    "IsAuthenticated": [IsAuthenticated],
    "an instance": [IsAuthenticated()],
    "one that asks, one that does not": [AllowAny, IsStaff],
    "a subclass of AllowAny that asks": [IsNamedAfterTree],
    "a class that says nothing": [Anything],
    "&": [AllowAny & IsStaff],
    "|": [AllowAny | IsStaff],
    "~": [~~IsStaff],
}


@pytest.fixture
def users() -> tuple[User, User]:
    return tuple(User.objects.create_user(name, is_staff=True) for name in ("ash", "oak"))  # type: ignore[return-value]


def guarded_by(classes: Any) -> type[Any]:
    class Report(CacheMixin, Component):
        permission_classes = classes
        renderer = MockRenderer()
        mounted = 0

        def mount(self) -> None:
            type(self).mounted += 1
            self.state["number"] = self.mounted

    return Report


@pytest.mark.parametrize("classes", SHARED.values(), ids=SHARED)
def test_a_state_is_made_once_where_nobody_is_asked(classes: Any, users: tuple[User, User]) -> None:
    report = guarded_by(classes)

    for user in (*users, None, *users):
        dispatch_event(report, user=user)

    assert report.mounted == 1


@pytest.mark.parametrize("classes", BY_USER.values(), ids=BY_USER)
def test_a_state_is_made_for_each_user_where_permissions_apply(classes: Any, users: tuple[User, User]) -> None:
    report = guarded_by(classes)

    numbers = [dispatch_event(report, user=user).state["number"] for user in (*users, *users)]

    assert numbers == [1, 2, 1, 2]


def test_default_permissions_count(settings: Any, users: tuple[User, User]) -> None:
    settings.CF_CORE = {"DEFAULT_PERMISSION_CLASSES": ["cf_permissions.IsAuthenticated"]}
    report = guarded_by(None)

    for user in (*users, *users):
        dispatch_event(report, user=user)

    assert report.mounted == 2


@pytest.mark.urls("tests.permission_matrix.urls")
def test_what_staff_has_cached_never_reaches_a_visitor(component_registry: Registry, users: tuple[User, User]) -> None:
    report = component_registry.register("staff_report")(guarded_by([IsStaff]))
    report.get_cache_key = lambda self, name, params, state: "one for all"
    for user in users:
        client = Client()
        client.force_login(user)
        assert client.get("/components/staff_report/", headers={"HX-Request": "true"}).status_code == 200
    assert report.mounted == 1

    assert Client().get("/components/staff_report/", headers={"HX-Request": "true"}).status_code == 401
    with pytest.raises(AuthRequired):
        dispatch_event(report, user=AnonymousUser())
