"""The page driver against real components."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model

from cf_testing import PageError
from cf_testing.page import Page

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.real_urls")]

OpenPage = Callable[..., Page]


def test_clicks_add_up(open_page: OpenPage) -> None:
    page = open_page("/")

    page.click("Add one")
    page.click("Add five")

    assert page.component("counter").text("output") == "9"


def test_emitted_events_reach_their_listeners(open_page: OpenPage) -> None:
    page = open_page("/")

    page.click("Add one")
    page.click("Add one")

    assert page.text("tally") == "Heard: 4 5"
    assert page.announcements == ["Count is 4", "Count is 5"]


def test_refusals_have_status_and_code(open_page: OpenPage) -> None:
    page = open_page("/")

    page.click("Nonsense", expect=404)
    assert page.answer.code == "not_found"
    page.click("Add many", expect=422)
    assert page.answer.json()["errors"].keys() == {"amount"}
    with pytest.raises(PageError) as caught:
        page.click("Fail")
    assert (caught.value.status, caught.value.code) == (500, "internal")
    assert page.component("counter").text("output") == "3"


def test_redirect_leads_to_the_page(open_page: OpenPage) -> None:
    page = open_page("/")

    page.click("Leave")

    assert (page.path, page.text("h1")) == ("/plain/", "Plain")


def test_messages_reach_the_page(open_page: OpenPage) -> None:
    page = open_page("/")

    page.click("Tell")

    assert [str(message) for message in page.messages] == ["Well done"]


def test_lazy_component_loads(open_page: OpenPage) -> None:
    page = open_page("/")
    assert not page.component("stats").is_loaded

    page.load_lazy("stats")

    assert page.text("stats") == "Figures of 30 days"


def test_form_of_a_logged_in_user(open_page: OpenPage) -> None:
    user = get_user_model().objects.create_user("ann")
    page = open_page("/", user=user)
    assert page.by_test_id("name").text == "ann"

    page.fill("Name", "An")
    page.click("Save")
    assert page.text(".error") == "Too short"
    assert page.control("Name").value == "An"

    page.fill("Name", "Annabel")
    page.submit("Name")
    assert page.by_test_id("name").text == "Annabel"
    user.refresh_from_db()
    assert user.first_name == "Annabel"


def test_log_out_in_another_tab_is_noticed(open_page: OpenPage) -> None:
    page = open_page("/", user=get_user_model().objects.create_user("ann"))
    page.browser.client.logout()

    page.fill("Name", "Annabel")
    page.click("Save", expect=401)

    assert page.answer.code == "auth_required"


def test_unsaved_user_cannot_browse(open_page: OpenPage) -> None:
    with pytest.raises(AssertionError, match="is not saved"):
        open_page("/", user=get_user_model()(username="x"))
