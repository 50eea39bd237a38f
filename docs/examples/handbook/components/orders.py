from decimal import Decimal
from typing import Annotated, Literal

from django import forms
from pydantic import BaseModel, EmailStr, Field, SecretStr, model_validator

from cf_core import registry
from cf_forms import FormComponent, Widget
from cf_permissions import AllowAny


class Line(BaseModel):
    article: str = Field(min_length=1)
    quantity: int = Field(1, ge=1, le=99)


class Order(BaseModel):
    name: str = Field(min_length=2, title="Your name")
    email: EmailStr
    delivery: Literal["post", "collect"] = "post"
    note: Annotated[str, Widget("textarea", rows=3)] = ""
    lines: list[Line] = Field(min_length=1, max_length=10)
    discount: Decimal = Decimal(0)

    @model_validator(mode="after")
    def check_collection(self):
        if self.delivery == "collect" and len(self.lines) > 5:
            raise ValueError("More than five lines have to be posted.")
        return self


@registry.register("order")
class OrderForm(FormComponent):
    schema = Order
    permission_classes = [AllowAny]
    labels = {"lines.*.quantity": "How many"}
    choices = {"lines.*.article": ["pen", ("ink", "Blue ink")]}

    def get_read_only_fields(self):
        return () if self.user.is_staff else ("discount",)

    def mount(self):
        self.state["discount"] = Decimal(5)

    def on_submit(self):
        data = self.validated_data
        if data.email.endswith("@example.org"):
            self.add_error("email", "We cannot write to this address.")
            return
        self.state["confirmed"] = f"{data['name']}: {len(data.lines)} lines, {data.discount} off"
        self.reset_form()

    def on_change_delivery(self, value: str):
        if value == "collect":
            self.set_value("note", "Collected at the shop")


class Account(BaseModel):
    user: str = Field(min_length=1)
    password: SecretStr = Field(min_length=8)


@registry.register("account")
class AccountForm(FormComponent):
    schema = Account
    permission_classes = [AllowAny]


class CallbackForm(forms.Form):
    number = forms.CharField(max_length=20)
    day = forms.DateField(required=False)


@registry.register("callback")
class Callback(FormComponent):
    schema = CallbackForm
    permission_classes = [AllowAny]

    def on_submit(self):
        self.state["number"] = self.validated_data.number
