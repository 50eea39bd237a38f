"""The gallery's components: each shows one thing, and fits on a screen."""

from __future__ import annotations

import asyncio
import datetime
import random
import time
from typing import Any

from django.db.models import Avg, Count, Sum
from django.utils import timezone

from cf_core import Component, CompositeComponent, Forbidden, RateLimited, registry
from cf_core.rendering import DjangoCottonRenderer
from cf_permissions import AllowAny
from shop.models import Inventory, Product, Review


@registry.register("counter")
class Counter(Component):
    """The smallest component that is one."""

    template_name = "gallery/counter.html"
    permission_classes = [AllowAny]

    def mount(self, initial: int = 0) -> None:
        """Begin where the tag says."""
        self.state["count"] = initial

    def on_increment(self, amount: int = 1) -> None:
        """Count up, or down by a negative amount."""
        self.state["count"] += amount


@registry.register("panel")
class Panel(Component):
    """A frame with two slots that its owner fills with whatever it likes."""

    template_name = "gallery/panel.html"
    permission_classes = [AllowAny]
    slots = ["body", "footer"]

    def mount(self, title: str = "Panel") -> None:
        """Begin open."""
        self.state.update({"title": title, "is_framed": False, "renders": 0})

    def on_toggle_frame(self) -> None:
        """Change the look; what stands in the slots is left alone."""
        self.state["is_framed"] = not self.state["is_framed"]

    def before_render(self) -> None:
        """Count the renders, to show that the slots do not lose anything by them."""
        self.state["renders"] += 1


@registry.register("scoreboard")
class Scoreboard(CompositeComponent):
    """A composite: its children are named in the class and stand in the slots of the same name."""

    template_name = "gallery/scoreboard.html"
    permission_classes = [AllowAny]
    components = {"home": "tally", "guests": "tally"}

    def mount(self, period: int = 1) -> None:
        """Begin with the first period."""
        self.state["period"] = period

    def on_next_period(self) -> None:
        """The period is the board's own; the scores belong to the children."""
        self.state["period"] = self.state["period"] % 4 + 1


@registry.register("tally")
class Tally(Component):
    """A small counter that stands inside other components."""

    template_name = "gallery/tally.html"
    permission_classes = [AllowAny]

    def mount(self, label: str = "") -> None:
        """Begin with nothing."""
        self.state.update({"label": label, "points": 0})

    def on_score(self, points: int = 1) -> None:
        """Add points."""
        self.state["points"] += points


@registry.register("tally_board")
class TallyBoard(Component):
    """A parent that adds and removes children; the others keep their points."""

    template_name = "gallery/tally_board.html"
    permission_classes = [AllowAny]

    names = ("Ada", "Grace", "Edsger", "Barbara", "Donald", "Radia")

    def mount(self) -> None:
        """Begin with two players."""
        self.state["players"] = [0, 1]

    def on_add_player(self) -> None:
        """Seat the first player who is not there."""
        free = [key for key in range(len(self.names)) if key not in self.state["players"]]
        if not free:
            self.errors["players"] = "Everybody is here already."
            return
        self.state["players"].append(free[0])

    def on_remove_player(self, key: int) -> None:
        """Let a player go."""
        self.state["players"] = [player for player in self.state["players"] if player != key]

    def on_shuffle(self) -> None:
        """Seat everybody elsewhere."""
        before = list(self.state["players"])
        while len(before) > 1 and self.state["players"] == before:
            random.shuffle(self.state["players"])

    def get_context(self) -> dict[str, Any]:
        """Give each player a name, and an id that stays theirs wherever they sit."""
        return {
            "players": [
                {"key": key, "name": self.names[key], "id": f"{self.id}-{key}"} for key in self.state["players"]
            ]
        }


@registry.register("greeting_card")
class GreetingCard(Component):
    """Rendered by a cotton component: <c-gallery.greeting_card />."""

    renderer = DjangoCottonRenderer()
    template_name = "gallery.greeting_card"
    permission_classes = [AllowAny]

    greetings = ("Hello", "Hej", "Salut", "Hola", "Ciao", "Olá", "Moin")

    def mount(self, who: str = "you") -> None:
        """Begin in English."""
        self.state.update({"who": who, "language": 0})

    def on_next_language(self) -> None:
        """Greet in the next language."""
        self.state["language"] = (self.state["language"] + 1) % len(self.greetings)

    def get_context(self) -> dict[str, Any]:
        """Choose the word."""
        return {"greeting": self.greetings[self.state["language"]]}


