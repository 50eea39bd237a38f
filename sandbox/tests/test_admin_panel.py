"""The admin panel: who may look, what is found, whose account is switched, and how business goes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from admin_panel.cards import FACTS, make_card
from admin_panel.charts import HEIGHT, MARGIN, WIDTH, draw_trend
from admin_panel.figures import measure
from admin_panel.models import Plan, Subscription, SubscriptionStatus, UserActivity
from cf_core import Forbidden, NotFound
from cf_testing import Page, dispatch_event, open_page

pytestmark = pytest.mark.django_db

ENDPOINTS = ("/components/users/", "/components/metrics/", "/components/user_list/")


@pytest.fixture
def staff(db: None) -> User:
    """A member of staff."""
    return User.objects.create_user("jonas", "jonas@sandbox.example", is_staff=True)


@pytest.fixture
def boss(db: None) -> User:
    """A superuser."""
    return User.objects.create_superuser("ada", "ada@sandbox.example", "password123")


@pytest.fixture
def crowd(db: None) -> list[User]:
    """Sixty people, the newest last; every tenth is inactive."""
    now = timezone.now()
    return User.objects.bulk_create(
        User(
            username=f"person{number:02}",
            email=f"mail{number:02}@{'acme' if number % 2 else 'birch'}.example",
            is_active=number % 10 != 9,
            date_joined=now - timedelta(days=100 - number),
        )
        for number in range(60)
    )


def panel(user: User | None, url: str = "/admin-panel/", **options: Any) -> Page:
    return open_page(url, user=user, **options)


def names(page: Page) -> list[str]:
    return page.texts(".people-name span:first-child")


class TestWhoMayLook:
    """Visitors, users, staff."""

    @pytest.mark.parametrize("url", ENDPOINTS)
    @pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept": "application/json"}, {}])
    def test_components_refuse_in_json_and_never_redirect(
        self, client: Client, shopper: User, url: str, headers: Any
    ) -> None:
        visitor = client.get(url, headers=headers)
        client.force_login(shopper)
        user = client.get(url, headers=headers)

        assert (visitor.status_code, visitor.json()["error"]) == (401, "Authentication required")
        assert visitor.json()["login_url"] == "/login/"
        assert (user.status_code, user.json()["error"]) == (403, "Staff access required")

    @pytest.mark.parametrize("url", ENDPOINTS[:2])
    def test_staff_is_served(self, client: Client, staff: User, url: str) -> None:
        client.force_login(staff)

        assert client.get(url, headers={"HX-Request": "true"}).status_code == 200

    def test_a_visitor_finds_the_way_to_log_in(self, crowd: list[User]) -> None:
        page = panel(None, expect=403)

        assert "Authentication required" in page.text("main")
        assert not page.all(".people-table, .kpi")
        page.visit(page.one(".gate a")["href"])
        assert page.url == "/login/?next=/admin-panel/"

    def test_a_shopper_is_told_and_may_be_somebody_else(self, shopper: User, crowd: list[User]) -> None:
        page = panel(shopper, expect=403)

        assert "Staff access required" in page.text("main")
        assert "Maya Lindqvist" in page.text("main")
        assert not page.all(".people-table, .kpi")
        page.click("Log in as somebody else")
        assert page.shows("User name")

    def test_an_open_panel_closes_for_who_is_no_longer_staff(self, staff: User, crowd: list[User]) -> None:
        page = panel(staff)
        User.objects.filter(pk=staff.pk).update(is_staff=False)

        page.click("Next", expect=403)
        page.click("Refresh", expect=403)
        page.click("Deactivate person58", expect=403)

        assert page.answer.json()["error"] == "Staff access required"
        assert User.objects.get(username="person58").is_active


class TestUserList:
    """Finding people."""

    def test_there_are_25_a_page_newest_first(self, staff: User, crowd: list[User]) -> None:
        page = panel(staff)

        assert len(names(page)) == 25
        assert names(page)[:3] == ["jonas", "person59", "person58"]
        assert page.text(".people-count") == "61 users, page 1 of 3"

    def test_typing_finds_by_username_or_email(self, staff: User, crowd: list[User]) -> None:
        page = panel(staff)

        page.fill("Search by username or email", "SON0")
        assert names(page) == [f"person{number:02}" for number in range(9, -1, -1)]
        assert page.text(".people-count") == "10 users"
        page.fill("Search by username or email", "@acme")
        assert page.text(".people-count") == "30 users, page 1 of 2"
        assert page.url == "/admin-panel/?query=%40acme"
        page.fill("Search by username or email", "nobody at all")
        assert "Nobody fits “nobody at all”." in page.text("main")

    def test_typing_waits_for_a_pause(self, staff: User) -> None:
        form = panel(staff).one(".people-search")

        assert "input delay:400ms" in form["hx-trigger"]

    def test_the_address_says_what_is_shown(self, staff: User, crowd: list[User]) -> None:
        page = panel(staff)
        page.fill("Search by username or email", "person")
        page.click("Username")
        page.click("Next")

        assert page.url == "/admin-panel/?query=person&sort=username&page=2"
        assert names(page)[0] == "person25"
        page.reload()
        assert names(page)[0] == "person25"
        assert page.control("Search by username or email").value == "person"
        page.back()
        assert (page.url, names(page)[0]) == ("/admin-panel/?query=person&sort=username", "person00")

    def test_searching_leads_to_the_first_page(self, staff: User, crowd: list[User]) -> None:
        page = panel(staff, "/admin-panel/?page=3")

        page.fill("Search by username or email", "person")

        assert page.text(".people-count") == "60 users, page 1 of 3"

    @pytest.mark.parametrize(
        ("head", "up", "down"),
        [
            ("Username", "ada", "person59"),
            ("Email", "ada", "person59"),
            ("Joined", "person00", "jonas"),
            ("Status", "person09", "person58"),
        ],
    )
    def test_columns_sort_up_and_down(
        self, staff: User, boss: User, crowd: list[User], head: str, up: str, down: str
    ) -> None:
        User.objects.filter(pk=boss.pk).update(date_joined=timezone.now() - timedelta(days=50))
        page = panel(staff, "/admin-panel/?sort=-username" if head != "Username" else "/admin-panel/")

        page.click(head)
        assert names(page)[0] == up
        assert page.one("th[aria-sort]").text == head
        assert page.one("th[aria-sort]")["aria-sort"] == "ascending"
        page.click(head)
        assert names(page)[0] == down
        assert page.one("th[aria-sort]")["aria-sort"] == "descending"

    @pytest.mark.parametrize("javascript", [True, False])
    def test_pages_are_turned(self, staff: User, crowd: list[User], javascript: bool) -> None:
        page = panel(staff, javascript=javascript)
        first = names(page)

        page.click("3")

        assert page.url == "/admin-panel/?page=3"
        assert len(names(page)) == 11
        assert not set(first) & set(names(page))
        page.click("Previous")
        assert page.url == "/admin-panel/?page=2"

    @pytest.mark.parametrize(
        "query",
        [
            "page=0",
            "page=-3",
            "page=x",
            "page=999999999999",
            "sort=password",
            "sort=--email",
            "sort=",
            "query=%00",
            "x=1",
        ],
    )
    def test_an_address_typed_by_hand_never_breaks_it(self, staff: User, crowd: list[User], query: str) -> None:
        assert names(panel(staff, f"/admin-panel/?{query}"))

    @pytest.mark.parametrize(
        ("event", "payload"),
        [
            ("search", {"query": "a"}),
            ("search", {"query": ""}),
            ("sort", {"by": "email"}),
            ("change_page", {"page": 2}),
            ("toggle_status", {"user_id": "person59"}),
        ],
    )
    def test_an_event_takes_three_queries_at_most(
        self,
        staff: User,
        crowd: list[User],
        event: str,
        payload: dict[str, Any],
        django_assert_max_num_queries: Any,
    ) -> None:
        if "user_id" in payload:
            payload = {"user_id": User.objects.get(username=payload["user_id"]).pk}
        page = panel(staff)

        with django_assert_max_num_queries(100) as asked:
            page.component("user_list").dispatch(event, payload)

        own = [query["sql"] for query in asked.captured_queries if is_about_people(query["sql"])]
        assert 1 <= len(own) <= 3


def is_about_people(sql: str) -> bool:
    """Say whether the list asked this; the rest are the session, who is logged in, and the event's record."""
    is_log_in = 'WHERE "accounts_user"."id" =' in sql and sql.startswith("SELECT") and "password" in sql
    return '"accounts_user"' in sql and not (is_log_in and "LIMIT 21" in sql)


