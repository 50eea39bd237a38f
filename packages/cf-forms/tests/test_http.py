"""Forms over HTTP: as htmx sends them, as JSON, and from a browser without JavaScript."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from pydantic import BaseModel, EmailStr, field_validator

from cf_core import Registry, registry
from cf_forms import FormComponent
from cf_testing import dispatch_event
from tests.orders import GOOD, GOOD_FORM, Shown

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
ORDERS = "/components/order_form/"


def token_of(client: Client, url: str) -> str:
    """Return the state token of a fresh render."""
    token: str = client.get(url, headers={"Accept": "application/json"}).json()["state"]
    return token


def post_form(client: Client, fields: dict[str, Any], url: str = ORDERS, **headers: Any) -> Any:
    return client.post(url, {"_state": token_of(client, url), "event": "submit", **fields}, **(headers or HTMX))


def post_json(client: Client, payload: dict[str, Any], event: str = "submit", url: str = ORDERS) -> Any:
    body = {"event": event, "payload": payload, "state": token_of(client, url)}
    return client.post(url, json.dumps(body), content_type="application/json")


def test_a_form_and_json_are_answered_alike(client: Client) -> None:
    by_form = post_form(client, GOOD_FORM)
    by_json = post_json(client, GOOD)

    assert (by_form.status_code, by_json.status_code) == (200, 200)
    assert "'saved': {'name': 'Ada'" in by_form.content.decode().replace("&#x27;", "'")
    assert "'saved': {'name': 'Ada'" in by_json.json()["html"].replace("&#x27;", "'")


def test_a_refused_form_is_422_with_messages_by_path(client: Client) -> None:
    bad = {**GOOD_FORM, "items.0.qty": ["many"]}

    by_form = post_form(client, bad)
    by_json = post_json(client, {**GOOD, "items": [{"article": "pen", "qty": "many"}]})

    assert by_form.status_code == by_json.status_code == 422
    assert by_json.json()["errors"] == {"items.0.qty": ["Enter a whole number."]}
    assert "items.0.qty" in by_form.content.decode()


def test_unknown_names_are_422_in_json_only(client: Client) -> None:
    assert post_json(client, {**GOOD, "is_admin": True}).status_code == 422
    assert post_form(client, {**GOOD_FORM, "is_admin": "1"}).status_code == 200


def test_live_validation_is_answered_200_with_the_errors_of_what_was_left(client: Client) -> None:
    answer = post_form(client, {"event": "_validate", "name": "A", "email": "no", "_field": "name"})

    assert answer.status_code == 200
    assert "Enter at least 2 characters." in answer.content.decode()
    assert "email address" not in answer.content.decode()


def test_a_whole_form_brings_back_what_a_server_lost(client: Client) -> None:
    """After a 410 the client mounts anew and sends what is in the inputs."""
    answer = post_json(client, {"name": "Ada", "items": [{"article": "p"}, {}]}, "_validate")

    assert answer.status_code == 200
    again = client.post(
        ORDERS,
        json.dumps({"event": "_validate", "payload": {"name": "Ada"}, "state": answer.json()["state"]}),
        content_type="application/json",
    )
    assert "{'article': 'p'}, {}" in again.json()["html"]


def test_rows_are_added_over_http(client: Client) -> None:
    answer = post_form(client, {"event": "_add_row", "_list": "items", "items.0.article": "pen"})

    assert answer.status_code == 200
    assert "[{'article': 'pen'}, {}]" in answer.content.decode().replace("&#x27;", "'")


def test_too_many_names_are_refused(client: Client) -> None:
    deep = "address" + ".x" * 40

    assert post_form(client, {**GOOD_FORM, deep: "1"}).status_code == 400


class QuizAnswersSchema(BaseModel):
    answers: dict[int, str]


@registry.register("forms_quiz")
class QuizComponent(FormComponent):
    """The quiz of the source documents, with its questions at hand."""

    schema = QuizAnswersSchema
    renderer = Shown()
    permission_classes: Any = []
    public_params = ("quiz_id",)

    QUESTIONS = {1: {1: "B", 2: "True"}, 2: {1: "A", 2: "B", 3: "C", 4: "D"}}

    def mount(self, quiz_id: int) -> None:
        self.state["quiz"] = quiz_id
        self.state["submitted"] = False
        self.state["score"] = None
        self.state["feedback"] = {}

    def on_submit(self) -> None:
        answers = self.validated_data["answers"]
        score, feedback = self.grade(answers)
        self.state["submitted"] = True
        self.state["score"] = score
        self.state["feedback"] = feedback

    def grade(self, answers: dict[int, str]) -> tuple[int, dict[int, str]]:
        questions = self.QUESTIONS[self.state["quiz"]]
        feedback = {
            key: "correct" if answers.get(key, "") == right else "incorrect" for key, right in questions.items()
        }
        return int(list(feedback.values()).count("correct") / len(questions) * 100), feedback


def test_the_quiz_is_graded_as_the_source_document_shows() -> None:
    all_right = dispatch_event(QuizComponent, "submit", {"answers": {1: "B", 2: "True"}}, quiz_id=1)
    half = dispatch_event(QuizComponent, "submit", {"answers": {1: "A", 2: "B", 3: "X", 4: "X"}}, quiz_id=2)
    mixed = dispatch_event(QuizComponent, "submit", {"answers": {1: "B", 2: "False"}}, quiz_id=1)
    none = dispatch_event(QuizComponent, "submit", {"answers": {}}, quiz_id=1)

    assert (all_right.state["score"], all_right.state["submitted"]) == (100, True)
    assert half.state["score"] == 50
    assert mixed.state["feedback"] == {1: "correct", 2: "incorrect"}
    assert none.state["score"] == 0


def test_the_quiz_s_schema_is_checked_before_it_is_graded() -> None:
    quiz = dispatch_event(QuizComponent, "submit", {"answers": {"one": "B"}}, quiz_id=1)

    assert quiz.state["submitted"] is False
    assert quiz.errors == {"answers.one": ["Enter a whole number."]}


@pytest.mark.parametrize(
    "fields",
    [
        {"answers[1]": "B", "answers[2]": "True"},
        {"answers.1": "B", "answers.2": "True"},
        {"answers": '{"1": "B", "2": "True"}'},
        {"payload": '{"answers": {"1": "B", "2": "True"}}'},
    ],
)
def test_the_quiz_takes_its_answers_in_every_form(client: Client, fields: dict[str, str]) -> None:
    token = client.get("/components/forms_quiz/?quiz_id=1", headers={"Accept": "application/json"}).json()["state"]

    answer = client.post("/components/forms_quiz/", {"_state": token, "event": "submit", **fields}, **HTMX)

    assert answer.status_code == 200
    assert "'score': 100" in answer.content.decode().replace("&#x27;", "'")


class UserEditSchema(BaseModel):
    username: str
    email: EmailStr
    first_name: str
    last_name: str
    is_active: bool
    is_staff: bool = False
    is_superuser: bool = False

    @field_validator("username")
    @classmethod
    def username_not_empty(cls, v: str) -> str:
        if not v.strip():
            raise ValueError("Username cannot be blank.")
        return v.strip()


ROLES = ("is_staff", "is_superuser")


class UserEditComponent(FormComponent):
    """The user form of the source documents."""

    renderer = Shown()
    schema = UserEditSchema
    permission_classes: Any = []

    def get_read_only_fields(self) -> tuple[str, ...]:
        return () if getattr(self.user, "is_superuser", False) else ROLES

    def mount(self) -> None:
        user = get_user_model().objects.get(pk=self.params["user_id"])
        self.state.update({"user_id": user.pk, "saved": False, "error": None})
        self.state.update({name: getattr(user, name) for name in UserEditSchema.model_fields})

    def on_submit(self) -> None:
        data = self.validated_data
        user = get_user_model().objects.get(pk=self.state["user_id"])
        user.username = data.username
        user.email = data.email
        user.first_name = data.first_name
        user.last_name = data.last_name
        user.is_active = data.is_active
        user.is_staff = data.is_staff
        user.is_superuser = data.is_superuser
        user.save()
        self.state["saved"] = True

    def get_optimistic_patch(self, event: str, payload: dict[str, Any]) -> dict[str, Any] | None:
        if event == "submit":
            return {"saving": True, "error": None}
        return None


EDITED = {"username": " bob ", "email": "bob@example.com", "first_name": "", "last_name": "B", "is_active": True}


@pytest.fixture
def bob() -> Any:
    return get_user_model().objects.create_user("bobby", "old@example.com", is_staff=True)


@pytest.fixture
def admin() -> Any:
    return get_user_model().objects.create_superuser("admin")


def test_a_superuser_edits_a_user_with_roles(bob: Any, admin: Any) -> None:
    form = dispatch_event(UserEditComponent, "submit", {**EDITED, "is_staff": False}, user=admin, user_id=bob.pk)

    bob.refresh_from_db()
    assert form.state["saved"] is True
    assert (bob.username, bob.email, bob.is_staff) == ("bob", "bob@example.com", False)


def test_nobody_else_changes_a_role(bob: Any) -> None:
    sent = {**EDITED, "is_staff": False, "is_superuser": True}
    form = dispatch_event(UserEditComponent, "submit", sent, user=bob, user_id=bob.pk)

    bob.refresh_from_db()
    assert form.state["saved"] is True
    assert (bob.username, bob.is_staff, bob.is_superuser) == ("bob", True, False)


def test_a_blank_username_is_refused_in_the_author_s_words(bob: Any, admin: Any) -> None:
    form = dispatch_event(UserEditComponent, "submit", {**EDITED, "username": "  "}, user=admin, user_id=bob.pk)

    assert form.errors == {"username": ["Username cannot be blank."]}
    assert form.state["saved"] is False


def test_an_edit_form_begins_with_the_row_s_values(bob: Any, admin: Any) -> None:
    form = dispatch_event(UserEditComponent, user=admin, user_id=bob.pk)

    assert form.form_values()["username"] == "bobby"
    assert form.form_values()["is_staff"] is True


def test_more_than_a_state_may_hold_is_refused_quietly(client: Client) -> None:
    answer = post_form(client, {**GOOD_FORM, "note": "x" * 700_000, "email": "no"})

    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


class LockedOrder(FormComponent):
    schema = UserEditSchema
    renderer = Shown()
    permission_classes: Any = []
    locked_fields = ("form",)

    def on_look(self) -> None: ...


def test_what_was_typed_can_be_kept_on_the_server(client: Client, component_registry: Registry) -> None:
    component_registry.register("locked_order")(LockedOrder)
    url = "/components/locked_order/"
    first = post_json(client, {"username": "typed-name", "_field": ["email"]}, "_validate", url).json()
    again = {"event": "look", "payload": {}, "state": first["state"]}

    answer = client.post(url, json.dumps(again), content_type="application/json")

    assert "typed-name" in answer.json()["html"]
    assert "typed-name" not in first["state"]
