"""`RateLimitMixin` and `rate_limit_component` on views: the limit goes wherever the view's tokens go."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.test import AsyncClient, Client, RequestFactory
from django.urls import include, path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from cf_core import ComponentDefinitionError, extensions
from cf_core.placing import place
from cf_core.policies import view_policy
from cf_core.views import ComponentView
from cf_permissions import IsAuthenticated
from cf_permissions.rates import RateError
from cf_permissions.throttling import RateLimitMixin, rate_limit_component
from cf_permissions.views import AuthenticatedComponentView, PermissionMixin
from cf_testing.parity import Shown, logged, new_rid
from tests.clock import Clock
from tests.limited import Limited, Quiz, ran

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.test_view_limits"),
    pytest.mark.usefixtures("limited", "clock"),
]

Clients = Callable[..., Client]
HTMX = {"HX-Request": "true"}
keys: list[str] = []
"""What get_throttle_key was asked for."""


class ProductComponentView(RateLimitMixin, AuthenticatedComponentView):
    """The view of the source documents."""

    component_name = "free"
    throttle_rate = "3/minute"

    def get_throttle_key(self, request: HttpRequest, **kwargs: Any) -> str:
        keys.append(f"{kwargs}")
        return f"product:{request.user.pk}"

    def get_component_params(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_component_params(request, **kwargs), "product_id": int(kwargs.get("product_id", 0))}


class CourseView(RateLimitMixin, ComponentView):
    """Counts by the URL, and looks at itself as a view may."""

    component_name = "free"
    throttle_rate = "2/minute"

    def get_throttle_key(self, request: HttpRequest, **kwargs: Any) -> str:
        assert self.request is request
        assert self.kwargs == kwargs
        return f"course:{kwargs['course']}"


class QuizView(RateLimitMixin, ComponentView):
    """Serves a component that has a limit of its own, 3 an hour."""

    component_name = "quiz"
    throttle_rate = "2/minute"


class SlowView(RateLimitMixin, ComponentView):
    """The other way round."""

    component_name = "quiz"
    throttle_rate = "1/second, 5/hour"


class MountsView(RateLimitMixin, ComponentView):
    """Counts first renders."""

    component_name = "free"
    throttle_rate = "2/minute"
    rate_limit_mounts = True


def page(*names: str) -> HttpResponse:
    return HttpResponse("".join(f"<div>{{% live_component '{name}' %}}</div>" for name in names))


@rate_limit_component("2/minute")
def two(request: HttpRequest) -> HttpResponse:
    return HttpResponse("".join(place(name, {}, request=request, parent=None) for name in ("free", "poll")))


@rate_limit_component("1/minute")
@rate_limit_component("1/second, 3/hour")
def twice(request: HttpRequest) -> HttpResponse:
    return HttpResponse(place("free", {}, request=request, parent=None))


@rate_limit_component("2/minute")
async def later(request: HttpRequest) -> HttpResponse:
    component = Quiz()
    component.request = request
    return HttpResponse((await component.adispatch())["html"])


@rate_limit_component("2/minute", mounts=True)
def counted(request: HttpRequest) -> HttpResponse:
    return HttpResponse(place("free", {}, request=request, parent=None))


@rate_limit_component("2/minute")
def acting(request: HttpRequest) -> JsonResponse:
    component = Quiz()
    component.request = request
    return JsonResponse({"state": component.dispatch("submit")["state"]})


class Panel(RateLimitMixin, TemplateView):
    """A page of Django's own."""

    throttle_rate = "2/minute"

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        template = engines["django"].from_string("{% load components %}{% live_component 'free' %}")
        return HttpResponse(template.render(context, self.request))


class StaffPanel(PermissionMixin, Panel):
    """With permissions besides, and a name in tokens."""

    permission_classes = [IsAuthenticated]
    policy_name = "panel"


urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("product/<int:product_id>/", ProductComponentView.as_view()),
    path("course/<str:course>/", CourseView.as_view()),
    path("wrapped/<str:course>/", never_cache(CourseView.as_view())),
    path("quiz/", QuizView.as_view()),
    path("slow/", SlowView.as_view()),
    path("mounts/", MountsView.as_view()),
    path("faster/", QuizView.as_view(throttle_rate="1/minute")),
    path("cart/", rate_limit_component("2/minute")(AuthenticatedComponentView.as_view(component_name="free"))),
    path("other/", rate_limit_component("2/minute")(AuthenticatedComponentView.as_view(component_name="poll"))),
    path("two/", two),
    path("twice/", twice),
    path("later/", later),
    path("counted/", counted),
    path("acting/", acting),
    path("panel/", Panel.as_view()),
    path("staff/", StaffPanel.as_view()),
]


