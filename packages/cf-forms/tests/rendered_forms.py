"""Forms that the tests of rendering share."""

from __future__ import annotations

import enum
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.core.files.uploadedfile import UploadedFile
from pydantic import BaseModel, ConfigDict, EmailStr, Field, HttpUrl, SecretStr

from cf_core import registry
from cf_forms.component import FormComponent
from cf_forms.definitions import Widget


class Colour(enum.Enum):
    RED = "r"
    GREEN = "g"


class Address(BaseModel):
    street: str = Field(min_length=2, description="With the number.")
    zip: str = Field(pattern="^[0-9]{5}$")


class Item(BaseModel):
    name: str = Field(min_length=1)
    quantity: int = Field(ge=1, le=99)


class Everything(BaseModel):
    """One field of every kind."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = Field(min_length=2, max_length=40, description="As on your <b>card</b>.")
    bio: str = Field("", max_length=2000)
    email: EmailStr
    homepage: HttpUrl | None = None
    password: SecretStr = Field(min_length=8)
    age: int = Field(ge=18, le=120)
    price: Decimal = Field(ge=0, decimal_places=2)
    born: date
    starts: datetime
    alarm: time
    terms: Literal[True]
    news: bool = False
    country: Literal["de", "es", "fr", "it", "nl"]
    colour: Colour
    sizes: list[Literal["s", "m", "l"]] = []
    photo: UploadedFile | None = None
    papers: list[UploadedFile] = []
    origin: Annotated[str, Widget("hidden")] = "here"
    address: Address
    items: list[Item] = Field(default=[], min_length=1, max_length=3)
    tags: list[str] = []
    extra: dict[str, int] = {}


VALUES: dict[str, Any] = {
    "name": 'Ann "A" <Smith>',
    "bio": "\nfirst\nsecond",
    "email": "ann@example.org",
    "password": "hunter2-canary",
    "age": 1234,
    "price": Decimal("1234.50"),
    "born": date(2026, 3, 1),
    "starts": datetime(2026, 3, 1, 10, 0),
    "alarm": time(7, 30, 15),
    "news": True,
    "country": "it",
    "colour": Colour.GREEN,
    "sizes": ["s", "l"],
    "address": {"street": "Main Street 1", "zip": "12345"},
    "items": [{"name": "Pen", "quantity": 1}, {"name": "Ink", "quantity": 2}],
    "tags": ["new"],
    "extra": {"a": 1},
}


@registry.register("everything")
class EverythingForm(FormComponent):
    schema = Everything

    def get_initial(self) -> dict[str, Any]:
        return VALUES


@registry.register("blank_everything")
class BlankForm(FormComponent):
    schema = Everything
