"""Django signals around the stages of a call, for those who measure."""

from __future__ import annotations

from typing import Any

from django.dispatch import Signal

from .engine.extensions import Span, extensions

__all__ = ["component_event", "component_mounted", "component_rendered"]


class StageSignal(Signal):
    """A signal that has the lifecycle observed only once somebody listens: unheard spans cost nothing."""

    def connect(self, *args: Any, **kwargs: Any) -> None:
        """Connect a receiver, as Django's signals do."""
        super().connect(*args, **kwargs)
        if _observer not in extensions.observers:
            extensions.observers.append(_observer)


component_mounted = StageSignal()
"""After mount or hydrate: `sender` is the class; `component, stage, seconds, queries, error`."""
component_event = StageSignal()
"""After a handler ran: `sender` is the class; `component, event, seconds, queries, error`."""
component_rendered = StageSignal()
"""After rendering and sealing: `sender` is the class; `component, event, seconds, queries, error`."""

_BY_STAGE = {
    "mount": component_mounted,
    "hydrate": component_mounted,
    "event": component_event,
    "render": component_rendered,
}


class SignalObserver:
    """Passes the engine's spans on as signals."""

    def began(self, stage: str, component: Any, event: str | None) -> None:
        """Do nothing: signals tell of what has ended."""

    def ended(self, span: Span) -> None:
        """Send the stage's signal; a receiver that raises does not undo what has happened."""
        signal = _BY_STAGE[span.stage]
        if signal.has_listeners(type(span.component)):
            signal.send_robust(
                sender=type(span.component),
                component=span.component,
                stage=span.stage,
                event=span.event,
                seconds=span.seconds,
                queries=span.queries,
                error=span.error,
            )


_observer = SignalObserver()
