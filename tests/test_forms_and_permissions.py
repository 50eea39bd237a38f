"""Forms with permissions and rate limits: the quiz of the source documents."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from pydantic import BaseModel

from cf_core import Component
from cf_forms import FormComponent
from cf_permissions import IsAuthenticated, RateLimitExceeded
from cf_testing import assert_permission_denied, assert_state, dispatch_event

pytestmark = pytest.mark.django_db


class Shown:
    def render(self, component: Component, context: dict[str, Any]) -> str:
        return "<div></div>"


class QuizAnswersSchema(BaseModel):
    answers: dict[int, str]


class QuizComponent(FormComponent):
    schema = QuizAnswersSchema
    renderer = Shown()
    permission_classes = [IsAuthenticated]
    rate_limit = "3/hour"

    def mount(self, quiz_id: int) -> None:
        self.state["quiz_id"] = quiz_id
        self.state["submitted"] = False

    def on_submit(self) -> None:
        answers = self.validated_data["answers"]
        self.state["submitted"] = True
        self.state["score"] = int(sum(given == "B" for given in answers.values()) / 2 * 100)


def test_a_right_answer_scores() -> None:
    component = dispatch_event(QuizComponent, "submit", {"answers": {1: "B", 2: "B"}}, quiz_id=1)

    assert_state(component, score=100, submitted=True)


def test_the_fourth_try_is_refused() -> None:
    for _ in range(3):
        dispatch_event(QuizComponent, "submit", {"answers": {}}, quiz_id=1)

    with pytest.raises(RateLimitExceeded):
        dispatch_event(QuizComponent, "submit", {"answers": {}}, quiz_id=1)


def test_a_try_that_does_not_fit_counts_and_filling_in_does_not() -> None:
    for _ in range(5):
        dispatch_event(QuizComponent, "_validate", {"answers": {"1": "B"}, "_field": ["answers"]}, quiz_id=1)
    for _ in range(3):
        dispatch_event(QuizComponent, "submit", {"answers": {"one": "B"}}, quiz_id=1)

    with pytest.raises(RateLimitExceeded):
        dispatch_event(QuizComponent, "submit", {"answers": {}}, quiz_id=1)


@pytest.mark.parametrize("event", ["submit", "_validate", "_add_row"])
def test_nobody_gets_in_by_any_event(event: str) -> None:
    assert_permission_denied(QuizComponent, event, user=AnonymousUser(), quiz_id=1)