@registry.register("shop_figures")
class ShopFigures(Component):
    """A slow report that is not asked for before somebody scrolls to it."""

    template_name = "gallery/shop_figures.html"
    permission_classes = [AllowAny]

    def mount(self) -> None:
        """Add up the whole shop; the nap stands for a slow query."""
        time.sleep(0.6)
        self._count()

    def on_refresh(self) -> None:
        """Count again."""
        self._count()

    def _count(self) -> None:
        facts = Inventory.objects.aggregate(pieces=Sum("stock"))
        reviews = Review.objects.aggregate(count=Count("pk"), average=Avg("rating"))
        self.state.update(
            {
                "products": Product.objects.count(),
                "pieces": facts["pieces"] or 0,
                "reviews": reviews["count"],
                "average": reviews["average"],
                "as_of": timezone.now(),
            }
        )


@registry.register("todo_list")
class TodoList(Component):
    """A list and a form. Dates, booleans and nested lists in the state come back as what they were."""

    template_name = "gallery/todo_list.html"
    permission_classes = [AllowAny]

    limit = 8

    def mount(self) -> None:
        """Begin with something to do."""
        today = timezone.localdate()
        self.state.update(
            {
                "next_key": 4,
                "only_open": False,
                "items": [
                    {"key": 1, "title": "Click something", "is_done": True, "due": None},
                    {"key": 2, "title": "Read the source below", "is_done": False, "due": today},
                    {
                        "key": 3,
                        "title": "Write a component",
                        "is_done": False,
                        "due": today + datetime.timedelta(days=1),
                    },
                ],
            }
        )

    def on_add(self, title: str = "", due: datetime.date | None = None) -> None:
        """Add an item, or say what is wrong with it."""
        title = title.strip()
        if not title:
            self.errors["title"] = "What is there to do?"
        elif len(title) > 60:
            self.errors["title"] = f"60 characters at most; these are {len(title)}."
        if due is not None and due < timezone.localdate():
            self.errors["due"] = "That day is over."
        if len(self.state["items"]) >= self.limit:
            self.errors["title"] = f"{self.limit} are enough for one day. Finish one first."
        if self.errors:
            return
        self.state["items"].append({"key": self.state["next_key"], "title": title, "is_done": False, "due": due})
        self.state["next_key"] += 1

    def on_toggle(self, key: int) -> None:
        """Tick an item, or untick it."""
        for item in self.state["items"]:
            if item["key"] == key:
                item["is_done"] = not item["is_done"]

    def on_remove(self, key: int) -> None:
        """Take an item off the list."""
        self.state["items"] = [item for item in self.state["items"] if item["key"] != key]

    def on_filter(self) -> None:
        """Show what is open, or everything."""
        self.state["only_open"] = not self.state["only_open"]

    def get_context(self) -> dict[str, Any]:
        """Pick what the filter lets through."""
        items = self.state["items"]
        open_items = [item for item in items if not item["is_done"]]
        return {
            "items": open_items if self.state["only_open"] else items,
            "open_count": len(open_items),
            "today": timezone.localdate(),
        }


@registry.register("dice")
class Dice(Component):
    """A handler may be `async def`. This one is slow, so that the pending look shows; no click is lost."""

    template_name = "gallery/dice.html"
    permission_classes = [AllowAny]

    def mount(self) -> None:
        """Begin without a throw."""
        self.state["throws"] = []

    async def on_throw(self) -> None:
        """Wait for the die to come to rest."""
        await asyncio.sleep(0.7)
        self.state["throws"] = [*self.state["throws"][-9:], random.randint(1, 6)]

    async def on_clear(self) -> None:
        """Begin anew."""
        self.state["throws"] = []

    def get_context(self) -> dict[str, Any]:
        """Add up."""
        return {"total": sum(self.state["throws"])}


@registry.register("mishaps")
class Mishaps(Component):
    """What a visitor sees when a handler fails, refuses, or is asked too often."""

    template_name = "gallery/mishaps.html"
    permission_classes = [AllowAny]

    def mount(self) -> None:
        """Begin unharmed."""
        self.state["survived"] = 0

    def on_survive(self) -> None:
        """Show that the component still works."""
        self.state["survived"] += 1

    def on_crash(self) -> None:
        """Fail as code fails; what the event changed is undone."""
        self.state["survived"] = -1
        raise RuntimeError("The gallery's crash button was pressed")

    def on_forbidden(self) -> None:
        """Refuse."""
        raise Forbidden(message="This button is for nobody")

    def on_too_often(self) -> None:
        """Ask for patience."""
        raise RateLimited(retry_after=2)