def shown(client: Client, url: str, name: str) -> Shown:
    html = client.get(url, headers=HTMX)
    assert html.status_code == 200, html.content
    found = Shown(client, name, html.content.decode())
    found.url = url  # type: ignore[attr-defined]
    return found


def passed(target: Shown, event: str = "submit", times: int = 6, url: str | None = None) -> int:
    statuses = [target.post(event, url=url).status_code for _ in range(times)]
    assert set(statuses) <= {200, 429}
    assert statuses == sorted(statuses)
    return statuses.count(200)


def test_a_view_s_events_are_limited(client_of: Clients) -> None:
    product = shown(client_of("ann"), "/product/7/", "free")
    assert passed(product, url="/product/7/") == 3
    refused = product.post("submit", url="/product/7/")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(refused["Retry-After"]) <= 60


def test_the_limit_goes_with_the_token_to_the_generic_endpoint(client_of: Clients) -> None:
    product = shown(client_of("ann"), "/product/7/", "free")
    assert passed(product, times=2, url="/product/7/") == 2
    assert passed(product) == 1
    assert passed(product, url="/product/7/") == 0
    assert [product.json("submit").status_code for _ in range(2)] == [429] * 2


def test_the_generic_endpoint_s_own_tokens_are_not_limited(client_of: Clients) -> None:
    ann = client_of("ann")
    assert passed(shown(ann, "/product/7/", "free")) == 3
    assert passed(shown(ann, "/components/free/", "free")) == 6


def test_the_key_is_given_what_the_token_says_whatever_the_url(client_of: Clients) -> None:
    product = shown(client_of("ann"), "/product/7/", "free")
    keys.clear()
    product.post("submit", url="/product/7/")
    product.post("submit")
    product.post("submit", url="/product/8/")
    assert keys == ["{'product_id': 7}"] * 3


def test_another_address_of_the_view_is_no_other_quota(client_of: Clients) -> None:
    ann = client_of("ann")
    seven = shown(ann, "/course/7/", "free")
    assert [seven.post("submit", url=f"/course/{n}/").status_code for n in range(10, 14)] == [200, 200, 429, 429]
    assert passed(shown(ann, "/course/10/", "free"), url="/course/10/") == 2


def test_an_event_without_a_token_is_counted_by_the_url(client_of: Clients) -> None:
    ann = client_of("ann")
    form = {"event": "submit"}
    answers = [ann.post(f"/course/{n}/", {**form, "_rid": new_rid()}, headers=HTMX) for n in (7, 7, 7, 8)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]


@pytest.mark.parametrize("address", ["/course/", "/wrapped/"])
def test_the_key_is_one_for_the_view_s_own_address_and_the_generic_one(address: str, client_of: Clients) -> None:
    ann, bob = client_of("ann"), client_of("bob")
    a, b = shown(ann, f"{address}7/", "free"), shown(bob, f"{address}7/", "free")
    assert passed(a, times=1, url=f"{address}7/") == 1
    assert passed(b) == 1
    assert passed(a) == 0
    assert passed(shown(ann, f"{address}8/", "free")) == 2


def test_visitors_are_asked_to_log_in_before_anything_is_counted(client_of: Clients) -> None:
    ann = client_of("ann")
    product = shown(ann, "/product/7/", "free")
    product.client = client_of()
    keys.clear()
    assert {product.post("submit", url="/product/7/").status_code for _ in range(9)} == {401}
    assert keys == []


def test_renders_of_the_view_cost_nothing(client_of: Clients) -> None:
    ann = client_of("ann")
    for _ in range(9):
        product = shown(ann, "/product/7/", "free")
    assert passed(product) == 3


def test_renders_of_the_view_cost_where_it_says_so(client_of: Clients) -> None:
    ann = client_of("ann")
    free = shown(ann, "/mounts/", "free")
    assert passed(free) == 1
    ran.clear()
    refused = ann.get("/mounts/", headers=HTMX)
    assert (refused.status_code, ran) == (429, [])


def test_as_view_may_give_another_rate(client_of: Clients) -> None:
    assert passed(shown(client_of("ann"), "/faster/", "quiz")) == 1


def test_limits_of_view_and_component_both_hold(client_of: Clients, clock: Clock) -> None:
    ann = client_of("ann")
    clock.begin_window_of(ann, 3_600)
    quiz = shown(ann, "/quiz/", "quiz")
    assert passed(quiz) == 2
    clock.now += int(quiz.post("submit")["Retry-After"])
    # The view's refusals cost the component nothing: of its three an hour, one is left.
    assert passed(quiz) == 1
    wait = int(quiz.post("submit")["Retry-After"])
    clock.now += wait
    assert passed(quiz) == 2


