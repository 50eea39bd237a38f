import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated

from django.utils import timezone as django_timezone
from pydantic import BaseModel, Field

from cf_core import Component, registry
from cf_permissions import AllowAny
from shop.models import Product


class Size(Enum):
    SMALL = "S"
    LARGE = "L"


@dataclass
class Address:
    street: str
    city: str


class Line(BaseModel):
    sku: str
    quantity: int


@registry.register("kept")
class Kept(Component):
    """Keeps a value of every kind."""

    permission_classes = [AllowAny]

    def mount(self):
        self.state.update(
            nothing=None,
            flag=True,
            number=3,
            fraction=0.25,
            text="naïve",
            items=[1, [2, 3]],
            table={"a": 1},
            by_number={1: "one", 2: "two"},
            pair=(1, 2),
            seen={1, 2},
            frozen=frozenset({"a"}),
            raw=b"\x00\xff",
            price=Decimal("9.90"),
            key=uuid.UUID("12345678123456781234567812345678"),
            day=date(2024, 2, 29),
            at=datetime(2024, 2, 29, 12, 30, tzinfo=UTC),
            local=datetime(2024, 2, 29, 12, 30),
            opens=time(9, 0),
            lasts=timedelta(hours=1.5),
            size=Size.LARGE,
            address=Address("High Street 1", "Leeds"),
            line=Line(sku="b-1", quantity=2),
        )

    def on_check(self):
        """Does nothing: the state comes and goes."""


@registry.register("wish_list")
class WishList(Component):
    """Rows of the database in its state: references that are fetched when they are looked at."""

    permission_classes = [AllowAny]

    def mount(self):
        self.state["products"] = list(Product.objects.order_by("name"))

    def on_remove(self, pk: int):
        self.state["products"] = [product for product in self.state["products"] if product.pk != pk]


class Settings(BaseModel):
    volume: Annotated[int, Field(ge=0, le=11)]
    muted: bool = False


@registry.register("player")
class Player(Component):
    permission_classes = [AllowAny]
    state_schema = Settings

    def mount(self):
        self.state.update(volume=5, muted=False)

    def on_set_volume(self, volume: int):
        self.state["volume"] = volume


@registry.register("riddle")
class Riddle(Component):
    permission_classes = [AllowAny]
    locked_fields = ["answer"]

    def mount(self):
        self.state.update(question="What has keys and opens nothing?", answer="a piano", solved=False)

    def on_guess(self, text: str):
        self.state["solved"] = text.strip().lower() == self.state["answer"]


@registry.register("draft")
class Draft(Component):
    permission_classes = [AllowAny]
    state_store = "cache"

    def mount(self):
        self.state.update(text="", saved_at=None)

    def on_save(self, text: str):
        self.state.update(text=text, saved_at=django_timezone.now())
