"""Dropping entries: which ones, and when."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client, RequestFactory

from cf_cache import CacheMixin, invalidate_component, invalidate_tag
from cf_cache.signals import cache_miss
from cf_core import Component, ComponentDefinitionError
from tests.components import Inline, ShownProduct, mounts
from tests.keeping import elsewhere, key_of
from tests.models import Product


class Grades(CacheMixin, Component):
    """One student's grades in one course."""

    renderer = Inline("<p></p>")
    cache_tags = ["course:{course_id}", "student:{student_id}"]

    def mount(self, course_id: int, student_id: int, detail: str = "short") -> None:
        mounts.append((course_id, student_id, detail))

    def on_refresh(self) -> None:
        self.invalidate_cache()


class Loose(CacheMixin, Component):
    """Names no arguments."""

    renderer = Inline("<p></p>")

    def mount(self) -> None:
        mounts.append(sorted(name for name in self.params if name != "user"))


class OwnKey(CacheMixin, Component):
    renderer = Inline("<p></p>")

    def get_cache_key(self, name: str, params: Any, state: Any) -> str:
        return "the one"

    def mount(self) -> None:
        mounts.append("own")

    def on_refresh(self) -> None:
        self.invalidate_cache()

    async def on_refresh_async(self) -> None:
        self.invalidate_cache()


def remounted(cls: type[Component], *params: dict[str, Any]) -> list[dict[str, Any]]:
    """Return those of the params whose entries are gone."""
    gone = []
    for values in params:
        before = len(mounts)
        cls(**values).dispatch()
        if len(mounts) > before:
            gone.append(values)
    return gone


GRADES = [
    {"course_id": 1, "student_id": 1},
    {"course_id": 1, "student_id": 2},
    {"course_id": 2, "student_id": 1},
    {"course_id": 1, "student_id": 1, "detail": "long"},
]


@pytest.mark.parametrize(
    ("drop", "gone"),
    [
        (lambda: Grades.invalidate_cache(), [0, 1, 2, 3]),
        (lambda: Grades.invalidate_cache(course_id=1), [0, 1, 3]),
        (lambda: Grades.invalidate_cache(student_id="1"), [0, 2, 3]),
        (lambda: Grades.invalidate_cache(course_id=1, student_id=1, detail="long"), [3]),
        (lambda: Grades.invalidate_cache(course_id=3), []),
        # Not all that mount takes: the first decides.
        (lambda: Grades.invalidate_cache(student_id=2, course_id=1), [1]),
        (lambda: Grades(course_id=1, student_id=1).invalidate_cache(), [0]),
        (lambda: Grades(**GRADES[3]).invalidate_cache(), [3]),
        (lambda: Grades(**GRADES[3]).invalidate_cache(course_id=2), [2]),
        (lambda: invalidate_component(Grades, student_id=2), [1]),
        (lambda: invalidate_tag("course:1"), [0, 1, 3]),
        (lambda: invalidate_tag("course:2", "student:2"), [1, 2]),
        (lambda: invalidate_tag("course:"), []),
        (lambda: Loose.invalidate_cache(), []),
    ],
)
def test_which_entries_are_dropped(drop: Callable[[], None], gone: list[int]) -> None:
    remounted(Grades, *GRADES)

    drop()

    assert remounted(Grades, *GRADES) == [GRADES[number] for number in gone]
    assert remounted(Grades, *GRADES) == []


@pytest.mark.parametrize(
    "drop",
    [
        lambda: Grades.invalidate_cache(course_id=1, student_id=1, detail="short"),
        lambda: Grades(**GRADES[0]).invalidate_cache(),
    ],
)
def test_params_that_mount_does_not_take_keep_nothing_from_being_dropped(drop: Callable[[], None]) -> None:
    params = [{**GRADES[0], "theme": "dark"}, GRADES[1]]
    remounted(Grades, *params)

    drop()

    assert remounted(Grades, *params) == params[:1]


LOOSE = [{}, {"a": 1}, {"a": 1, "b": 2}, {"b": 2}, {"a": 2, "b": 2}]


@pytest.mark.parametrize(
    ("drop", "gone"),
    [
        (lambda: Loose.invalidate_cache(), [0, 1, 2, 3, 4]),
        (lambda: Loose().invalidate_cache(), [0, 1, 2, 3, 4]),
        (lambda: Loose.invalidate_cache(a=1), [1, 2]),
        (lambda: Loose.invalidate_cache(a=1, b=2), [1, 2]),
        (lambda: Loose(a=1, b=2).invalidate_cache(), [2]),
        (lambda: Loose(b=2).invalidate_cache(), [2, 3, 4]),
    ],
)
def test_which_entries_are_dropped_where_mount_names_nothing(drop: Callable[[], None], gone: list[int]) -> None:
    remounted(Loose, *LOOSE)

    drop()

    assert remounted(Loose, *LOOSE) == [LOOSE[number] for number in gone]


