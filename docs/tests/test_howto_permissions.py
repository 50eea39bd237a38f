"""The how-to guide on permissions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from cf_testing import assert_permission_denied, dispatch_event, open_page
from handbook.components.moderation import Moderation
from handbook.models import Comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment():
    return Comment.objects.create(text="First!")


@pytest.fixture
def newcomer():
    return get_user_model().objects.create_user("newcomer")


@pytest.fixture
def regular():
    long_ago = timezone.now() - timedelta(days=30)
    return get_user_model().objects.create_user("regular", date_joined=long_ago)


@pytest.fixture
def staff():
    return get_user_model().objects.create_user("staff", is_staff=True)


def test_regular_users_report_and_staff_delete(newcomer, staff, comment):
    refusal = assert_permission_denied(Moderation, "report", {"comment_id": comment.pk}, user=newcomer, days=1)
    assert refusal.public == "You can report once you have been here for a week."
    assert_permission_denied(Moderation, "delete", {"comment_id": comment.pk}, user=newcomer, days=30)

    dispatch_event(Moderation, "delete", {"comment_id": comment.pk}, user=staff)

    assert not Comment.objects.exists()


def test_page_offers_what_the_user_may_do(newcomer, regular, staff, comment):
    page = open_page("/handbook/moderation/", user=newcomer)
    assert page.control("Report").is_disabled
    assert not page.shows("Delete")

    page = open_page("/handbook/moderation/", user=regular)
    page.click("Report")
    assert not page.shows("Delete")

    page = open_page("/handbook/moderation/", user=staff)
    page.click("Delete")
    assert "First!" not in page.text()


def test_only_superusers_clear(staff, admin_user, comment):
    assert not open_page("/handbook/moderation/", user=staff).shows("Delete all")
    assert_permission_denied(Moderation, "clear", user=staff)

    page = open_page("/handbook/moderation/", user=admin_user)
    page.click("Delete all")

    assert page.confirmations == ["Really all of them?"]
    assert not Comment.objects.exists()


@pytest.mark.parametrize("address", ["/handbook/back-office/", "/handbook/back-office-too/", "/handbook/moderation/"])
def test_visitor_is_told_to_log_in(client, address):
    refused = client.get(address)

    assert (refused.status_code, refused.json()["login_url"]) == (401, "/login/")


@pytest.mark.parametrize("address", ["/handbook/back-office/", "/handbook/back-office-too/"])
def test_page_decides_for_itself_and_for_what_it_places(client, address, regular, staff, comment):
    client.force_login(regular)
    refused = client.get(address)
    assert (refused.status_code, refused.json()["error"]) == (403, "Staff access required")

    page = open_page(address, user=staff)
    page.click("Refresh")

    assert "1 comments" in page.text()


def test_demands_of_the_view_travel_with_its_tokens(staff, comment):
    client = Client()
    client.force_login(staff)
    json = {"accept": "application/json"}
    assert client.get("/components/reports/", headers=json).status_code == 404
    token = client.get("/handbook/reports/", headers=json).json()["state"]
    event = {"event": "refresh", "_state": token}
    assert client.post("/components/reports/", event, headers={"HX-Request": "true"}).status_code == 200

    get_user_model().objects.filter(pk=staff.pk).update(is_staff=False)
    refused = client.post("/components/reports/", event, headers={"HX-Request": "true"})

    assert (refused.status_code, refused.json()["error"]) == (403, "Staff access required")
