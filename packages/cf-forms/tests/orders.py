"""The forms that the tests send."""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, EmailStr, Field, SecretStr, model_validator

from cf_core import Component, registry
from cf_forms import FormComponent, Widget


class Shown:
    """Renders what a test wants to see."""

    def render(self, component: Component, context: dict[str, Any]) -> str:
        return f"<div>{component.state} {component.errors}</div>"


class Colour(enum.Enum):
    RED = 1
    DARK_BLUE = 2


class Address(BaseModel):
    street: str
    postcode: Annotated[str, Field(pattern=r"^\d{5}$")]


class Line(BaseModel):
    article: Annotated[str, Field(min_length=1)]
    qty: Annotated[int, Field(ge=1, le=99)] = 1
    gift: bool = False


class Order(BaseModel):
    name: Annotated[str, Field(min_length=2, max_length=20, title="Your name", description="As on the letter box")]
    email: EmailStr
    note: Annotated[str, Widget("textarea", rows=3)] = ""
    age: int | None = None
    price: Decimal = Field(default=Decimal("1.50"), ge=0, decimal_places=2)
    colour: Colour = Colour.RED
    size: Literal["s", "m", "l"] = "m"
    extras: list[Literal["gift", "card"]] = []
    wanted: date | None = None
    address: Address
    items: Annotated[list[Line], Field(min_length=1, max_length=3)]
    tags: list[str] = []
    answers: dict[int, str] = {}
    news: bool = False
    terms: bool


GOOD: dict[str, Any] = {
    "name": "Ada",
    "email": "ada@example.com",
    "address": {"street": "Main 1", "postcode": "12345"},
    "items": [{"article": "pen", "qty": 2}],
    "terms": True,
}

GOOD_FORM: dict[str, Any] = {
    "name": ["Ada"],
    "email": ["ada@example.com"],
    "address.street": ["Main 1"],
    "address.postcode": ["12345"],
    "items.0.article": ["pen"],
    "items.0.qty": ["2"],
    "terms": ["on"],
}


@registry.register("order_form")
class OrderForm(FormComponent):
    schema = Order
    renderer = Shown()
    permission_classes: Any = []

    def on_submit(self) -> None:
        self.state["saved"] = self.validated_data.model_dump(mode="json")


class Secret(BaseModel):
    user: str
    password: SecretStr
    again: SecretStr

    @model_validator(mode="after")
    def _same(self) -> Secret:
        if self.password != self.again:
            raise ValueError("The passwords differ.")
        return self


@registry.register("secret_form")
class SecretForm(FormComponent):
    schema = Secret
    renderer = Shown()
    permission_classes: Any = []

    async def on_submit(self) -> None:
        self.state["length"] = len(self.validated_data.password.get_secret_value())
