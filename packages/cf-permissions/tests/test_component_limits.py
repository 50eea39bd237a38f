"""`rate_limit` and `rate_limits` on components: who is counted, for what, and what an event costs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import caches
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext

from cf_core import Component, ComponentDefinitionError, RateLimited, Unavailable
from cf_permissions import RateLimitExceeded
from cf_permissions.rates import Rate, RateError
from cf_permissions.throttling import RateLimitMixin
from cf_testing import adispatch_event, dispatch_event, make_component
from cf_testing.parity import Shown, logged, new_rid
from tests import caches as troubled
from tests.clock import Clock
from tests.limited import Limited, Poll, Quiz, ran

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limited")]

Clients = Callable[..., Client]
BY_HTTP = pytest.mark.parametrize("post", [Shown.post, Shown.json], ids=["form", "json"])


def shown(client: Client, name: str) -> Shown:
    html = client.get(f"/components/{name}/", headers={"HX-Request": "true"})
    assert html.status_code == 200, html.content
    return Shown(client, name, html.content.decode())


def statuses(target: Shown, event: str, times: int, post: Any = Shown.post, **fields: Any) -> list[int]:
    return [post(target, event, **fields).status_code for _ in range(times)]


@BY_HTTP
def test_the_fourth_event_of_three_an_hour_is_refused(post: Any, client_of: Clients, clock: Clock) -> None:
    quiz = shown(client_of("ann"), "quiz")
    assert statuses(quiz, "submit", 3, post) == [200] * 3

    refused = post(quiz, "submit")

    assert refused.status_code == 429
    wait = int(refused["Retry-After"])
    assert 1 <= wait <= 3_600
    assert refused.json() == {"error": "Too many requests", "code": "rate_limited", "retry_after": wait}
    assert ran.count("quiz.submit") == 3
    clock.now += wait - 1
    assert post(quiz, "submit").status_code == 429
    clock.now += 1
    assert post(quiz, "submit").status_code == 200


def test_the_error_is_the_framework_s_rate_limited_and_names_the_rate(clock: Clock) -> None:
    for _ in range(3):
        dispatch_event("quiz", "submit")
    with pytest.raises(RateLimitExceeded) as raised:
        dispatch_event("quiz", "submit")
    assert isinstance(raised.value, RateLimited)
    assert (raised.value.status, raised.value.rate) == (429, Rate(3, "hour"))
    assert raised.value.retry_after == raised.value.body()["retry_after"]


def by_form(client: Client) -> bool:
    return shown(client, "quiz").post("submit").status_code == 200


def by_json(client: Client) -> bool:
    return shown(client, "quiz").json("submit").status_code == 200


def by_asgi(client: Client) -> bool:
    quiz, other = shown(client, "quiz"), AsyncClient(REMOTE_ADDR="192.0.2.1")
    other.cookies = client.cookies
    form = {"event": "submit", "_state": quiz.token, "_rid": new_rid()}
    return async_to_sync(other.post)("/components/quiz/", form, headers={"HX-Request": "true"}).status_code == 200


def _passes(run: Callable[[], Any]) -> bool:
    try:
        run()
    except RateLimitExceeded:
        return False
    return True


def by_dispatch(client: Client) -> bool:
    component = Quiz()
    component.request = make_component(Quiz, user=client.get("/components/_csrf/").wsgi_request.user).request
    return _passes(lambda: component.dispatch("submit"))


def by_helper(client: Client) -> bool:
    user = client.get("/components/_csrf/").wsgi_request.user
    return _passes(lambda: dispatch_event(Quiz, "submit", user=user))


TRANSPORTS = [by_form, by_json, by_asgi, by_dispatch, by_helper]


@pytest.mark.parametrize("last", TRANSPORTS)
@pytest.mark.parametrize("first", TRANSPORTS)
def test_one_quota_holds_for_all_transports(first: Any, last: Any, client_of: Clients, clock: Clock) -> None:
    ann = client_of("ann")
    assert [first(ann), first(ann), last(ann)] == [True] * 3
    assert [first(ann), last(ann)] == [False] * 2


def test_instances_of_a_component_share_its_quota_and_components_do_not(client_of: Clients, clock: Clock) -> None:
    ann = client_of("ann")
    assert [status for _ in range(4) for status in statuses(shown(ann, "quiz"), "submit", 1)] == [200, 200, 200, 429]
    assert statuses(shown(ann, "exam"), "submit", 1) == [200]


def test_each_user_has_a_quota_wherever_they_are(client_of: Clients, clock: Clock) -> None:
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1"):
        assert statuses(shown(client_of("ann", address), "quiz"), "submit", 1) == [200]
    assert statuses(shown(client_of("ann", "192.0.2.4"), "quiz"), "submit", 1) == [429]
    assert statuses(shown(client_of("bob", "192.0.2.1"), "quiz"), "submit", 3) == [200] * 3


def test_visitors_of_one_address_share_a_quota(client_of: Clients, clock: Clock) -> None:
    assert [statuses(shown(client_of(), "quiz"), "submit", 1)[0] for _ in range(4)] == [200, 200, 200, 429]
    assert statuses(shown(client_of(address="192.0.2.2"), "quiz"), "submit", 1) == [200]
    assert statuses(shown(client_of("ann"), "quiz"), "submit", 3) == [200] * 3


def test_a_network_of_64_bits_shares_a_quota(client_of: Clients, clock: Clock) -> None:
    passed = [statuses(shown(client_of(address=f"2001:db8::{n}"), "quiz"), "submit", 1)[0] for n in range(1, 5)]
    assert passed == [200, 200, 200, 429]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP"])
@pytest.mark.parametrize("proxies", [0, 1])
def test_a_forged_address_changes_nothing(
    header: str, proxies: int, client_of: Clients, settings: Any, clock: Clock
) -> None:
    settings.CF_PERMISSIONS = {"TRUSTED_PROXIES": proxies}
    passed = 0
    for number in range(20):
        forged = f"10.0.0.{number}"
        headers = {header: forged}
        if proxies:
            headers["X-Forwarded-For"] = f"{forged}, 198.51.100.7"
        quiz = shown(client_of(), "quiz")
        passed += quiz.post("submit", headers=headers).status_code == 200
    assert passed == 3


def test_an_event_has_its_own_limit(client_of: Clients, clock: Clock) -> None:
    poll = shown(client_of("ann"), "poll")
    assert statuses(poll, "submit", 3) == [200, 200, 429]
    assert statuses(poll, "draft", 5) == [200] * 4 + [429]
    assert statuses(poll, "look", 9) == [200] * 9


def test_the_limits_of_component_and_event_both_hold(client_of: Clients, clock: Clock) -> None:
    exam = shown(client_of("ann"), "exam")
    assert statuses(exam, "submit", 3) == [200, 200, 429]
    assert statuses(exam, "later", 3) == [200, 200, 429]


def test_an_event_that_its_own_limit_refuses_costs_the_component_nothing(client_of: Clients, clock: Clock) -> None:
    exam = shown(client_of("ann"), "exam")
    statuses(exam, "submit", 20)
    assert statuses(exam, "later", 3) == [200, 200, 429]


def test_an_event_that_the_component_refuses_costs_its_own_limit_nothing(client_of: Clients, clock: Clock) -> None:
    exam = shown(client_of("ann"), "exam")
    statuses(exam, "later", 4)
    refused = exam.post("submit")
    clock.now += int(refused["Retry-After"])
    assert statuses(exam, "submit", 3) == [200, 200, 429]


def test_two_rates_both_hold(limited: Any, client_of: Clients, clock: Clock) -> None:
    @limited.register("chat")
    class Chat(Quiz):
        rate_limit = "2/second, 5/minute"

    ann = client_of("ann")
    clock.begin_window_of(ann, 60)
    chat = shown(ann, "chat")
    passed = []
    for _ in range(4):
        passed.append(statuses(chat, "submit", 3).count(200))
        clock.now += 1
    assert passed == [2, 2, 1, 0]


# -- what costs quota


def test_first_renders_cost_nothing(client_of: Clients, clock: Clock) -> None:
    ann = client_of("ann")
    for _ in range(10):
        shown(ann, "quiz")
    assert statuses(shown(ann, "quiz"), "submit", 4) == [200, 200, 200, 429]


def test_first_renders_cost_where_the_component_says_so(limited: Any, client_of: Clients, clock: Clock) -> None:
    @limited.register("report")
    class Report(Quiz):
        rate_limit_mounts = True

    ann, headers = client_of("ann"), {"HX-Request": "true"}
    report = shown(ann, "report")
    assert statuses(report, "submit", 1) == [200]
    assert ann.get("/components/report/", headers=headers).status_code == 200
    ran.clear()

    refused = ann.get("/components/report/", headers=headers)

    assert (refused.status_code, refused.json()["code"], ran) == (429, "rate_limited", [])
    assert int(refused["Retry-After"]) >= 1
    assert statuses(report, "submit", 1) == [429]


def test_an_event_that_mounts_costs_one_where_mounts_count(limited: Any, clock: Clock) -> None:
    @limited.register("report")
    class Report(Quiz):
        rate_limit_mounts = True

    for _ in range(3):
        dispatch_event("report", "submit")
    with pytest.raises(RateLimitExceeded):
        dispatch_event("report")


def test_a_lazy_component_costs_when_it_is_mounted_where_mounts_count(
    limited: Any, client_of: Clients, clock: Clock
) -> None:
    @limited.register("report")
    class Report(Quiz):
        rate_limit_mounts = True

    ann = client_of("ann")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.ROOT_URLCONF", "cf_testing.parity.urls")
        places = [Shown(ann, "report", ann.get("/place/report/?lazy").content.decode()) for _ in range(4)]
    assert [place.post("_lazy").status_code for place in places] == [200, 200, 200, 429]


def test_every_render_costs_where_first_renders_do(limited: Any, client_of: Clients, clock: Clock) -> None:
    @limited.register("report")
    class Report(Quiz):
        rate_limit = "4/hour"
        rate_limit_mounts = True

    report = shown(client_of("ann"), "report")
    assert report.post().status_code == 200
    assert report.json().status_code == 200
    assert report.post("_lazy").status_code == 200
    ran.clear()
    assert [report.post(event).status_code for event in (None, "_lazy", "submit")] == [429] * 3
    assert ran == []


def test_a_conflict_costs_as_other_events_do(limited: Any, client_of: Clients, clock: Clock) -> None:
    @limited.register("kept")
    class Kept(Quiz):
        state_store = "cache"

    kept = shown(client_of("ann"), "kept")
    old = kept.token
    assert kept.post("submit").status_code == 200
    assert statuses(kept, "submit", 3, _state=old) == [409, 409, 429]
    rid = new_rid()
    assert statuses(kept, "submit", 2, _state=old, _rid=rid) == [429] * 2


def test_the_framework_s_own_events_cost_nothing(client_of: Clients, clock: Clock) -> None:
    ann = client_of("ann")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.ROOT_URLCONF", "cf_testing.parity.urls")
        places = [Shown(ann, "quiz", ann.get("/place/quiz/?lazy").content.decode()) for _ in range(5)]
    assert [place.post("_lazy").status_code for place in places] == [200] * 5
    assert statuses(places[0], "submit", 4) == [200, 200, 200, 429]


@BY_HTTP
def test_an_invalid_submit_costs(post: Any, client_of: Clients, clock: Clock) -> None:
    quiz = shown(client_of("ann"), "quiz")
    values = ({"answer": 10}, {"answer": "many"}, {"answer": 1})
    answers = [quiz.json("submit", value) if post is Shown.json else quiz.post("submit", **value) for value in values]
    assert [answer.status_code for answer in answers] == [422, 422, 200]
    assert post(quiz, "submit").status_code == 429


def test_a_handler_that_fails_costs(limited: Any, clock: Clock) -> None:
    @limited.register("broken")
    class Broken(Limited):
        rate_limit = "1/hour"

        def on_go(self) -> None:
            raise RuntimeError("oh")

    with pytest.raises(RuntimeError):
        dispatch_event("broken", "go")
    with pytest.raises(RateLimitExceeded):
        dispatch_event("broken", "go")


def test_a_repeated_request_costs_nothing(client_of: Clients, clock: Clock) -> None:
    quiz = shown(client_of("ann"), "quiz")
    token, rid = quiz.token, new_rid()
    bodies = {quiz.post("submit", _state=token, _rid=rid, _retry="1").content for _ in range(9)}
    assert len(bodies) == 1
    assert statuses(quiz, "submit", 3) == [200, 200, 429]
    assert quiz.post("submit", _state=token, _rid=rid, _retry="1").content in bodies
    assert ran.count("quiz.submit") == 3


def test_a_refused_event_asks_the_database_for_nothing_but_the_user(client_of: Clients, clock: Clock) -> None:
    quiz = shown(client_of("ann"), "quiz")
    statuses(quiz, "submit", 3)
    with CaptureQueriesContext(connection) as queries:
        assert quiz.post("submit").status_code == 429
    tables = [query["sql"].split('FROM "')[1].split('"')[0] for query in queries]
    assert tables == ["django_session", "auth_user"]


def test_what_is_refused_for_other_reasons_costs_nothing(client_of: Clients, clock: Clock) -> None:
    nobody, ann = client_of(), client_of("ann")
    quiz, exam = shown(ann, "quiz"), shown(ann, "exam")
    token = exam.token
    exam.client = nobody
    assert statuses(exam, "submit", 5) == [401] * 5
    exam.client, exam.token = ann, token
    assert statuses(exam, "nothing", 5) == [404] * 5
    assert statuses(exam, "submit", 5, _state=quiz.token) == [400] * 5
    assert statuses(exam, "submit", 5, _rid="short") == [400] * 5
    assert statuses(exam, "submit", 3) == [200, 200, 429]


# -- how it is declared


def test_a_limit_that_cannot_be_read_refuses_the_event(limited: Any, client_of: Clients) -> None:
    @limited.register("typo")
    class Typo(Quiz):
        rate_limit = "10/month"

    typo = shown(client_of("ann"), "typo")
    ran.clear()
    with logged():
        assert typo.post("submit").json()["code"] == "internal"
    assert ran == []
    with pytest.raises(RateError, match="10/month"):
        dispatch_event("typo", "submit")


@pytest.mark.parametrize(
    ("declared", "error", "text"),
    [
        ({"sumbit": "3/hour"}, ComponentDefinitionError, "names no event: sumbit. Its events: later, submit"),
        ({"submit": "3"}, RateError, "is no rate"),
        ({"submit": 3}, RateError, "is no rate"),
        ({"submit": None}, RateError, "is no rate"),
        ([], RateError, "expected a mapping"),
        ("3/hour", RateError, "expected a mapping such as {'submit': '3/hour'}, got str"),
    ],
)
def test_limits_of_events_that_cannot_be_read_refuse_every_event(
    declared: Any, error: type[Exception], text: str, limited: Any
) -> None:
    @limited.register("typo")
    class Typo(Quiz):
        rate_limits = declared

    with pytest.raises(error) as raised:
        dispatch_event("typo", "submit")
    assert text in str(raised.value)


def test_limits_of_events_add_to_those_of_the_base_class(limited: Any, client_of: Clients, clock: Clock) -> None:
    @limited.register("survey")
    class Survey(Poll):
        rate_limits = {"draft": "1/hour", "look": "1/hour"}

    survey = shown(client_of("ann"), "survey")
    assert statuses(survey, "submit", 3) == [200, 200, 429]
    assert statuses(survey, "draft", 2) == [200, 429]
    assert statuses(survey, "look", 2) == [200, 429]


@pytest.mark.parametrize("declared", [None, {}])
def test_a_class_does_not_get_rid_of_its_base_s_limits_by_declaring_none(
    declared: Any, limited: Any, client_of: Clients, clock: Clock
) -> None:
    @limited.register("survey")
    class Survey(Poll):
        rate_limits = declared

    assert statuses(shown(client_of("ann"), "survey"), "submit", 3) == [200, 200, 429]


def test_a_class_inherits_the_limit_and_has_a_quota_of_its_own(limited: Any, clock: Clock) -> None:
    @limited.register("second")
    class Second(Quiz):
        pass

    for _ in range(3):
        dispatch_event("quiz", "submit")
        dispatch_event("second", "submit")
    for name in ("quiz", "second"):
        with pytest.raises(RateLimitExceeded):
            dispatch_event(name, "submit")


def test_a_class_without_a_registered_name_is_limited_too(clock: Clock) -> None:
    class Nameless(Quiz):
        rate_limit = "1/hour"

    dispatch_event(Nameless, "submit")
    with pytest.raises(RateLimitExceeded):
        dispatch_event(Nameless, "submit")


def test_outside_of_a_request_the_user_is_that_of_the_params(django_user_model: Any, clock: Clock) -> None:
    ann, bob = (django_user_model.objects.create_user(name) for name in ("ann", "bob"))
    for user in (ann, bob, None):
        for _ in range(3):
            Quiz(user=user).dispatch("submit")
        with pytest.raises(RateLimitExceeded):
            Quiz(user=user).dispatch("submit")


class Thread(RateLimitMixin, Limited):
    """A component whose author says who is counted."""

    throttle_rate = "2/hour"

    def get_throttle_key(self, request: Any, **kwargs: Any) -> str:
        return f"course:{kwargs['course']}"

    def on_send(self) -> None:
        self._run()


def test_a_component_may_say_who_is_counted(limited: Any, clock: Clock, django_user_model: Any) -> None:
    limited.register("thread")(Thread)
    ann, bob = (django_user_model.objects.create_user(name) for name in ("ann", "bob"))
    dispatch_event("thread", "send", user=ann, course=1)
    dispatch_event("thread", "send", user=bob, course=1)
    with pytest.raises(RateLimitExceeded):
        dispatch_event("thread", "send", user=ann, course=1)
    dispatch_event("thread", "send", user=ann, course=2)


def test_the_key_of_a_component_counts_for_all_its_limits(limited: Any, clock: Clock, django_user_model: Any) -> None:
    @limited.register("thread")
    class Both(Thread):
        throttle_rate = None
        rate_limit = "3/hour"
        rate_limits = {"send": "2/minute"}

    ann, bob = (django_user_model.objects.create_user(name) for name in ("ann", "bob"))
    dispatch_event("thread", "send", user=ann, course=1)
    dispatch_event("thread", "send", user=bob, course=1)
    with pytest.raises(RateLimitExceeded):
        dispatch_event("thread", "send", user=ann, course=1)


def test_the_same_rate_named_twice_counts_once(limited: Any, clock: Clock) -> None:
    @limited.register("twice")
    class Twice(RateLimitMixin, Quiz):
        throttle_rate = "3/hour"

    for _ in range(3):
        dispatch_event("twice", "submit")
    with pytest.raises(RateLimitExceeded):
        dispatch_event("twice", "submit")


@pytest.mark.parametrize("key", [None, "", 7, ("a",)])
def test_a_key_that_is_no_text_is_the_author_s_error(key: Any, limited: Any) -> None:
    @limited.register("thread")
    class Forgetful(Thread):
        def get_throttle_key(self, request: Any, **kwargs: Any) -> Any:
            return key

    with pytest.raises(ComponentDefinitionError, match="expected a text"):
        dispatch_event("thread", "send")


def test_the_mixin_without_a_rate_is_the_author_s_error(limited: Any) -> None:
    @limited.register("bare")
    class Bare(RateLimitMixin, Limited):
        def on_go(self) -> None: ...

    with pytest.raises(ComponentDefinitionError, match="has RateLimitMixin, but no throttle_rate"):
        dispatch_event("bare", "go")


@pytest.mark.parametrize("attribute", ["rate_limit", "rate_limits", "throttle_rate"])
def test_without_the_app_the_component_refuses_to_run(attribute: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from cf_core import extensions

    monkeypatch.setattr(extensions, "served_attributes", set())
    cls: type[Component] = type("Promising", (Limited,), {attribute: "3/hour"})
    with pytest.raises(ComponentDefinitionError, match="needs 'cf_permissions' in INSTALLED_APPS"):
        dispatch_event(cls)


# -- async


def test_async_handlers_are_limited_as_others_are(clock: Clock) -> None:
    async def ask() -> list[bool]:
        passed = []
        for _ in range(4):
            try:
                await adispatch_event("quiz", "later")
                passed.append(True)
            except RateLimitExceeded:
                passed.append(False)
        return passed

    assert async_to_sync(ask)() == [True, True, True, False]


def test_of_many_async_events_at_once_exactly_as_many_pass() -> None:
    async def ask() -> int:
        async def one() -> bool:
            try:
                await adispatch_event("quiz", "later")
            except RateLimitExceeded:
                return False
            return True

        return sum(await asyncio.gather(*(one() for _ in range(20))))

    assert async_to_sync(ask)() == 3


def test_the_event_loop_does_not_wait_for_the_cache(settings: Any, django_user_model: Any) -> None:
    settings.CACHES = {**settings.CACHES, "told": {"BACKEND": "tests.caches.CountedCache", "LOCATION": "told"}}
    settings.CF_PERMISSIONS = {"RATE_CACHE": "told"}
    troubled.asked.clear()
    troubled.threads.clear()
    loops: list[int] = []

    async def ask() -> None:
        loops.append(threading.get_ident())
        await adispatch_event("quiz", "later", user=django_user_model(pk=1, username="ann"))

    asyncio.run(ask())
    assert troubled.asked == ["add"]
    assert not set(loops) & set(troubled.threads)


# -- without the cache


@pytest.fixture
def down(settings: Any) -> Any:
    """A project whose cache for limits does not answer."""
    settings.CACHES = {**settings.CACHES, "down": {"BACKEND": "tests.caches.DownCache"}}
    settings.CF_PERMISSIONS = {"RATE_CACHE": "down"}
    return settings


@BY_HTTP
def test_while_nothing_counts_events_with_a_limit_are_unavailable(post: Any, client_of: Clients, down: Any) -> None:
    quiz, free = shown(client_of("ann"), "quiz"), shown(client_of("ann"), "free")
    ran.clear()
    with logged() as log:
        answers = [post(quiz, "submit") for _ in range(20)]
        assert statuses(free, "submit", 5, post) == [200] * 5
    assert {answer.status_code for answer in answers} == {503}
    assert {answer["Retry-After"] for answer in answers} == {"1"}
    assert answers[0].json()["code"] == "unavailable"
    assert "quiz.submit" not in ran
    assert [record.name for record in log.alarms] == ["cf_permissions.limits"]
    assert len(caches["default"]._cache) == 5, "nothing is counted anywhere else: only the answers are remembered"


@BY_HTTP
def test_an_open_project_serves_them_uncounted(post: Any, client_of: Clients, down: Any) -> None:
    down.CF_PERMISSIONS = {"RATE_CACHE": "down", "RATE_FAIL": "open"}
    quiz = shown(client_of("ann"), "quiz")
    with logged() as log:
        assert statuses(quiz, "submit", 20, post) == [200] * 20
    assert [record.name for record in log.alarms] == ["cf_permissions.limits"]


def test_a_helper_raises_unavailable(down: Any) -> None:
    with pytest.raises(Unavailable):
        dispatch_event("quiz", "submit")
