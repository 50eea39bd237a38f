"""The plain half of cf_testing needs no Django, and the settings of the other half are checked."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.template import Context, Template
from django.test import override_settings

from cf_testing import isolation

BLOCKED = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "django_htmx"}:
            raise ImportError(name)

sys.meta_path.insert(0, Blocker())

from cf_core import Component
from cf_testing import (
    ComponentTestCase, MockRenderer, assert_permission_denied, assert_rendered, assert_state, call_handler,
    dispatch_event, make_component,
)

class LoggedIn:
    def has_permission(self, request, component):
        return request.user.is_authenticated

class Quiz(Component):
    renderer = MockRenderer()
    permission_classes = [LoggedIn]

    def mount(self, quiz_id: int):
        self.state.update(quiz_id=quiz_id, score=0)

    async def on_submit(self, answers: dict[int, str]):
        self.state["score"] = len(answers)

class TestQuiz(ComponentTestCase):
    def test_it(self):
        quiz = dispatch_event(Quiz, "submit", {"answers": {1: "B"}}, quiz_id=1)
        assert_state(quiz, score=1, quiz_id=1)
        assert_permission_denied(Quiz, "submit", user=None, quiz_id=1)
        quiz = self.make_component(Quiz, quiz_id=2)
        quiz.mount(2)
        call_handler(quiz, "submit", {1: "A", 2: "B"})
        assert_state(quiz, score=2)
        assert_rendered("<p>Hi</p>", "Hi", selector="p")

import unittest
unittest.main(argv=["x"], exit=False, verbosity=0)
assert not any(name.split(".")[0] == "django" for name in sys.modules)
print("plain")
"""


def test_plain_half_works_where_django_cannot_be_imported() -> None:
    done = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, timeout=60, check=False)

    assert done.stdout.strip() == "plain", done.stderr
    assert "OK" in done.stderr


def test_unknown_setting_is_an_error_with_a_hint() -> None:
    with override_settings(CF_TESTING={"ACTING_USR": None}):
        (found,) = run_checks(tags=["cf_testing"])

    assert (found.id, found.hint) == ("cf_testing.E001", "Did you mean ACTING_USER?")


@pytest.mark.parametrize("value", ["no.such.thing", 3])
def test_acting_user_must_be_a_function(value: object) -> None:
    with override_settings(CF_TESTING={"ACTING_USER": value}):
        (found,) = run_checks(tags=["cf_testing"])

    assert found.id == "cf_testing.E002"


def test_good_settings_pass() -> None:
    with override_settings(CF_TESTING={"ACTING_USER": "tests.test_isolation.make_someone"}):
        assert run_checks(tags=["cf_testing"]) == []


def render_test_id() -> str:
    return Template("{% load cf_testing %}<p {% test_id 'a\"b' %}>").render(Context())


def test_test_id_is_written_in_tests() -> None:
    assert render_test_id() == '<p data-testid="a&quot;b">'


@pytest.mark.parametrize(("debug", "written"), [(True, True), (False, False)])
def test_test_id_outside_tests_follows_debug(monkeypatch: pytest.MonkeyPatch, debug: bool, written: bool) -> None:
    monkeypatch.setattr(isolation._Depth, "value", 0)
    monkeypatch.delattr("django.core.mail.outbox")

    with override_settings(DEBUG=debug):
        assert ("data-testid" in render_test_id()) is written


def test_public_names_are_all_there() -> None:
    import cf_testing

    assert {name for name in cf_testing.__all__ if getattr(cf_testing, name, None) is None} == set()
    with pytest.raises(AttributeError):
        cf_testing.nothing  # noqa: B018
