"""The helpers run the one real pipeline."""

from __future__ import annotations

import asyncio
import unittest

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from cf_core import AuthRequired, Forbidden, Invalid, NotFound
from cf_testing import (
    ComponentTestCase,
    MockRenderer,
    acting_user,
    adispatch_event,
    assert_permission_denied,
    assert_rendered,
    assert_state,
    call_handler,
    dispatch_event,
    make_component,
)
from tests.components import AdminPanel, Counter, Profile

db = pytest.mark.django_db
urls = pytest.mark.urls("tests.real_urls")
pytestmark = urls


def test_dispatch_mounts_handles_and_returns_the_instance() -> None:
    counter = dispatch_event(Counter, "increment", {"amount": 4}, initial=2)

    assert_state(counter, count=6)
    assert isinstance(counter, Counter)
    assert counter.is_mounted


def test_dispatch_takes_a_registered_name() -> None:
    assert_state(dispatch_event("counter", "increment"), count=1)


def test_dispatch_without_event_only_mounts() -> None:
    assert_state(dispatch_event(Counter, initial=7), count=7)


def test_unknown_event_is_refused_as_everywhere() -> None:
    with pytest.raises(NotFound):
        dispatch_event(Counter, "mount")


def test_payload_that_does_not_fit_is_refused_as_everywhere() -> None:
    with pytest.raises(Invalid) as caught:
        dispatch_event(Counter, "increment", {"amount": "many"})

    assert list(caught.value.errors) == ["amount"]


def test_exception_of_a_handler_comes_through() -> None:
    with pytest.raises(ZeroDivisionError, match="by intent"):
        dispatch_event(Counter, "fail")


def test_exception_that_means_a_refusal_is_that_refusal() -> None:
    with pytest.raises(NotFound):
        dispatch_event(Counter, "missing")


@db
def test_default_acting_user_is_saved_and_logged_in() -> None:
    profile = dispatch_event(Profile, "save", {"name": "Ann Smith"})

    user = get_user_model().objects.get()
    assert user == acting_user()
    assert not user.has_usable_password()
    assert user.first_name == "Ann Smith"
    assert_state(profile, user_id=user.pk, name="Ann Smith")


def test_default_acting_user_is_in_memory_without_a_database() -> None:
    profile = dispatch_event(Profile)

    assert_state(profile, name="acting-user", user_id=1)


@db
def test_user_acts_as_another() -> None:
    ann = get_user_model().objects.create_user("ann")

    assert_state(dispatch_event(Profile, user=ann), name="ann", user_id=ann.pk)
    assert get_user_model().objects.count() == 1


def test_visitor_is_refused() -> None:
    for visitor in (AnonymousUser(), None):
        refusal = assert_permission_denied(Profile, "save", user=visitor)
        assert isinstance(refusal, AuthRequired)


def test_user_without_the_right_is_forbidden() -> None:
    refusal = assert_permission_denied(AdminPanel, "reset")

    assert isinstance(refusal, Forbidden)
    assert refusal.public == "Staff access required"


def test_permission_assertion_fails_where_it_is_allowed() -> None:
    with pytest.raises(AssertionError, match=r"Counter allowed the event 'increment' to .*Anybody"):
        assert_permission_denied(Counter, "increment")


def test_permissions_can_be_left_out() -> None:
    assert_state(dispatch_event(AdminPanel, "reset", enforce_permissions=False), count=-1)


@pytest.mark.django_db(transaction=True)
def test_async_entry_does_the_same() -> None:
    profile = asyncio.run(adispatch_event(Profile, "rename", {"name": "Ann"}))

    assert_state(profile, name="Ann")


@db
def test_async_handler_runs_in_a_sync_test_with_the_orm() -> None:
    profile = make_component(Profile)
    profile.mount()

    assert call_handler(profile, "rename", "Ann") == "Ann"

    assert get_user_model().objects.get().first_name == "Ann"


def test_handler_is_called_with_its_arguments_as_they_are() -> None:
    counter = make_component(Counter)
    counter.mount()

    call_handler(counter, "increment", amount=2.5)

    assert_state(counter, count=2.5)


def test_unknown_handler_names_the_known_ones() -> None:
    with pytest.raises(LookupError, match=r"Counter has no event 'incr'. Its events: .*increment"):
        call_handler(make_component(Counter), "incr")


def test_made_component_is_not_mounted_and_makes_nobody() -> None:
    counter = make_component(Counter, initial=2)

    counter.mount(initial=counter.params["initial"])

    assert not counter.is_mounted
    assert counter.params.get("nothing") is None
    assert dict(counter.state) == {"count": 2}


@db
def test_made_component_makes_its_user_when_asked() -> None:
    profile = make_component(Profile)
    assert get_user_model().objects.count() == 0

    assert profile.params["user_id"] == profile.request.user.pk
    assert "user_id" in profile.params
    assert profile.user.get_username() == "acting-user"
    assert get_user_model().objects.count() == 1


def test_state_assertion_reports_all_differences() -> None:
    counter = dispatch_event(Counter)

    with pytest.raises(AssertionError) as caught:
        assert_state(counter, count=5, total=1)

    assert "count: expected 5, is 0" in str(caught.value)
    assert "total: expected 1, is not there" in str(caught.value)
    assert "The state has: count." in str(caught.value)


def test_rendered_component_shows_its_text() -> None:
    counter = dispatch_event(Counter, "increment")

    assert_rendered(counter, "1", selector="output", count=1)
    assert_rendered(counter, "Add one", "Add five", without="Remove")
    with pytest.raises(AssertionError, match=r"'2' is not shown in what 'output' matches"):
        assert_rendered(counter, "2", selector="output")
    with pytest.raises(AssertionError, match="'Add one' is shown"):
        assert_rendered(counter, without=["Add one"])
    with pytest.raises(AssertionError, match="0 elements match 'h1', expected at least one"):
        assert_rendered(counter, selector="h1")


@pytest.mark.parametrize("what", ["<p>Hi <b>there</b></p>", {"html": "<p>Hi there</p>"}])
def test_rendered_takes_html_and_results(what: object) -> None:
    assert_rendered(what, "Hi there", selector="p", count=1)


def test_rendered_refuses_what_holds_no_html() -> None:
    with pytest.raises(TypeError, match="holds no HTML"):
        assert_rendered(3, "x")


class Base(unittest.TestCase):
    """What stands beside ComponentTestCase, in both orders."""


class TestIsolation(ComponentTestCase):
    """setUp does not call super(), as in the documents; what it sets is gone in the next test."""

    def setUp(self) -> None:
        self.before = Counter.__dict__.get("renderer")
        Counter.renderer = MockRenderer()

    def test_renderer_of_class_is_restored_one(self) -> None:
        assert self.before is None
        assert self.make_component(Counter).render() == ""

    def test_renderer_of_class_is_restored_two(self) -> None:
        assert self.before is None
        assert dispatch_event(Counter, "increment").state == {"count": 1}
