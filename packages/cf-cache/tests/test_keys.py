"""What is told apart, and what is not: the default key, and one of the author's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from cf_cache import CacheMixin
from cf_cache.digests import canonical
from cf_core import Component
from cf_testing import make_component
from tests.components import Greeting, Inline, Ticker, mounts
from tests.keeping import key_of
from tests.models import Product
from tests.permissions import Anyone, LoggedIn


class Free(Component):
    """Takes whatever it is given."""

    renderer = Inline("<p></p>")
    cache_ttl = 60

    def mount(self) -> None:
        mounts.append("free")


class Named(CacheMixin, Component):
    """Names what it takes."""

    def mount(self, course_id: int, day: date | None = None, size: str = "M") -> None:
        mounts.append(course_id)


HOSTILE = st.sampled_from(["", ":", "a:b", "c", "b:c", "~d", "~m", "\x00", "None", "1", "user", "é", "\ud800"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), max_size=8)
    | HOSTILE
    | st.decimals(allow_nan=False)
    | st.dates()
    | st.datetimes()
    | st.uuids()
    | st.binary(max_size=4)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | HOSTILE | st.integers(), inner, max_size=3)
        | st.sets(st.integers() | st.text(max_size=2), max_size=3)
    ),
    max_leaves=6,
)
PARAMS = st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=4) | HOSTILE, VALUES, max_size=3)


def exact(value: Any) -> Any:
    """Return something that is equal for values of equal types and contents only: 1, True and 1.0 differ."""
    if isinstance(value, dict):
        return ("dict", sorted(((repr(exact(k)), repr(exact(v))) for k, v in value.items())))
    if isinstance(value, set):
        return ("set", sorted(repr(exact(part)) for part in value))
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, [exact(part) for part in value])
    return (type(value).__name__, repr(value))


def free(params: dict[str, Any]) -> str:
    component = Free()
    component.params = params
    return key_of(component)


@given(PARAMS, PARAMS)
def test_params_have_one_key_if_they_are_the_same_and_only_then(one: dict[str, Any], other: dict[str, Any]) -> None:
    for params in (one, other):
        params.pop("user", None)
    assert (free(one) == free(other)) is (exact(one) == exact(other))


@given(VALUES)
def test_canonical_text_is_json_of_one_line(value: Any) -> None:
    text = canonical(value, Free._type_table(), name="params")

    json.loads(text)
    assert text.isascii()
    assert "\n" not in text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": "a:b", "b": "c"}, {"a": "a", "b": "b:c"}),
        ({"a": "1"}, {"a": 1}),
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": None}, {}),
        ({"a": None}, {"a": "None"}),
        ({"a": ["b"]}, {"a": "b"}),
        ({"a": Decimal("1.0")}, {"a": Decimal("1.00")}),
        ({"a": date(2026, 1, 1)}, {"a": datetime(2026, 1, 1)}),
        ({"a": UUID(int=1)}, {"a": str(UUID(int=1))}),
        ({"a": {"~d": "1"}}, {"a": Decimal(1)}),
    ],
)
def test_what_looks_alike_is_told_apart(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert free(one) != free(other)


def test_order_does_not_matter_where_there_is_none() -> None:
    assert free({"a": 1, "b": {"x": 1, "y": 2}}) == free({"b": {"y": 2, "x": 1}, "a": 1})
    assert free({"a": {"x", "y", "z"}}) == free({"a": {"z", "y", "x"}})
    assert free({"a": {1: "x", 2: "y"}}) == free({"a": {2: "y", 1: "x"}})
    assert free({"a": [1, 2]}) != free({"a": [2, 1]})


def test_rows_are_told_apart_by_their_key(db: None) -> None:
    one, two = Product.objects.create(name="Same"), Product.objects.create(name="Same")

    assert free({"product": one}) == free({"product": Product.objects.get(pk=one.pk)})
    assert free({"product": one}) != free({"product": two})


def test_params_that_cannot_be_told_apart_are_not_cached(said: Callable[[], list[str]]) -> None:
    for _ in range(2):
        component = Free()
        component.params["service"] = object()
        component.mount()

    assert mounts == ["free", "free"]
    assert "params['service']" in said()[0]


def test_components_with_equal_params_do_not_meet() -> None:
    class Other(Free): ...

    assert key_of(Free()) != key_of(Other())


def test_arguments_of_mount_are_told_apart_by_what_they_become() -> None:
    assert key_of(Named(), course_id=3) == key_of(Named(course_id=3), course_id=3)
    assert key_of(Named(), course_id=3) != key_of(Named(), course_id=4)


def test_default_and_the_same_value_given_are_one() -> None:
    assert key_of(Named(), course_id=3) == key_of(Named(), course_id=3, size="M", day=None)
    assert key_of(Named(), course_id=3) != key_of(Named(), course_id=3, size="L")


def test_default_of_the_only_argument_and_the_same_value_given_are_one() -> None:
    class Paged(Free):
        def mount(self, page: int = 1) -> None: ...

    assert key_of(Paged()) == key_of(Paged(), page=1) != key_of(Paged(), page=2)


def test_text_of_an_address_and_number_are_one_where_mount_says_number() -> None:
    Named(course_id="3").dispatch()
    Named(course_id=3).dispatch()

    assert mounts == [3]


@pytest.mark.parametrize(
    "context",
    [
        lambda: translation.override("de"),
        lambda: timezone.override(ZoneInfo("Asia/Tokyo")),
    ],
    ids=["language", "time zone"],
)
def test_surroundings_are_told_apart(context: Callable[[], Any]) -> None:
    keys = []
    for surroundings in (nullcontext, context):
        with surroundings():
            keys.append(key_of(Free()))
    assert keys[0] != keys[1]


def asked(component: Component, host: str = "testserver", user: Any = None, **more: Any) -> Component:
    request = RequestFactory().get("/", headers={"host": host}, **more)
    request.user = user or AnonymousUser()
    component.request = request
    return component


def test_hosts_are_told_apart() -> None:
    assert key_of(asked(Free())) == key_of(asked(Free()))
    assert key_of(asked(Free())) != key_of(asked(Free(), host="shop.example"))
    assert key_of(asked(Free())) != key_of(asked(Free(), secure=True))


def test_prefix_leaves_former_entries_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_of(Named(), course_id=3)
    monkeypatch.setattr(Named, "cache_key_prefix", "v2")

    assert key_of(Named(), course_id=3) != before


def test_user_is_told_apart_only_where_permissions_apply(ann: Any, bob: Any) -> None:
    class Open(Free):
        permission_classes = [Anyone]

    class Closed(Free):
        permission_classes = [LoggedIn]

    for cls, is_by_user in [(Free, False), (Open, False), (Closed, True)]:
        keys = {key_of(asked(cls(), user=user)) for user in (ann, bob, None)}
        assert len(keys) == (3 if is_by_user else 1)


def test_default_permissions_count(ann: Any, bob: Any, settings: Any) -> None:
    settings.CF_CORE = {"DEFAULT_PERMISSION_CLASSES": ["tests.permissions.LoggedIn"]}

    assert key_of(asked(Free(), user=ann)) != key_of(asked(Free(), user=bob))


def test_user_who_is_asked_for_by_name_is_told_apart(ann: Any, bob: Any) -> None:
    class Mine(Free):
        def mount(self, user: Any) -> None:
            mounts.append(user.username)

    for user in (ann, bob, ann):
        asked(Mine(), user=user).dispatch()

    assert mounts == ["ann", "bob"]


def test_injected_user_is_no_param(ann: Any, bob: Any) -> None:
    for user in (ann, bob):
        asked(Ticker(), user=user).dispatch()

    assert mounts == ["ticker"]


def test_user_id_counts_where_mount_names_it(ann: Any, bob: Any) -> None:
    class Profile(Free):
        def mount(self, user_id: int) -> None:
            mounts.append(user_id)

    asked(Profile(), user=ann).dispatch()
    asked(Profile(), user=bob).dispatch()
    asked(Profile(user_id=ann.pk), user=bob).dispatch()

    assert mounts == [ann.pk, bob.pk]


def test_user_id_that_names_somebody_else_counts(ann: Any, bob: Any, boss: Any) -> None:
    keys = set()
    for user_id in (ann.pk, bob.pk):
        component = asked(Free(user_id=user_id), user=boss)
        component._injected = ("user",)
        keys.add(key_of(component))

    assert len(keys) == 2


def test_helpers_do_not_look_the_user_up_for_a_shared_entry() -> None:
    # No database here: looking would be an error.
    component = make_component(Ticker)
    component.mount()

    assert mounts == ["ticker"]


class OwnKey(Free):
    """Chooses its key; plain attribute, no mixin."""

    def get_cache_key(self, name: str, params: Any, state: Any) -> Any:
        return params.get("key", "own")


class OtherOwnKey(OwnKey):
    """The same keys, another component."""


def test_own_key_is_taken_as_it_is(ann: Any, bob: Any) -> None:
    class Closed(OwnKey):
        permission_classes = [LoggedIn]

    keys = set()
    for user, language in [(ann, "en"), (bob, "de")]:
        with translation.override(language):
            keys.add(key_of(asked(Closed(other=language), user=user)))
    assert len(keys) == 1


def test_own_keys_of_different_components_do_not_meet() -> None:
    assert key_of(OwnKey()) != key_of(OtherOwnKey())
    assert key_of(OwnKey(key="a")) != key_of(OwnKey(key="b"))


@pytest.mark.parametrize("key", ["x" * 2000, "a b\n\x00", "é\U0001f600", 42, ("a", 1)])
def test_own_key_may_be_any_text(key: Any) -> None:
    cache_key = key_of(OwnKey(key=key))

    assert cache_key.isascii()
    assert len(cache_key) < 100
    assert not any(character <= " " for character in cache_key)


def test_own_key_of_none_is_not_cached() -> None:
    OwnKey(key=None).mount()
    OwnKey(key=None).mount()

    assert mounts == ["free", "free"]


def test_own_key_is_given_name_params_and_an_empty_state() -> None:
    seen: list[Any] = []

    class Curious(Free):
        component_name = "curious"

        def mount(self, course_id: int, size: str = "M") -> None: ...

        def get_cache_key(self, name: str, params: Any, state: Any) -> str:
            seen.append((name, params["course_id"], params["size"], params.get("missing"), dict(state)))
            return "own"

    Curious(course_id="3").dispatch()

    assert seen == [("curious", 3, "M", None, {})]


def test_default_key_can_be_added_to(ann: Any, bob: Any) -> None:
    class Regional(Greeting):
        def get_cache_key(self, name: str, params: Any, state: Any) -> str:
            return f"{super().get_cache_key(name, params, state)}:{self.params['region']}"

    keys = {key_of(asked(Regional(region=region), user=user)) for user in (ann, bob) for region in ("eu", "us")}

    assert len(keys) == 4


def test_default_key_of_chosen_params(ann: Any, bob: Any) -> None:
    class Less(CacheMixin, Free):
        def get_cache_key(self, name: str, params: Any, state: Any) -> Any:
            return super().get_cache_key(name, {"page": params["page"]}, state)

    one, two, three = (key_of(asked(Less(page=page, noise=noise))) for page, noise in [(1, 1), (1, 2), (2, 2)])

    assert one == two != three


def test_default_key_of_all_params_given_as_a_dict(ann: Any) -> None:
    class More(CacheMixin, Free):
        def get_cache_key(self, name: str, params: Any, state: Any) -> Any:
            return super().get_cache_key(name, {**params, "more": 1}, state)

    for user in (ann, None):
        component = asked(More(), user=user)
        component.params["user"] = component.request.user
        assert key_of(component)
