"""Components inside components: rendered whole once, kept by the page afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .calls import Answer, Call
from .drivers import run_sync
from .errors import ComponentError
from .ports import Steps, current_host
from .slots import SafeHtml, Slots, placeholder, wrapped
from .state import Child

if TYPE_CHECKING:
    from .component import Component


def place_child(parent: Component, key: str, call: Call) -> Steps:
    """Return the HTML of a live component inside `parent`: whole the first time, a placeholder afterwards.

    `key` tells the children of one parent apart from render to render.
    """
    while key in parent._placed:
        key += "+"
    shown = parent._children.get(key)
    if shown is not None:
        parent._placed[key] = shown
        return placeholder(shown)
    # What holds for the parent holds for what it shows inside.
    call.policy = parent._policy
    html, child = yield from render_nested(call)
    if child is not None:
        parent._placed[key] = child
    return html


def render_nested(call: Call) -> Steps:
    """Return (HTML, child) of a component's first render; where it is refused, a notice without data and no child."""
    host = current_host()
    cls = call.component if isinstance(call.component, type) else type(call.component)
    try:
        answer: Answer = yield from cls._perform(call)
    except ComponentError as error:
        if not error.is_notice:
            raise
        return host.render_denied(call, error), None
    rendered = answer.rendered
    child = None
    if rendered is not None and rendered.tag:
        child = Child(answer.component, answer.component_id, rendered.tag, rendered.dom_id)
    return answer.html, child


def fill_slots(component: Component, slots: Slots) -> Steps:
    """Put into the slots what was filled in, placeholders for what the page shows, and a composite's components."""
    for name in component.slots:
        key = f"slot:{name}"
        shown = component._children.get(key)
        content = component._fills.get(name)
        if content is None and shown is None:
            default = component._slot_component(name)
            if default is not None:
                call = Call(default, request=component.request)
                slots.put_later(name, _later(component, key, call))
        elif content is not None and hasattr(type(content), "_perform"):
            if component.request is None:
                content.params.setdefault("user", component.params.get("user"))
            call = Call(content, request=content.request or component.request)
            slots.put(name, SafeHtml((yield from place_child(component, key, call))))
        elif shown is not None:
            component._placed[key] = shown
            slots.put(name, placeholder(shown))
        else:
            html, component._placed[key] = wrapped(component.id, name, content)
            slots.put(name, html)


def _later(parent: Component, key: str, call: Call) -> Callable[[], SafeHtml]:
    def render() -> SafeHtml:
        return SafeHtml(run_sync(place_child(parent, key, call)))

    return render
