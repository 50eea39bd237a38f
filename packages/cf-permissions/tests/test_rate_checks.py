"""Each system check of limits says what is wrong, and is silent where nothing is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import checks
from django.http import HttpRequest, HttpResponse
from django.urls import clear_url_caches, include, path

from cf_core.views import ComponentView
from cf_permissions.throttling import RateLimitMixin, rate_limit_component
from tests.limited import Limited, Quiz

pytestmark = pytest.mark.urls("tests.test_rate_checks")

MINE = [f"cf_permissions.{kind}0{number}" for kind in "EW" for number in range(11, 20)]
LOCAL = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
REDIS = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": "redis://127.0.0.1:6379/0",
    "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
}
MEMCACHED = {
    "BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache",
    "LOCATION": "127.0.0.1:11211",
}
BACKENDS = "django.core.cache.backends"
FILES = {"BACKEND": f"{BACKENDS}.filebased.FileBasedCache", "LOCATION": "/tmp/never-made", "TIMEOUT": 86_400}
DATABASE = {"BACKEND": f"{BACKENDS}.db.DatabaseCache", "LOCATION": "cache", "TIMEOUT": None}

urlpatterns: list[Any] = []


class CartView(RateLimitMixin, ComponentView):
    """A view with a limit."""

    component_name = "plain"
    throttle_rate = "30/minute"


@rate_limit_component("5/second")
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class Plain(Limited):
    """A component without a limit."""

    def on_go(self) -> None: ...


@pytest.fixture(autouse=True)
def _good(settings: Any, monkeypatch: pytest.MonkeyPatch, component_registry: Any) -> Any:
    """A project that has everything right, and a limit."""
    settings.CACHES = {"default": LOCAL, "rates": REDIS}
    settings.CF_PERMISSIONS = {"RATE_CACHE": "rates", "TRUSTED_PROXIES": 1}
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    component_registry.register("plain")(Plain)
    component_registry.register("quiz")(Quiz)
    route(monkeypatch)


def route(monkeypatch: pytest.MonkeyPatch, *views: Any) -> None:
    monkeypatch.setattr("tests.test_rate_checks.urlpatterns", [path(f"{n}/", view) for n, view in enumerate(views)])
    clear_url_caches()


def found(*, deploy: bool = False) -> list[tuple[str, str, str | None]]:
    """Return (id, text, hint) of what the checks of limits say."""
    messages = checks.run_checks(tags=["cf_permissions"], include_deployment_checks=deploy)
    return [(str(m.id), m.msg, m.hint) for m in messages if m.id in MINE]


@pytest.mark.parametrize("cache", [REDIS, MEMCACHED])
def test_a_project_that_has_everything_right_is_told_nothing(cache: Any, settings: Any) -> None:
    settings.CACHES = {"default": LOCAL, "rates": cache}
    assert found() == []
    assert found(deploy=True) == []


def test_a_project_without_settings_is_told_nothing_in_development(settings: Any) -> None:
    del settings.CF_PERMISSIONS
    assert found() == []


# -- settings


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("TRUSTED_PROXY", "Did you mean TRUSTED_PROXIES?"),
        ("RATE_FAILS", "Did you mean RATE_FAIL?"),
        ("colour", "Known: RATE_CACHE, RATE_FAIL, TRUSTED_PROXIES."),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(key: str, hint: str, settings: Any) -> None:
    settings.CF_PERMISSIONS = {key: 1}
    assert found() == [("cf_permissions.E011", f"CF_PERMISSIONS has no key {key!r}.", hint)]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        *[("TRUSTED_PROXIES", value, "a whole number from 0 to 10") for value in (-1, 11, 1.0, True, None)],
        *[("TRUSTED_PROXIES", value, "how many proxies there are, not which") for value in (["10.0.0.1"], "10.0.0.1")],
        *[("RATE_CACHE", value, "the alias of a cache") for value in (1, True, ["default"])],
        *[("RATE_FAIL", value, "'closed' or 'open'") for value in ("Closed", "opne", None, True, False)],
    ],
)
def test_a_wrong_value_says_what_was_expected(key: str, value: Any, expected: str, settings: Any) -> None:
    settings.CF_PERMISSIONS = {key: value}
    text = f"CF_PERMISSIONS[{key!r}] is {value!r}: expected {expected}."
    assert found(deploy=True) == [("cf_permissions.E012", text, None)]


def test_a_cache_that_there_is_none_of_is_an_error(settings: Any) -> None:
    settings.CF_PERMISSIONS = {"RATE_CACHE": "limits"}
    assert found() == [
        ("cf_permissions.E013", "CF_PERMISSIONS['RATE_CACHE'] names no cache: 'limits'.", "CACHES has: default, rates.")
    ]
    settings.CF_PERMISSIONS = {}
    settings.RATELIMIT_USE_CACHE = "limits"
    ((identity, text, _),) = found()
    assert (identity, text) == ("cf_permissions.E013", "RATELIMIT_USE_CACHE names no cache: 'limits'.")


def test_two_settings_that_name_two_caches_are_an_error(settings: Any) -> None:
    settings.RATELIMIT_USE_CACHE = "default"
    ((identity, text, _),) = found(deploy=True)
    assert identity == "cf_permissions.E017"
    assert text.startswith("CF_PERMISSIONS['RATE_CACHE'] is 'rates' and RATELIMIT_USE_CACHE is 'default': ")
    settings.RATELIMIT_USE_CACHE = "rates"
    assert found(deploy=True) == []


# -- rates


@pytest.mark.parametrize(
    ("attributes", "where", "problem"),
    [
        ({"rate_limit": "10/month"}, "rate_limit", "has no known period"),
        ({"rate_limit": ""}, "rate_limit", "is no rate"),
        ({"rate_limit": 3}, "rate_limit", "is no rate"),
        ({"rate_limits": {"go": "0/hour"}}, "rate_limits['go']", "has no usable count"),
        ({"rate_limits": ["3/hour"]}, "rate_limits", "expected a mapping"),
        ({"throttle_rate": "3/hour, 4/hour"}, "throttle_rate", "names two rates per hour"),
    ],
)
def test_a_component_s_rate_that_cannot_be_read_is_an_error(
    attributes: dict[str, Any], where: str, problem: str, component_registry: Any
) -> None:
    component_registry.register("typo")(type("Typo", (Plain,), {**attributes, "__module__": "shop"}))
    ((identity, text, _),) = found()
    assert identity == "cf_permissions.E014"
    assert text.startswith(f"'typo' (shop.Typo).{where}: ")
    assert problem in text


@pytest.mark.parametrize(
    ("event", "hint"),
    [
        ("goo", "Did you mean 'go'?"),
        ("on_go", "Did you mean 'go'?"),
        ("_go", "Did you mean 'go'?"),
        ("x", "Its events: go."),
    ],
)
def test_a_limit_for_no_event_names_the_nearest_one(event: str, hint: str, component_registry: Any) -> None:
    attributes = {"rate_limits": {event: "3/hour"}, "__module__": "shop"}
    component_registry.register("typo")(type("Typo", (Plain,), attributes))
    text = f"'typo' (shop.Typo).rate_limits limits {event!r}, which is no event."
    assert found() == [("cf_permissions.E015", text, hint)]


def test_the_mixin_without_a_rate_on_a_component_is_an_error(component_registry: Any) -> None:
    component_registry.register("bare")(type("Bare", (RateLimitMixin, Plain), {"__module__": "shop"}))
    text = "'bare' (shop.Bare) has RateLimitMixin, but no throttle_rate."
    assert found() == [("cf_permissions.E015", text, 'throttle_rate = "30/minute"')]


@pytest.mark.parametrize("is_included", [True, False])
@pytest.mark.parametrize("is_given", [True, False])
def test_a_view_s_rate_that_cannot_be_read_is_an_error(
    is_given: bool, is_included: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Typo(CartView):
        throttle_rate = "30/minute" if is_given else "30/minutes"

    view = Typo.as_view(throttle_rate="30/minutes") if is_given else Typo.as_view()
    route(monkeypatch, include(([path("cart/", view)], "shop")) if is_included else view)
    ((identity, text, _),) = found()
    assert identity == "cf_permissions.E014"
    assert text.startswith(f"{__name__}.{Typo.__qualname__}.throttle_rate: '30/minutes' has no known period")


def test_good_rates_of_views_are_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    decorated = rate_limit_component("5/second, 60/minute")(ComponentView.as_view(component_name="plain"))
    route(monkeypatch, CartView.as_view(), page, decorated)
    assert found(deploy=True) == []


def test_a_project_without_addresses_is_checked_too(settings: Any) -> None:
    settings.ROOT_URLCONF = None
    assert found() == []


# -- the cache


def of_component(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quiz has a limit."""


