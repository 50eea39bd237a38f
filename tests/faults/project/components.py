"""Components whose events can be counted. Each shows a number of its own render: answers that are equal are copies."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from cf_core import Component, registry
from cf_core.engine.outbox import current_outbox
from cf_permissions import AllowAny

from .faultpoints import fault, pause
from .models import Effect, Line, Paper, Stock


class AllowAfterFault(AllowAny):
    """Anybody; asked once the request is read and before its id is claimed."""

    def has_permission(self, request: Any, component: Component) -> bool:
        fault("after-parsing")
        return True


class Faulty(Component, exposes_events=False):
    """Has the fault points that lie before the handler, and shows a number that no two renders share."""

    permission_classes = [AllowAfterFault]
    template_name = "components/faulty.html"

    def mount(self) -> None:
        self.state["told"] = "nothing yet"

    def hydrate(self, state: dict[str, Any]) -> None:
        fault("after-claim")
        super().hydrate(state)

    def get_context(self) -> dict[str, Any]:
        return {"render": uuid.uuid4().hex}

    def write(self, key: str, n: int = 0) -> None:
        """Write an effect between two fault points, and have a message sent that leaves one too."""
        fault("before-write")
        transaction.on_commit(lambda: fault("after-commit"))
        Effect.objects.create(label=key, n=n)
        outbox = current_outbox.get()
        assert outbox is not None
        outbox.add(lambda: Effect.objects.create(label=f"sent-{key}", n=n))
        fault("after-write")
        pause()


@registry.register("ledger")
class Ledger(Faulty):
    """Writes one effect, and fails afterwards in ways of its own."""

    def on_book(self, key: str, n: int = 0) -> None:
        self.write(key, n)
        self.state["told"] = f"booked {n}"
        self.announce("Booked")

    async def on_book_async(self, key: str) -> None:
        fault("before-write")
        await Effect.objects.acreate(label=key)
        fault("after-write")
        self.state["told"] = "booked"

    def on_dangle(self, key: str) -> None:
        """Break a reference that the database checks at COMMIT (MariaDB: at once)."""
        self.write(key)
        Line.objects.create(effect_id=-1)
        self.state["told"] = "booked"

    def on_grow(self, key: str) -> None:
        """Make the state too large to be sealed."""
        self.write(key)
        self.state["told"] = "x" * 600_000

    def on_fail(self, key: str) -> None:
        self.write(key)
        raise RuntimeError("the handler failed")

    def on_hook(self, key: str) -> None:
        """Have a hook of the author's fail, after the event is durable."""
        self.write(key)
        transaction.on_commit(_fail)
        self.state["told"] = "booked"


@registry.register("stored")
class Stored(Ledger):
    """Keeps its state in the cache."""

    state_store = "cache"


@registry.register("loose")
class Loose(Ledger):
    """Not atomic: only the cache remembers."""

    atomic = False


@registry.register("broken")
class Broken(Faulty):
    """Writes, and then its template fails."""

    template_name = "components/broken.html"

    def on_book(self, key: str) -> None:
        self.write(key)
        self.state["breaks"] = True

    def explode(self) -> str:
        raise RuntimeError("the template failed")


@registry.register("shop")
class Shop(Faulty):
    """Sells the last one. A second run of the same event would find nothing left and say so."""

    def on_buy(self, key: str) -> None:
        bought = Stock.objects.filter(name=key, amount__gt=0).update(amount=F("amount") - 1)
        if not bought:
            self.state["told"] = "sold out"
            return
        self.write(key)
        self.state["told"] = "bought"

    def on_look_and_buy(self, key: str) -> None:
        """Read first: a second run refuses before it writes anything."""
        if not Stock.objects.filter(name=key, amount__gt=0).exists():
            raise ValidationError("Sold out")
        self.on_buy(key)

    def on_look_and_tell(self, key: str) -> None:
        """Read first: a second run only shows what it found."""
        if not Stock.objects.filter(name=key, amount__gt=0).exists():
            self.errors["key"] = ["Sold out"]
            return
        self.on_buy(key)

    def on_swap(self, key: str, first: str, second: str) -> None:
        """Lock two rows, one after the other."""
        Stock.objects.filter(name=first).update(amount=F("amount") - 1)
        self.write(key)
        Stock.objects.filter(name=second).update(amount=F("amount") + 1)
        self.state["told"] = "swapped"

    def on_count(self, key: str) -> None:
        """Count up from the number that was read, if it still holds."""
        while True:
            read = Stock.objects.get(name=key).amount
            if Stock.objects.filter(name=key, amount=read).update(amount=read + 1):
                break
        self.write(key)
        self.state["told"] = "counted"


@registry.register("reader")
class Reader(Faulty):
    """Writes nothing."""

    def on_read(self, key: str) -> None:
        fault("before-write")
        self.state["told"] = f"{Effect.objects.filter(label=key).count()} effects"


class NeedsPaper(AllowAfterFault):
    """Whoever has the paper may."""

    def has_object_permission(self, request: Any, component: Component, target: Any) -> bool:
        key = component.state.get("key")
        return key is None or Paper.objects.filter(name=key).exists()


@registry.register("shredder")
class Shredder(Faulty):
    """Deletes what its own permission needs."""

    permission_classes = [NeedsPaper]
    public_params = ["key"]

    def mount(self, key: str) -> None:
        self.state |= {"key": key, "told": "nothing yet"}

    def on_shred(self) -> None:
        key = self.state["key"]
        Paper.objects.filter(name=key).delete()
        self.write(key)
        self.state["told"] = "shredded"


@registry.register("basket")
class Basket(Faulty):
    """Starts a session for a visitor, as a shopping basket does."""

    def on_book(self, key: str) -> None:
        self.write(key)
        self.request.session["basket"] = key
        self.state["told"] = "booked"


def _fail() -> None:
    raise RuntimeError("a hook of the author's failed")
