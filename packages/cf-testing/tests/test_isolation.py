"""Nothing outlives a test."""

from __future__ import annotations

import threading
import unittest

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache, caches
from django.test import SimpleTestCase, TestCase, TransactionTestCase, override_settings

from cf_core import Component, NotFound, registry
from cf_testing import ComponentTestCase, MockRenderer, acting_user, dispatch_event, isolated, isolated_registry
from tests.components import Counter, Profile


def run(case: type[unittest.TestCase]) -> unittest.TestResult:
    """Run a test case as unittest does, outside the isolation of the test that calls this."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    return result


class _First(ComponentTestCase, TestCase):
    __test__ = False  # for pytest: the test below runs it

    def setUp(self) -> None:
        Profile.renderer = MockRenderer()

    def test_it(self) -> None:
        assert dispatch_event(Profile).state["user_id"] == acting_user().pk
        assert get_user_model().objects.count() == 1


class _Second(TestCase, ComponentTestCase):
    __test__ = False  # for pytest: the test below runs it

    def setUp(self) -> None:
        Profile.renderer = MockRenderer()

    def test_it(self) -> None:
        assert self.make_component(Profile).params["user"] == self.acting_user
        assert get_user_model().objects.count() == 1


class _Simple(ComponentTestCase, SimpleTestCase):
    __test__ = False  # for pytest: the test below runs it

    def test_it(self) -> None:
        Profile.renderer = MockRenderer()
        assert dispatch_event(Profile).state["name"] == "acting-user"
        assert acting_user()._state.adding


class _Transactional(ComponentTestCase, TransactionTestCase):
    __test__ = False  # for pytest: the test below runs it

    def test_it(self) -> None:
        assert acting_user().pk


class _Alone(ComponentTestCase):
    __test__ = False  # for pytest: the test below runs it

    def test_it(self) -> None:
        assert not acting_user()._state.adding


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("case", [_First, _Second, _Simple, _Transactional, _Alone])
def test_case_works_in_any_mix_and_leaves_nothing(case: type[unittest.TestCase], monkeypatch) -> None:
    monkeypatch.setattr("cf_testing.isolation._Depth.value", 0)  # as under a runner other than pytest

    result = run(case)

    assert result.testsRun == 1
    assert result.errors == result.failures == []
    assert "renderer" not in vars(Profile)
    assert get_user_model().objects.count() == 0


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have `isolated()` begin anew within this test."""
    monkeypatch.setattr("cf_testing.isolation._Depth.value", 0)


@pytest.mark.usefixtures("outside")
def test_caches_begin_empty_and_keep_what_was_there() -> None:
    cache.set("before", 1)

    with isolated():
        assert cache.get("before") is None
        cache.set("inside", 1)
        assert cache.get("inside") == 1

    assert cache.get("before") == 1
    assert cache.get("inside") is None


@pytest.mark.usefixtures("outside")
def test_threads_of_the_test_share_its_name_space() -> None:
    seen: list[object] = []
    with isolated():
        cache.set("inside", 1)
        thread = threading.Thread(target=lambda: seen.append(cache.get("inside")))
        thread.start()
        thread.join()

    assert seen == [1]


@pytest.mark.usefixtures("outside")
def test_caches_that_a_test_sets_up_are_fresh_too() -> None:
    own = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "own"}}
    seen = []
    for _ in range(2):
        with isolated(), override_settings(CACHES={name: dict(options) for name, options in own.items()}):
            seen.append(caches["default"].get("x"))
            caches["default"].set("x", 1)

    assert seen == [None, None]


@pytest.mark.usefixtures("outside")
def test_acting_user_is_one_for_a_test_and_another_in_the_next() -> None:
    with isolated():
        one = acting_user()
        assert acting_user() is one
    with isolated():
        assert acting_user() is not one


@pytest.mark.usefixtures("outside")
@override_settings(CF_TESTING={"ACTING_USER": "tests.test_isolation.make_someone"})
def test_project_says_who_acts() -> None:
    with isolated():
        assert acting_user().get_username() == "someone"
        assert acting_user() is acting_user()


def make_someone() -> object:
    return get_user_model()(pk=9, username="someone")


@pytest.mark.usefixtures("outside")
def test_renderer_that_a_class_declares_is_put_back() -> None:
    class Declared(Counter):
        renderer = MockRenderer()

    declared = Declared.renderer
    with isolated():
        Declared.renderer = MockRenderer()
        Counter.renderer = MockRenderer()

    assert Declared.renderer is declared
    assert "renderer" not in vars(Counter)


def test_registrations_vanish() -> None:
    class Other(Component):
        pass

    with isolated_registry() as own:
        own.register("other")(Other)
        own.register("counter", replace=True)(Other)
        assert registry.get("counter") is Other

    assert registry.get("counter") is Counter
    assert Counter.component_name == "counter"
    with pytest.raises(NotFound):
        registry.get("other")


def test_registry_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from cf_core import Component, registry

        def test_one(component_registry):
            component_registry.register("passing")(type("Passing", (Component,), {}))

        def test_two():
            assert "passing" not in registry
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:django", "-q")

    result.assert_outcomes(passed=2)


def test_plugin_isolates_plain_tests_without_django(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys
        from cf_core import Component
        from cf_testing import MockRenderer, assert_state, dispatch_event

        class Counter(Component):
            def mount(self): self.state["count"] = 0
            def on_add(self): self.state["count"] += 1

        def test_one():
            Counter.renderer = MockRenderer()
            assert_state(dispatch_event(Counter, "add"), count=1)

        def test_two():
            assert Counter.renderer is None
            assert not any(name.split(".")[0] == "django" for name in sys.modules)
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:django", "-q")

    result.assert_outcomes(passed=2)