def of_mixin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Quiz, "rate_limit", None)
    route(monkeypatch, CartView.as_view())


def of_decorator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Quiz, "rate_limit", None)
    route(monkeypatch, page)


def of_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Quiz, "rate_limit", None)
    monkeypatch.setattr(Quiz, "rate_limits", {"submit": "3/hour"}, raising=False)


WITH_A_LIMIT = pytest.mark.parametrize("limit", [of_component, of_mixin, of_decorator, of_event])


def use(cache: dict[str, Any], settings: Any) -> None:
    settings.CACHES = {"default": LOCAL, "rates": cache}


@WITH_A_LIMIT
def test_a_cache_that_keeps_nothing_is_an_error(
    limit: Callable[..., None], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch)
    use({"BACKEND": f"{BACKENDS}.dummy.DummyCache"}, settings)
    ((identity, text, hint),) = found()
    assert (identity, text) == (
        "cf_permissions.E016",
        "Rate limits cannot be counted in the cache 'rates': it keeps nothing.",
    )
    assert "LocMemCache" in str(hint)


@pytest.mark.parametrize("cache", [FILES, DATABASE])
def test_a_cache_that_forgets_before_a_period_is_over_is_an_error(cache: dict[str, Any], settings: Any) -> None:
    use({**cache, "TIMEOUT": 300}, settings)
    ((identity, text, _),) = found()
    assert identity == "cf_permissions.E016"
    assert text.endswith("it forgets what it adds to after 300 seconds, its TIMEOUT; a limit per hour is longer.")
    use({**cache, "TIMEOUT": 3_600}, settings)
    assert [identity for identity, _, _ in found()] == ["cf_permissions.W011"]