def test_whoever_waits_as_long_as_told_passes_all_limits(client_of: Clients, clock: Clock) -> None:
    ann = client_of("ann")
    clock.begin_window_of(ann, 3_600)
    slow = shown(ann, "/slow/", "quiz")
    for _ in range(3):
        assert slow.post("submit").status_code == 200
        clock.now += 1
    # Of the view's five an hour two are left, of the component's three none.
    refused = slow.post("submit")
    assert refused.status_code == 429
    clock.now += int(refused["Retry-After"])
    assert slow.post("submit").status_code == 200


# -- rate_limit_component


def test_a_decorated_view_of_a_component_is_limited(client_of: Clients) -> None:
    ann = client_of("ann")
    cart = shown(ann, "/cart/", "free")
    assert passed(cart, times=1, url="/cart/") == 1
    assert passed(cart) == 1
    assert passed(cart, url="/cart/") == 0


def test_two_views_that_are_decorated_alike_have_a_quota_each(client_of: Clients) -> None:
    ann = client_of("ann")
    assert passed(shown(ann, "/cart/", "free")) == 2
    assert passed(shown(ann, "/other/", "poll"), "look") == 2


def test_each_component_of_a_decorated_page_has_a_quota(client_of: Clients) -> None:
    ann = client_of("ann")
    html = ann.get("/two/").content.decode()
    free, poll = html[: html.index("poll")], html[html.index("</p>") + 4 :]
    assert passed(Shown(ann, "free", free)) == 2
    assert passed(Shown(ann, "poll", poll), "look") == 2
    assert passed(shown(client_of("bob"), "/two/", "free")) == 2


def test_decorators_may_be_combined(client_of: Clients, clock: Clock) -> None:
    ann = client_of("ann")
    clock.begin_window_of(ann, 3_600)
    free = shown(ann, "/twice/", "free")
    counts = []
    for _ in range(5):
        counts.append(passed(free))
        clock.now += 60
    assert counts == [1, 1, 1, 0, 0]


def test_what_has_no_name_of_its_own_may_be_decorated(client_of: Clients) -> None:
    def page(request: HttpRequest, name: str) -> HttpResponse:
        return HttpResponse(place(name, {}, request=request, parent=None))

    class Page:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return page(request, "free")

    for view in (functools.partial(page, name="free"), Page()):
        html = rate_limit_component("2/minute")(view)(RequestFactory().get("/")).content.decode()
        assert passed(Shown(client_of(), "free", html)) == 2


def test_an_async_view_may_be_decorated() -> None:
    assert asyncio.iscoroutinefunction(later)
    client = Client()
    html = async_to_sync(AsyncClient().get)("/later/").content.decode()
    assert passed(Shown(client, "quiz", html)) == 2


def test_first_renders_of_a_decorated_page_cost_where_it_says_so(client_of: Clients) -> None:
    ann = client_of("ann")
    assert "0 of free" in ann.get("/counted/").content.decode()
    assert "0 of free" in ann.get("/counted/").content.decode()
    ran.clear()
    third = ann.get("/counted/")
    assert third.status_code == 200
    assert third.content.decode() == '<div class="cf-denied" role="note">Too many requests</div>\n'
    assert ran == []


