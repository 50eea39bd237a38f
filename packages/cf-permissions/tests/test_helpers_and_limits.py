"""A project's own tests of its limits, as the source documents write them."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync

from cf_core import Component
from cf_permissions import IsAuthenticated, RateLimitExceeded
from cf_testing import ComponentTestCase, adispatch_event, dispatch_event
from tests.limited import Text


class QuizComponent(Component):
    """The quiz of the source documents."""

    renderer = Text()
    permission_classes = [IsAuthenticated]
    rate_limit = "3/hour"

    def mount(self, quiz_id: int) -> None:
        self.state["quiz"] = quiz_id
        self.state["submitted"] = False

    def on_submit(self, answers: dict[int, str]) -> None:
        self.state["submitted"] = True


def submit_three_times_and_a_fourth() -> None:
    for _ in range(3):
        dispatch_event(QuizComponent, "submit", {"answers": {}}, quiz_id=1)
    with pytest.raises(RateLimitExceeded):
        dispatch_event(QuizComponent, "submit", {"answers": {}}, quiz_id=1)


class TestQuizComponent(ComponentTestCase):
    """Every test begins with fresh limits."""

    def test_rate_limit_blocks_fourth_attempt(self) -> None:
        submit_three_times_and_a_fourth()

    def test_rate_limit_blocks_fourth_attempt_again(self) -> None:
        submit_three_times_and_a_fourth()


def test_rate_limit_blocks_fourth_attempt_without_a_database() -> None:
    submit_three_times_and_a_fourth()


@pytest.mark.django_db
def test_rate_limit_blocks_fourth_attempt_of_async_tests() -> None:
    async def submit() -> None:
        for _ in range(3):
            await adispatch_event(QuizComponent, "submit", {"answers": {}}, quiz_id=1)
        with pytest.raises(RateLimitExceeded):
            await adispatch_event(QuizComponent, "submit", {"answers": {}}, quiz_id=1)

    async_to_sync(submit)()


@pytest.mark.parametrize("again", range(2))
@pytest.mark.django_db
def test_rate_limit_blocks_fourth_attempt_under_pytest(again: int) -> None:
    submit_three_times_and_a_fourth()


@pytest.mark.django_db
def test_one_student_cannot_affect_another_s_quota(django_user_model: Any) -> None:
    submit_three_times_and_a_fourth()
    other = django_user_model.objects.create_user("other")
    dispatch_event(QuizComponent, "submit", {"answers": {}}, quiz_id=1, user=other)


@pytest.mark.django_db
def test_limits_hold_although_a_test_asks_no_permissions() -> None:
    for _ in range(3):
        dispatch_event(QuizComponent, "submit", {"answers": {}}, quiz_id=1, enforce_permissions=False)
    with pytest.raises(RateLimitExceeded):
        dispatch_event(QuizComponent, "submit", {"answers": {}}, quiz_id=1, enforce_permissions=False)
