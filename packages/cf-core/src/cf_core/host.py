"""Django as the framework around the engine."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.template.loader import render_to_string

from . import identities, policies, records, tokens
from .engine.calls import Call
from .engine.component import Component
from .engine.errors import ComponentError
from .engine.outbox import Outbox
from .engine.ports import Renderer, UnitOfWork, translate
from .failures import classify
from .rendering import DjangoRenderer, forget_processed
from .transactions import EventUnit

if TYPE_CHECKING:
    from django.contrib.messages.storage.base import Message


class DjangoHost:
    """What the engine asks of Django; see `cf_core.engine.ports.Host` for what each method is for."""

    def __init__(self) -> None:
        self._renderer = DjangoRenderer()

    identify = staticmethod(identities.identify)
    login_url = staticmethod(identities.login_url)
    default_permissions = staticmethod(policies.default_permissions)
    view_policy = staticmethod(policies.view_policy)
    request_policy = staticmethod(policies.request_policy)
    hold_policy = staticmethod(policies.push_policy)
    seal = staticmethod(tokens.seal)
    unseal = staticmethod(tokens.unseal)
    claim = staticmethod(records.claim)
    record = staticmethod(records.record)
    recorded = staticmethod(records.recorded)
    remember = staticmethod(records.remember)
    release = staticmethod(records.release)
    classify = staticmethod(classify)

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
        denied = {**error.body(), "error": translate(error.public)}
        context = {"denied": denied, "component_name": cls.component_name}
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

    def unit(self, component: Component) -> AbstractContextManager[UnitOfWork]:
        """Return the event's transaction."""
        forget_processed(component.request)
        return EventUnit(component)

    def commit(self, component: Component, outbox: Outbox) -> None:
        """Have the outbox delivered on commit."""
        if len(outbox):
            transaction.on_commit(outbox.deliver, using=component.using)