def test_what_a_decorated_view_does_itself_is_limited_and_answered(client_of: Clients) -> None:
    ann = client_of("ann")
    answers = [ann.get("/acting/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "rate_limited"
    assert int(answers[-1]["Retry-After"]) >= 1


def test_while_nothing_counts_a_decorated_view_answers_503(client_of: Clients, settings: Any) -> None:
    settings.CACHES = {**settings.CACHES, "down": {"BACKEND": "tests.caches.DownCache"}}
    settings.CF_PERMISSIONS = {"RATE_CACHE": "down"}
    ann = client_of("ann")
    with logged() as log:
        answers = [ann.get("/acting/") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {503}
    assert answers[0]["Retry-After"] == "1"
    assert [record.name for record in log.alarms if record.name != "django.request"] == ["cf_permissions.limits"]


def test_while_nothing_counts_pages_are_served_with_a_notice(client_of: Clients, settings: Any) -> None:
    settings.CACHES = {**settings.CACHES, "down": {"BACKEND": "tests.caches.DownCache"}}
    settings.CF_PERMISSIONS = {"RATE_CACHE": "down"}
    answer = client_of("ann").get("/counted/")
    assert answer.status_code == 200
    assert "The service is not available at the moment" in answer.content.decode()
    assert "0 of free" in client_of("ann").get("/two/").content.decode()


@pytest.mark.parametrize("url", ["/panel/", "/staff/"])
def test_a_page_of_django_s_own_may_be_limited(url: str, client_of: Clients) -> None:
    ann = client_of("ann")
    assert passed(shown(ann, url, "free")) == 2
    assert "0 of free" in ann.get(url).content.decode()


# -- how it is declared


def test_the_name_in_tokens_is_the_same_in_every_process_and_no_path() -> None:
    import subprocess
    import sys

    code = (
        "import django; django.setup(); from tests.test_view_limits import two, urlpatterns; "
        "from cf_core.policy_names import _policies; print(*sorted(_policies))"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": "."}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    names = done.stdout.split()
    assert "panel-limit" in names
    assert len([name for name in names if name.startswith("two-")]) == 1
    assert not [name for name in names if "." in name]
    assert all(view_policy(name).guards or view_policy(name).permission_classes for name in names)


def policy_of(view: Any) -> str:
    name: str = view.view_initkwargs["_policy"].view
    return name


def test_another_rate_on_the_class_leaves_open_pages_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    before = policy_of(QuizView.as_view())
    monkeypatch.setattr(QuizView, "throttle_rate", "9/minute")
    assert policy_of(QuizView.as_view()) == before
    (limit,) = view_policy(before).guards
    assert limit.rate == "9/minute"  # type: ignore[attr-defined]
    monkeypatch.undo()
    QuizView.as_view()


def test_views_of_one_class_with_different_rates_have_different_names() -> None:
    views = [QuizView.as_view(), QuizView.as_view(throttle_rate="9/minute"), QuizView.as_view(rate_limit_mounts=True)]
    assert len({policy_of(view) for view in views}) == 3


@pytest.mark.parametrize("rate", ["10/month", "", None, 3])
def test_a_decorator_refuses_a_rate_that_it_cannot_read(rate: Any) -> None:
    with pytest.raises(RateError, match=r"is no rate|no known period"):
        rate_limit_component(rate)


def test_a_decorator_without_a_rate_says_so() -> None:
    with pytest.raises(RateError, match="expected a text such as '3/hour', got function"):

        @rate_limit_component  # type: ignore[arg-type]
        def view(request: HttpRequest) -> HttpResponse:
            return HttpResponse()


@pytest.mark.parametrize("cls", [Quiz, ComponentView, ProductComponentView])
def test_a_decorated_class_is_the_author_s_error(cls: Any) -> None:
    with pytest.raises(TypeError, match=rf"not the class {cls.__qualname__}: set rate_limit on a component"):
        rate_limit_component("3/hour")(cls)


def test_a_view_that_cannot_read_its_rate_refuses_every_event(client_of: Clients, limited: Any) -> None:
    class Typo(QuizView):
        throttle_rate = "10/month"

    view = Typo.as_view()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.test_view_limits.urlpatterns", [path("typo/", view), *urlpatterns])
        from django.urls import clear_url_caches

        clear_url_caches()
        quiz = shown(client_of("ann"), "/typo/", "quiz")
        ran.clear()
        with logged():
            assert quiz.post("submit").json()["code"] == "internal"
        assert ran == []
    clear_url_caches()


def test_a_view_without_a_rate_is_the_author_s_error() -> None:
    class Bare(RateLimitMixin, ComponentView):
        pass

    with pytest.raises(ImproperlyConfigured, match=r"Bare: RateLimitMixin needs a throttle_rate, such as '30/minute'"):
        Bare.as_view()


@pytest.mark.parametrize("base", [ComponentView, AuthenticatedComponentView, TemplateView])
def test_the_mixin_behind_the_view_s_class_would_not_hold_and_is_refused(base: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="name RateLimitMixin before the view's class"):

        class Behind(base, RateLimitMixin):  # type: ignore[misc]
            throttle_rate = "3/hour"


def test_the_mixin_may_be_specialised_before_it_is_used(client_of: Clients) -> None:
    class TwoAMinute(RateLimitMixin):
        throttle_rate = "2/minute"

    class Used(TwoAMinute, ComponentView):
        pass

    class UsedByAComponent(TwoAMinute, Limited):
        pass

    assert Used.as_view() is not None
    assert UsedByAComponent.throttle_rate == "2/minute"


def test_the_mixin_can_stand_under_method_decorator() -> None:
    @method_decorator(never_cache, name="dispatch")
    class Decorated(QuizView):
        pass

    assert Decorated.as_view() is not None


def test_without_the_app_a_limited_view_refuses_to_run(client_of: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    free = shown(client_of("ann"), "/product/7/", "free")
    monkeypatch.setattr(extensions, "guards", [])
    ran.clear()
    with logged() as log:
        assert free.post("submit").status_code == 500
    assert isinstance(log.alarms[0].exc_info[1], ComponentDefinitionError)  # type: ignore[index]
    assert ran == []
