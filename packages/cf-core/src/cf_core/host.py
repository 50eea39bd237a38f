"""Django as the framework around the engine."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.template.loader import render_to_string

from . import identities, policies, records, tokens
from .engine.calls import Answer, Call
from .engine.component import Component
from .engine.errors import ComponentError
from .engine.identity import Identity
from .engine.outbox import Outbox
from .engine.ports import Claim, Renderer, Steps, UnitOfWork
from .engine.state import StateToken
from .failures import classify
from .rendering import DjangoRenderer, forget_processed
from .transactions import EventUnit

if TYPE_CHECKING:
    from django.contrib.messages.storage.base import Message


class DjangoHost:
    """What the engine asks of Django; see `cf_core.engine.ports.Host` for what each method is for."""

    def __init__(self) -> None:
        self._renderer = DjangoRenderer()

    def identify(self, request: Any, params: Mapping[str, Any]) -> Identity:
        """Return who asks."""
        return identities.identify(request, params)

    def default_permissions(self) -> tuple[Any, ...]:
        """Return the classes of DEFAULT_PERMISSION_CLASSES."""
        return policies.default_permissions()

    def view_permissions(self, view: str) -> tuple[Any, ...]:
        """Return a view's classes by its name in tokens."""
        return policies.permissions_of(view)

    def login_url(self) -> str | None:
        """Return LOGIN_URL as a path."""
        return identities.login_url()

    def default_renderer(self) -> Renderer:
        """Return Django's template engines."""
        return self._renderer

    def render_lazy(self, component: Component) -> str:
        """Return the placeholder template's HTML."""
        name = getattr(component, "placeholder_template", None) or "cf_core/lazy.html"
        context = {"component": component, "component_id": component.id, **component.params}
        return render_to_string(name, context, request=component.request)

    def render_denied(self, call: Call, error: ComponentError) -> str:
        """Return the `not allowed` template's HTML: it gets the error's body and the name, and no data."""
        cls = call.component if isinstance(call.component, type) else type(call.component)
        context = {"denied": error.body(), "component_name": cls.component_name}
        names = [f"cf_core/denied/{cls.component_name}.html", "cf_core/denied.html"]
        return render_to_string(names, context, request=call.request)

    def take_messages(self, component: Component) -> tuple[dict[str, Any], ...]:
        """Return the messages that were added during this request; older ones stay for the next page."""
        storage = getattr(component.request, "_messages", None)
        if storage is None or not storage.added_new:
            return ()
        queued: list[Message] = storage._queued_messages
        taken = tuple({"level": m.level, "tags": m.tags, "text": str(m.message)} for m in queued)
        queued.clear()
        storage.added_new = False
        return taken

    def seal(self, component: Component, token: StateToken, rid: str | None, *, is_current: bool) -> str:
        """Return a token's signed text."""
        return tokens.seal(component, token, rid, is_current=is_current)

    def unseal(
        self, cls: type[Component], text: str, identity: Identity, rid: str | None, *, expected_id: str | None
    ) -> StateToken:
        """Return a signed text's token."""
        return tokens.unseal(cls, text, identity, rid, expected_id=expected_id)

    def unit(self, component: Component) -> AbstractContextManager[UnitOfWork]:
        """Return the event's transaction."""
        forget_processed(component.request)
        return EventUnit(component)

    def commit(self, component: Component, outbox: Outbox) -> None:
        """Have the outbox delivered on commit."""
        if len(outbox):
            transaction.on_commit(outbox.deliver, using=component.using)

    def claim(self, call: Call, component: Component) -> Steps:
        """Claim a request id."""
        return records.claim(call, component)

    def record(self, claim: Claim, call: Call, component: Component, unit: UnitOfWork, answer: Answer) -> None:
        """Insert the event's record."""
        records.record(claim, call, component, unit, answer)

    def recorded(self, claim: Claim, component: Component) -> Answer | None:
        """Return a request id's recorded answer."""
        return records.recorded(claim, component)

    def remember(self, claim: Claim, answer: Answer) -> None:
        """Keep an answer in the cache."""
        records.remember(claim, answer)

    def release(self, claim: Claim) -> None:
        """Give a request id free."""
        records.release(claim)

    def classify(self, error: Exception) -> ComponentError | None:
        """Return what an exception means to a client."""
        return classify(error)
