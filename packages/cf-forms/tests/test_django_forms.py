"""A Django form stands in for the schema."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cf_core import ComponentDefinitionError, registry
from cf_forms import FormComponent
from cf_forms.django_forms import DjangoFormBinding
from cf_testing import dispatch_event
from tests.orders import Shown

pytestmark = pytest.mark.django_db


class ContactForm(forms.Form):
    name = forms.CharField(max_length=20, help_text="Yours")
    email = forms.EmailField(required=False)
    topic = forms.ChoiceField(choices=[("a", "Apples"), ("Others", [("b", "Bees")])])
    tags = forms.MultipleChoiceField(choices=[("x", "X"), ("y", "Y")], required=False)
    age = forms.IntegerField(min_value=3, required=False)
    day = forms.DateField(required=False)
    agree = forms.BooleanField()
    letter = forms.FileField(required=False)
    secret = forms.CharField(widget=forms.PasswordInput, required=False)
    message = forms.CharField(widget=forms.Textarea, initial="Hello", required=False)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("name") == "Eve":
            raise forms.ValidationError("Not you.")
        return self.cleaned_data


class UserForm(forms.ModelForm):
    class Meta:
        model = get_user_model()
        fields = ("username", "email")


@registry.register("django_contact")
class Contact(FormComponent):
    schema = ContactForm
    renderer = Shown()
    permission_classes: Any = []

    def on_submit(self) -> None:
        data = self.validated_data
        self.state["got"] = [data.name, data["tags"], str(data.day), data.agree]
        self.state["letter"] = data.letter.read().decode() if data.letter else ""


class EditUser(FormComponent):
    schema = UserForm
    renderer = Shown()
    permission_classes: Any = []

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"instance": get_user_model().objects.get(pk=self.params["pk"])}

    def on_submit(self) -> None:
        self.validated_data.model.save()


GOOD: dict[str, Any] = {"name": "Ada", "topic": "b", "tags": ["x", "y"], "day": "2026-11-20", "agree": True}


def test_a_django_form_has_the_same_fields() -> None:
    fields = {field.name: field for field in DjangoFormBinding().fields(ContactForm)}

    assert [field.kind for field in fields.values()] == [
        "text", "email", "select", "select", "number", "date", "checkbox", "file", "password", "textarea",
    ]  # fmt: skip
    assert fields["name"].required
    assert dict(fields["name"].constraints) == {"maxlength": "20"}
    assert fields["name"].help_text == "Yours"
    assert fields["topic"].choices == (("a", "Apples"), ("b", "Bees"))
    assert fields["age"].constraints["min"] == 3
    assert fields["tags"].multiple


def test_cleaned_data_are_the_validated_data() -> None:
    form = dispatch_event(Contact, "submit", GOOD)

    assert form.errors == {}
    assert form.state["got"] == ["Ada", ["x", "y"], "2026-11-20", True]


def test_the_form_s_errors_are_the_component_s() -> None:
    form = dispatch_event(Contact, "submit", {**GOOD, "agree": False, "age": 1, "secret": "s3cret", "name": "Eve"})

    assert set(form.errors) == {"agree", "age", "__all__"}
    assert form.errors["__all__"] == ["Not you."]
    assert form.form_values()["name"] == "Eve"
    assert "s3cret" not in repr(form.state)


def test_initial_values_are_the_form_s() -> None:
    assert dispatch_event(Contact).form_values() == {"message": "Hello"}


def test_a_django_form_is_sent_with_a_file(client: Client) -> None:
    token = client.get("/components/django_contact/", headers={"Accept": "application/json"}).json()["state"]
    sent = {"_state": token, "event": "submit", "name": "Ada", "topic": "a", "tags": ["x"], "agree": "on"}

    answer = client.post(
        "/components/django_contact/",
        {**sent, "letter": SimpleUploadedFile("a.txt", b"Dear all")},
        HTTP_HX_REQUEST="true",
    )

    assert answer.status_code == 200
    assert "Dear all" in answer.content.decode()


def test_a_model_form_saves_its_row_or_says_why_not() -> None:
    users = get_user_model().objects
    ada, bob = users.create_user("ada"), users.create_user("bob")

    saved = dispatch_event(EditUser, "submit", {"username": "lady", "email": "a@example.com"}, pk=ada.pk)
    refused = dispatch_event(EditUser, "submit", {"username": "lady", "email": ""}, pk=bob.pk)

    ada.refresh_from_db()
    assert saved.errors == {}
    assert (ada.username, ada.email) == ("lady", "a@example.com")
    assert list(refused.errors) == ["username"]


def test_a_widget_of_several_inputs_is_refused() -> None:
    class Split(forms.Form):
        at = forms.SplitDateTimeField()

    with pytest.raises(ComponentDefinitionError, match="several inputs"):
        DjangoFormBinding().fields(Split)


def test_what_is_no_schema_is_named() -> None:
    class Wrong(FormComponent):
        schema = dict
        renderer = Shown()

    with pytest.raises(ComponentDefinitionError, match="Expected a pydantic model"):
        dispatch_event(Wrong, "submit", {})