class TestSwitching:
    """Accounts on and off."""

    def test_one_click_switches_off_and_on(self, staff: User, crowd: list[User]) -> None:
        page = panel(staff)
        row = page.row("person58")
        assert "Active" in row.text()

        page.click("Deactivate person58")
        assert not User.objects.get(username="person58").is_active
        assert "Inactive" in page.row("person58").text()
        assert page.announcements == ["person58 is inactive now"]

        page.click("Activate person58")
        assert User.objects.get(username="person58").is_active

    def test_nobody_can_log_in_who_is_switched_off(self, client: Client, staff: User, shopper: User) -> None:
        panel(staff).click("Deactivate maya")

        assert not client.login(username="maya", password="password123")

    def test_two_people_press_deactivate(self, staff: User, boss: User, crowd: list[User]) -> None:
        first, second = panel(staff), panel(boss)

        first.click("Deactivate person58")
        second.click("Deactivate person58")

        assert not User.objects.get(username="person58").is_active

    @pytest.mark.parametrize("who", ["staff", "boss"])
    def test_nobody_locks_themselves_out(self, request: pytest.FixtureRequest, who: str) -> None:
        user = request.getfixturevalue(who)
        page = panel(user)

        assert page.row(user.username).text().endswith("This is you")
        assert not page.shows(f"Deactivate {user.username}")
        for event in ("toggle_status", "toggle_superuser"):
            with pytest.raises(Forbidden):
                dispatch_event("user_list", event, {"user_id": user.pk}, user=user)
        user.refresh_from_db()
        assert user.is_active

    def test_staff_leaves_superusers_alone(self, staff: User, boss: User) -> None:
        row = panel(staff).row("ada")

        assert row.control("Deactivate").is_disabled
        assert "Superuser access required" in row.text()
        for event in ("toggle_status", "toggle_superuser"):
            with pytest.raises(Forbidden) as refusal:
                dispatch_event("user_list", event, {"user_id": boss.pk}, user=staff)
            assert refusal.value.public == "Superuser access required"
        boss.refresh_from_db()
        assert boss.is_active

    def test_superusers_answer_to_superusers(self, boss: User) -> None:
        other = User.objects.create_superuser("grace")

        panel(boss).click("Deactivate grace")

        other.refresh_from_db()
        assert not other.is_active

    def test_only_who_is_on_the_page_is_switched(self, staff: User, crowd: list[User]) -> None:
        with pytest.raises(NotFound):
            dispatch_event("user_list", "toggle_status", {"user_id": crowd[0].pk}, user=staff)

    def test_who_is_gone_is_not_there(self, staff: User, crowd: list[User]) -> None:
        page = panel(staff)
        User.objects.filter(username="person58").delete()

        page.click("Deactivate person58", expect=404)


