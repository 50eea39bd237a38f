"""Whatever a mount goes by, besides its params, is told apart by the key, or keeps the state out of the cache."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import RequestFactory

from cf_cache import CacheMixin, watching
from cf_core import Component
from tests.components import Inline, mounts
from tests.permissions import LoggedIn


class Shown(CacheMixin, Component):
    """Shows nothing; its subclasses say what they put into their state."""

    renderer = Inline("<p></p>")


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is an error in development is logged there, and the state is not kept."""
    monkeypatch.setattr(watching, "is_developing", lambda: False)


def asked(component: Component, user: Any = None, path: str = "/") -> Component:
    """Have somebody ask for the component, from their own page."""
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    component.request = request
    return component


def shown(component: Component, user: Any = None, path: str = "/") -> Any:
    """Return the state that somebody is shown."""
    asked(component, user, path).dispatch()
    return component.state


class Greets(Shown):
    def mount(self, user: Any) -> None:
        self.state["name"] = user.username


def test_user_who_is_given_to_a_bare_mount_is_told_apart(ann: Any, bob: Any) -> None:
    for user in (ann, bob, ann):
        component = Greets()
        component.mount(user=user)
        assert component.state == {"name": user.username}


def test_user_who_is_given_to_a_bare_mount_comes_before_the_one_who_asks(ann: Any, bob: Any) -> None:
    for user in (ann, bob):
        component = asked(Greets(), ann)
        component.mount(user=user)
        assert component.state == {"name": user.username}
    assert shown(Greets(), ann) == {"name": "ann"}


class Figures(Shown):
    permission_classes = [LoggedIn]

    def mount(self) -> None:
        mounts.append("figures")
        self.state["secret"] = "figures" if self.user.is_staff or self.user.is_superuser else None


@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_right_that_was_taken_away_is_another_entry(ann: Any, right: str) -> None:
    User.objects.update(**{right: True})
    assert shown(Figures(), User.objects.get())["secret"]
    User.objects.update(**{right: False})

    assert shown(Figures(), User.objects.get())["secret"] is None


def test_new_password_is_another_entry(ann: Any) -> None:
    shown(Figures(), ann)
    ann.set_password("new")

    shown(Figures(), asked(Figures(), ann).user)

    assert mounts == ["figures", "figures"]
