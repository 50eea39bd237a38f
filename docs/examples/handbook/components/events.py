from datetime import date
from enum import Enum
from typing import Literal

from django.contrib import messages
from django.urls import reverse
from pydantic import BaseModel

from cf_core import Component, registry
from cf_permissions import AllowAny


class Meal(Enum):
    NONE = "none"
    LUNCH = "lunch"


class Guest(BaseModel):
    name: str
    age: int | None = None


@registry.register("booking")
class Booking(Component):
    permission_classes = [AllowAny]

    def mount(self):
        self.state["booked"] = []

    def on_book(self, day: date, seats: int = 1, meal: Meal = Meal.NONE, quiet: bool = False):
        self.state["booked"].append({"day": day, "seats": seats, "meal": meal, "quiet": quiet})

    def on_invite(self, guest: Guest, tags: tuple[str, ...] = ()):
        self.state["booked"].append({"guest": guest.name, "tags": tags})

    def on_wish(self, note: str | None = None):
        if note is not None and "party" in note:
            self.errors["note"] = "No parties, please."
            return
        self.state["note"] = note


@registry.register("shelf")
class Shelf(Component):
    permission_classes = [AllowAny]

    def mount(self):
        self.state["names"] = ["apple", "pear"]

    def on_take(self, name: str):
        self.emit("product-taken", name=name)
        messages.success(self.request, f"{name} is in the basket.")


@registry.register("basket")
class Basket(Component):
    permission_classes = [AllowAny]
    listens = {"product-taken": "add"}

    def mount(self):
        self.state["names"] = []

    def on_add(self, name: str):
        self.state["names"].append(name)

    def on_empty(self):
        self.state["names"].clear()
        self.announce("The basket is empty.")
        self.focus("basket-heading")

    def on_sort(self, order: Literal["name", "taken"]):
        self.state["order"] = order
        self.push_url(f"?order={order}")

    def on_seen(self):
        self.state["seen"] = True
        self.skip_render()

    def on_check_out(self):
        self.redirect(reverse("handbook-thanks"))