def test_param_that_mount_does_not_take_is_an_error() -> None:
    with pytest.raises(TypeError, match=r"'curse_id'.*course_id, student_id, detail"):
        Grades.invalidate_cache(curse_id=1)


@pytest.mark.django_db(transaction=True)
def test_users_and_languages_do_not_matter(ann: Any, bob: Any) -> None:
    from django.utils import translation

    from tests.components import Greeting

    def show() -> None:
        for user in (ann, bob):
            for language in ("en", "de"):
                with translation.override(language):
                    Greeting(user=user).dispatch()

    show()
    assert len(mounts) == 4

    Greeting.invalidate_cache()

    show()
    assert len(mounts) == 8


@pytest.mark.django_db(transaction=True)
def test_rows_are_named_by_themselves() -> None:
    one, two = Product.objects.create(name="Same"), Product.objects.create(name="Same")
    params = [{"product": one}, {"product": two}]
    remounted(Loose, *params)

    Loose.invalidate_cache(product=Product.objects.get(pk=two.pk))

    assert remounted(Loose, *params) == [{"product": two}]


def test_instance_drops_the_entry_of_its_own_key() -> None:
    OwnKey(a=1).dispatch()

    OwnKey(b=2).invalidate_cache()

    OwnKey(a=1).dispatch()
    assert mounts == ["own", "own"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("event", ["refresh", "refresh_async"])
def test_event_drops_the_entry_for_everyone(event: str) -> None:
    component = OwnKey()
    component.dispatch()
    component.dispatch(event)

    OwnKey().dispatch()
    assert mounts == ["own", "own"]


def test_event_of_a_bare_mounted_instance_drops_what_it_was_mounted_with() -> None:
    component = Grades()
    component.mount(course_id=1, student_id=1)

    component.on_refresh()

    assert remounted(Grades, *GRADES) == GRADES


@pytest.mark.django_db(transaction=True)
def test_async_event_under_the_async_driver() -> None:
    async def run() -> None:
        component = OwnKey()
        await component.adispatch()
        await component.adispatch("refresh_async")
        await OwnKey().adispatch()

    asyncio.run(run())

    assert mounts == ["own", "own"]


def test_tag_that_names_no_param_is_an_error() -> None:
    class Wrong(Grades):
        cache_tags = ["course:{curse_id}"]

    with pytest.raises(ComponentDefinitionError, match=r"curse_id.*course_id, detail, student_id"):
        Wrong(**GRADES[0]).dispatch()


def test_tag_may_not_name_who_asks(ann: Any) -> None:
    class Wrong(Loose):
        cache_tags = ["for:{user}"]

    with pytest.raises(ComponentDefinitionError, match="user"):
        Wrong(user=ann).dispatch()


def test_tags_as_a_bare_text_are_an_error() -> None:
    class Wrong(Loose):
        cache_tags = "course"

    with pytest.raises(ComponentDefinitionError, match=r"\['course'\]"):
        Wrong().dispatch()


# -- when


@pytest.fixture
def product(transactional_db: None) -> Product:
    return Product.objects.create(name="Old")


def shown(product: Product) -> str:
    component = ShownProduct()
    component.mount(product_id=product.pk)
    name: str = component.state["name"]
    return name


def change(product: Product, name: str) -> None:
    Product.objects.filter(pk=product.pk).update(name=name)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Span a transaction that is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
class TestAfterCommit:
    def test_nothing_is_dropped_before(self, product: Product) -> None:
        shown(product)
        with transaction.atomic():
            change(product, "New")
            ShownProduct.invalidate_cache(product_id=product.pk)
            assert elsewhere(lambda: shown(product)) == "Old"

        assert elsewhere(lambda: shown(product)) == "New"

    def test_nothing_is_dropped_on_rollback(self, product: Product) -> None:
        shown(product)
        with rolled_back():
            change(product, "New")
            ShownProduct.invalidate_cache()
            invalidate_tag("any")

        assert shown(product) == "Old"
        assert mounts == [product.pk]

    def test_nothing_is_dropped_when_a_savepoint_is_rolled_back(self, product: Product) -> None:
        shown(product)
        with transaction.atomic(), rolled_back():
            ShownProduct.invalidate_cache()

        shown(product)
        assert mounts == [product.pk]

    def test_event_drops_after_its_commit(self, product: Product) -> None:
        component = ShownProduct(product_id=product.pk)
        component.dispatch()
        component.dispatch("rename", {"name": "New"})

        assert shown(product) == "New"

    def test_event_that_fails_drops_nothing(self, product: Product) -> None:
        component = ShownProduct(product_id=product.pk)
        component.dispatch()
        with pytest.raises(LookupError):
            component.dispatch("fail", {"name": "New"})

        assert shown(product) == "Old"
        assert mounts == [product.pk]

    def test_event_without_a_statement_that_fails_drops_nothing(self) -> None:
        class Failing(OwnKey):
            def on_fail(self) -> None:
                self.invalidate_cache()
                raise LookupError

        component = Failing()
        component.dispatch()
        with pytest.raises(LookupError):
            component.dispatch("fail")

        Failing().dispatch()
        assert mounts == ["own"]

    def test_event_without_a_statement_opens_no_transaction(self, django_assert_num_queries: Any) -> None:
        component = OwnKey()
        component.dispatch()
        with django_assert_num_queries(0):
            component.dispatch("refresh")

        OwnKey().dispatch()
        assert mounts == ["own", "own"]

    def test_what_was_read_before_the_commit_is_kept_after_it(self, product: Product) -> None:
        with transaction.atomic():
            change(product, "New")
            assert shown(product) == "New"
            assert cache.get(key_of(ShownProduct(), product_id=product.pk)) is None

        assert shown(product) == "New"
        assert mounts == [product.pk]

    def test_what_was_never_committed_is_never_shown(self, product: Product) -> None:
        with rolled_back():
            change(product, "Never")
            assert shown(product) == "Never"

        assert shown(product) == "Old"

    def test_lazy_component_is_kept_though_its_first_event_has_a_transaction(self, product: Product) -> None:
        client = Client()
        source = f'{{% live_component "shown_product" lazy=True product_id={product.pk} %}}'
        token = re.search(r'data-cf-state="([^"]+)"', client.get("/page/", {"source": source}).content.decode())[1]
        kept: list[Any] = []

        def look(*args: Any, **kwargs: Any) -> None:
            kept.append(cache.get(key_of(asked, product_id=product.pk)) is not None)

        asked = ShownProduct()
        asked.request = RequestFactory().get("/")
        cache_miss.connect(lambda **told: transaction.on_commit(look), weak=False, dispatch_uid="test")
        try:
            event = {"event": "_lazy", "_state": token}
            client.post("/components/shown_product/", event, headers={"HX-Request": "true"})
        finally:
            cache_miss.disconnect(dispatch_uid="test")

        # Others wait for it: it must be there before they are let go, which is before the commit.
        assert kept == [True]
        assert mounts == [product.pk]


def test_inside_a_test_case_entries_are_kept_at_once(db: None) -> None:
    product = Product.objects.create(name="Old")
    shown(product)

    assert shown(product) == "Old"
    assert mounts == [product.pk]


# -- while somebody mounts


class Slow(CacheMixin, Component):
    """Reads, and is interrupted before it returns."""

    renderer = Inline("<p></p>")
    truth = "old"
    during: Callable[[], None] | None = None
    cache_tags = ["slow"]

    def mount(self, number: int = 1) -> None:
        mounts.append(self.truth)
        self.state["truth"] = self.truth
        if type(self).during is not None:
            type(self).during()


@pytest.mark.parametrize(
    "drop",
    [
        lambda: Slow.invalidate_cache(),
        lambda: Slow.invalidate_cache(number=1),
        lambda: Slow(number=1).invalidate_cache(),
        lambda: invalidate_tag("slow"),
    ],
)
@pytest.mark.parametrize("is_warm", [False, True], ids=["first", "again"])
def test_invalidation_during_a_mount_leaves_nothing_stale(
    any_backend: str, monkeypatch: pytest.MonkeyPatch, drop: Callable[[], None], is_warm: bool
) -> None:
    if is_warm:
        Slow().mount()
        drop()

    def interrupt() -> None:
        monkeypatch.setattr(Slow, "during", None)
        monkeypatch.setattr(Slow, "truth", "new")
        drop()

    monkeypatch.setattr(Slow, "during", staticmethod(interrupt))
    first, second, third = Slow(), Slow(), Slow()
    first.mount()
    second.mount()
    third.mount()

    assert [first.state["truth"], second.state["truth"], third.state["truth"]] == ["old", "new", "new"]
    assert mounts[-2:] == ["old", "new"]


def test_generations_that_are_lost_cost_a_mount_and_no_truth() -> None:
    Grades(**GRADES[0]).dispatch()
    for name in list(_generation_keys()):
        cache.delete(name)

    assert remounted(Grades, GRADES[0]) == [GRADES[0]]
    assert remounted(Grades, GRADES[0]) == []


def _generation_keys() -> list[str]:
    from cf_cache import generations

    own = Grades(**GRADES[0])
    return ["cf_cache:g:" + generations.of_class(type(own))]


def test_params_that_hold_others_are_dropped_by_what_they_hold() -> None:
    params = [{"tags": ["a", "b"]}, {"tags": ["a"]}, {"tags": {"a": 1}}]
    remounted(Loose, *params)

    Loose.invalidate_cache(tags=["a", "b"])

    assert remounted(Loose, *params) == params[:1]


def test_generation_that_another_mount_begins_at_the_same_time_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    from cf_cache import generations
    from cf_cache.shelf import Shelf

    monkeypatch.setattr(Shelf, "add", lambda self, key, value, seconds: not cache.set(key, "theirs") and False)

    begun = generations.begin(Shelf(), ["one"], 60)

    assert begun.stamps == {"one": "theirs"}
    assert begun.new == []


def test_generation_that_is_gone_again_lets_nothing_stand_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from cf_cache import generations
    from cf_cache.shelf import Shelf

    monkeypatch.setattr(Shelf, "add", lambda self, key, value, seconds: False)
    stamps = generations.begin(Shelf(), ["one"], 60).stamps

    assert not generations.stand(Shelf(), stamps)


def test_threads_see_what_another_dropped() -> None:
    OwnKey().dispatch()
    thread = threading.Thread(target=OwnKey.invalidate_cache)
    thread.start()
    thread.join()

    OwnKey().dispatch()
    assert mounts == ["own", "own"]


class Colour(Enum):
    RED = "red"


class Coerced(CacheMixin, Component):
    """Its arguments are not the texts that addresses have."""

    renderer = Inline("<p></p>")

    def mount(self, active: bool = False, colour: Colour = Colour.RED, sizes: tuple[str, ...] = ()) -> None:
        mounts.append((active, colour))


@pytest.mark.parametrize(
    "params",
    [
        {"active": "1"},
        {"active": True},
        {"colour": "red"},
        {"colour": Colour.RED},
        {"sizes": []},
        {"active": "true", "colour": "red"},
        {"active": "true", "colour": "red", "sizes": ()},
    ],
)
def test_values_are_compared_as_mount_gets_them(params: dict[str, Any]) -> None:
    Coerced(active="1").dispatch()
    Coerced(active="0").dispatch()

    Coerced.invalidate_cache(**params)

    Coerced(active="1").dispatch()
    assert len(mounts) == 3


def test_all_arguments_name_one_entry_whatever_their_defaults_are() -> None:
    for active in (True, False):
        Coerced(active=active, sizes=("M",)).dispatch()

    Coerced.invalidate_cache(active=True, colour="red", sizes=["M"])

    for active in (True, False):
        Coerced(active=active, sizes=("M",)).dispatch()
    assert mounts == [(True, Colour.RED), (False, Colour.RED), (True, Colour.RED)]


def test_value_that_mount_would_refuse_drops_nothing() -> None:
    Coerced(active="1").dispatch()

    Coerced.invalidate_cache(active="perhaps")

    Coerced(active="1").dispatch()
    assert len(mounts) == 1


def test_values_of_a_bare_mount_are_compared_as_they_were_given() -> None:
    for _ in range(2):
        Coerced().mount(active="1")
        Coerced.invalidate_cache(active="1")

    assert len(mounts) == 2


def test_optional_param_of_a_tag_that_is_not_given_is_an_empty_text() -> None:
    class Shelved(CacheMixin, Component):
        renderer = Inline("<p></p>")
        cache_tags = ["shelf:{shelf}"]

        def mount(self, shelf: str | None = None) -> None:
            mounts.append(shelf)

    Shelved().dispatch()
    Shelved(shelf="a").dispatch()
    invalidate_tag("shelf:")
    Shelved().dispatch()
    Shelved(shelf="a").dispatch()

    assert mounts == [None, "a", None]


def test_param_of_a_tag_that_is_not_given_is_an_empty_text_where_mount_names_nothing() -> None:
    class Shelved(Loose):
        cache_tags = ["shelf:{shelf}"]

    Shelved().dispatch()
    invalidate_tag("shelf:")
    Shelved().dispatch()

    assert len(mounts) == 2