def test_limits_that_cannot_be_read_do_not_hide_what_is_wrong_with_the_cache(
    settings: Any, component_registry: Any
) -> None:
    for name, rates in {"one": "3/hour", "two": {"go": "30/hours"}}.items():
        component_registry.register(name)(type("Typo", (Plain,), {"rate_limits": rates, "__module__": "shop"}))
    use({"BACKEND": f"{BACKENDS}.dummy.DummyCache"}, settings)
    assert sorted(identity for identity, _, _ in found()) == ["cf_permissions.E014"] * 2 + ["cf_permissions.E016"]


@pytest.mark.parametrize("cache", [FILES, DATABASE])
def test_a_cache_that_cannot_add_in_one_step_is_warned_of(cache: dict[str, Any], settings: Any) -> None:
    use(cache, settings)
    ((identity, text, hint),) = found()
    assert identity == "cf_permissions.W011"
    assert text.startswith("The cache 'rates' cannot add in one step")
    assert "Redis or Memcached" in str(hint)


@WITH_A_LIMIT
def test_a_cache_of_one_process_is_warned_of_before_a_deployment(
    limit: Callable[..., None], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch)
    use({**LOCAL, "LOCATION": "rates"}, settings)
    assert found() == []
    assert [identity for identity, _, _ in found(deploy=True)] == ["cf_permissions.W012"]


@pytest.mark.parametrize("cache", [LOCAL, FILES, DATABASE])
@pytest.mark.parametrize("is_one_alias", [True, False])
def test_a_small_cache_that_answers_run_through_is_warned_of(
    is_one_alias: bool, cache: dict[str, Any], settings: Any
) -> None:
    settings.CACHES = {"default": cache, "rates": cache}
    settings.CF_PERMISSIONS = {"RATE_CACHE": "default" if is_one_alias else "rates", "TRUSTED_PROXIES": 1}
    text = next(text for identity, text, _ in found(deploy=True) if identity == "cf_permissions.W016")
    assert " with ANSWER_CACHE, and it throws entries away when it has 300: " in text

    settings.CACHES = {name: {**cache, "OPTIONS": {"MAX_ENTRIES": 10_000}} for name in ("default", "rates")}
    assert "cf_permissions.W016" not in [identity for identity, _, _ in found(deploy=True)]


def test_a_small_cache_that_keeps_states_is_warned_of(settings: Any, component_registry: Any) -> None:
    settings.CACHES = {"default": LOCAL, "rates": {**LOCAL, "LOCATION": "rates"}}
    settings.CF_CORE = {"STATE_CACHE": "rates"}
    assert "cf_permissions.W016" not in [identity for identity, _, _ in found(deploy=True)]

    component_registry.register("kept")(type("Kept", (Plain,), {"state_store": "cache", "__module__": "shop"}))
    text = next(text for identity, text, _ in found(deploy=True) if identity == "cf_permissions.W016")
    assert " with STATE_CACHE, and " in text


@pytest.mark.parametrize("cache", [LOCAL, {"BACKEND": f"{BACKENDS}.dummy.DummyCache"}, DATABASE])
def test_the_cache_of_a_project_without_limits_is_its_own_business(
    cache: dict[str, Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Quiz, "rate_limit", None)
    use(cache, settings)
    settings.CF_PERMISSIONS = {"RATE_CACHE": "rates"}
    settings.RATELIMIT_ENABLE = False
    assert found(deploy=True) == []


def test_limits_that_are_switched_off_are_warned_of(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    text = "RATELIMIT_ENABLE is False: no rate limit holds."
    assert found() == [("cf_permissions.W013", text, "Remove the setting in production.")]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https")), ("USE_X_FORWARDED_HOST", True)],
)
def test_a_proxy_that_is_not_counted_is_warned_of(setting: str, value: Any, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = None
    settings.CF_PERMISSIONS = {"RATE_CACHE": "rates"}
    assert found(deploy=True) == []
    setattr(settings, setting, value)
    assert found() == []
    assert [identity for identity, _, _ in found(deploy=True)] == ["cf_permissions.W014"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"socket_timeout": 0.25},
        {"socket_timeout": 0.25, "socket_connect_timeout": None},
        {"socket_timeout": 5, "socket_connect_timeout": 0.25},
    ],
)
def test_a_redis_that_may_hold_events_up_is_warned_of(options: dict[str, Any], settings: Any) -> None:
    use({**REDIS, "OPTIONS": options}, settings)
    assert found() == []
    assert [identity for identity, _, _ in found(deploy=True)] == ["cf_permissions.W015"]


def test_every_setting_has_its_check() -> None:
    from cf_permissions.conf import conf
    from cf_permissions.rate_checks import _PROBLEMS

    assert set(_PROBLEMS) == conf.keys
