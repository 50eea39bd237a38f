"""The test case for components, alone or mixed with Django's."""

from __future__ import annotations

import unittest
from typing import Any, TypeVar

from cf_core.engine.component import Component

from .acting import ACTING, acting_user
from .dispatching import make_component
from .isolation import isolated

C = TypeVar("C", bound=Component)


class ComponentTestCase(unittest.TestCase):
    """A test that begins afresh, whatever its own setUp does: empty caches, fresh limits, renderers as declared.

    Stands alone, or beside django.test.TestCase in any order: `class TestCart(ComponentTestCase, TestCase)`.
    """

    # Not in setUp: a test case that overrides it without super() would not be isolated.
    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run the test, setUp and tearDown included, within its own state."""
        with isolated():
            return super().run(result)

    def debug(self) -> None:
        """Run the test without collecting its outcome, within its own state."""
        with isolated():
            super().debug()

    @property
    def acting_user(self) -> Any:
        """The user who acts where a test names none."""
        return acting_user()

    def make_component(self, component: type[C], *, user: Any = ACTING, **params: Any) -> C:
        """Return an instance that is not mounted, with a request in which `user` acts."""
        return make_component(component, user=user, **params)