def subscribe(user: User, days_ago: float, amount: str = "50.00", cancelled: float | None = None) -> None:
    now = timezone.now()
    Subscription.objects.create(
        user=user,
        plan=Plan.TEAM,
        monthly_amount=Decimal(amount),
        created=now - timedelta(days=days_ago),
        status=SubscriptionStatus.ACTIVE if cancelled is None else SubscriptionStatus.CANCELLED,
        cancelled_at=None if cancelled is None else now - timedelta(days=cancelled),
    )


def be_there(user: User, days_ago: float) -> None:
    moment = timezone.now() - timedelta(days=days_ago)
    UserActivity.objects.create(user=user, day=moment.date(), last_seen=moment)


class TestFigures:
    """The KPIs and how long they are remembered."""

    def test_people_are_counted_once_in_each_window(self, crowd: list[User]) -> None:
        for days in (1, 2, 29, 31, 70):
            be_there(crowd[0], days)
        be_there(crowd[1], 10)

        assert measure(timezone.now())["mau"][-3:] == [1, 1, 2]

    def test_revenue_is_what_runs_at_the_end_of_a_window(self, crowd: list[User]) -> None:
        subscribe(crowd[0], 100, "149.00")
        subscribe(crowd[1], 45, "19.00")
        subscribe(crowd[2], 200, "49.00", cancelled=40)

        assert measure(timezone.now())["mrr"][-4:] == [Decimal(198), Decimal(198), Decimal(168), Decimal(168)]

    def test_churn_is_the_share_that_left(self, crowd: list[User]) -> None:
        for user in crowd[:7]:
            subscribe(user, 100)
        subscribe(crowd[7], 100, cancelled=5)
        # Neither was there when the window began.
        subscribe(crowd[8], 20, cancelled=3)
        subscribe(crowd[9], 200, cancelled=50)

        assert measure(timezone.now())["churn"][-1] == 12.5

    def test_nothing_divides_by_nothing(self) -> None:
        figures = measure(timezone.now())

        assert figures == {"mau": [0] * 12, "mrr": [Decimal("0.00")] * 12, "churn": [0.0] * 12}
        assert [make_card(fact, figures[fact.key]).change for fact in FACTS] == [None] * 3

    def test_they_take_two_queries_and_none_while_they_are_remembered(
        self, staff: User, boss: User, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(2):
            first = dispatch_event("metrics", user=staff)
        with django_assert_num_queries(0):
            second = dispatch_event("metrics", user=boss)

        assert second.state["refreshed_at"] == first.state["refreshed_at"]
        assert second.id != first.id

    @pytest.mark.django_db(transaction=True)
    def test_refreshing_is_for_everybody(self, staff: User, boss: User, shopper: User) -> None:
        page, other = panel(staff), panel(boss)
        before = page.text("#metrics-mau .kpi-value")
        be_there(shopper, 0)
        other.reload()
        assert other.text("#metrics-mau .kpi-value") == before

        page.click("Refresh")

        assert page.text("#metrics-mau .kpi-value") == "3"
        other.reload()
        assert other.text("#metrics-mau .kpi-value") == "3"
        assert page.one(".kpis time")["datetime"] < other.one(".kpis time")["datetime"]

    def test_what_staff_sees_never_reaches_others(self, client: Client, staff: User, shopper: User) -> None:
        dispatch_event("metrics", user=staff)

        with pytest.raises(Forbidden):
            dispatch_event("metrics", user=shopper)
        assert client.get("/components/metrics/", headers={"HX-Request": "true"}).status_code == 401

    def test_who_logs_in_is_active(self, client: Client, shopper: User) -> None:
        client.force_login(shopper)
        client.force_login(shopper)

        assert UserActivity.objects.get().user == shopper

    @pytest.mark.parametrize(
        ("key", "values", "value", "change", "mood"),
        [
            ("mau", [1000, 1500], "1,500", 50.0, "good"),
            ("mrr", [Decimal(200), Decimal(150)], "$150", -25.0, "bad"),
            ("churn", [4.0, 2.5], "2.50 %", -1.5, "good"),
            ("churn", [2.5, 4.0], "4.00 %", 1.5, "bad"),
            ("mau", [7, 7], "7", 0, "same"),
        ],
    )
    def test_cards_know_good_news(self, key: str, values: list[Any], value: str, change: float, mood: str) -> None:
        card = make_card(next(fact for fact in FACTS if fact.key == key), values)

        assert (card.value, card.change, card.mood) == (value, change, mood)

    @pytest.mark.parametrize("values", [[0, 0, 0], [1, 5, 3], [100, 0, 50]])
    def test_a_trend_stays_in_its_frame_and_stands_on_nought(self, values: list[float]) -> None:
        trend = draw_trend(values)

        assert all(MARGIN <= point.x <= WIDTH - MARGIN for point in trend.points)
        assert all(MARGIN <= point.y <= HEIGHT - MARGIN for point in trend.points)
        for point in trend.points:
            assert (point.y == HEIGHT - MARGIN) == (point.value == 0)

    @pytest.mark.usefixtures("seeded")
    def test_the_seeded_company_has_a_year_behind_it(self) -> None:
        figures = measure(timezone.now())

        assert all(figures["mau"])
        assert all(figures["mrr"])
        assert figures["mrr"][-1] > figures["mrr"][0]
        assert any(figures["churn"])
        page = panel(User.objects.get(username="staff"))
        assert len(page.all("svg.trend[role=img][aria-label]")) == 3
