"""From a component's state to the HTML and token that travel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .calls import NO_EFFECTS, Answer, Call, StateSnapshot
from .children import fill_slots
from .ports import Host, Steps, current_host
from .slots import Slots
from .stamp import TOKEN_MARK, Rendered, stamp
from .state import StateToken

if TYPE_CHECKING:
    from .component import Component


def render_and_seal(call: Call, component: Component, host: Host, *, is_current: bool = False) -> Steps:
    """Render the component, seal its state, and return the call's Answer.

    `is_current` repeats the render of a state that is sealed already: it begins no new revision.
    """
    rendered: Rendered | None = None
    slots = Slots()
    if component._renders or call.event is None:
        rendered = yield from render(component, host, slots)
    else:
        component._placed = dict(component._children)
    if component.state_schema is not None:
        component._check_state("sealed")
    text = seal(call, component, host, is_current=is_current)
    effects = NO_EFFECTS
    if call.event is not None:
        messages = () if call.keeps_messages else host.take_messages(component)
        if messages or component._effects:
            effects = component._effects_wanted(messages)
    # What the framework asks on its own account, while a form is being filled in, is not refused.
    is_refused = component.errors and call.event is not None and call.event[:1] != "_"
    status = 204 if rendered is None else 422 if is_refused else 200
    return Answer(
        status=status,
        component=type(component).component_name,
        component_id=component.id,
        token=text,
        rendered=rendered,
        errors=component.errors,
        slots=slots,
        optimistic=call.optimistic,
        effects=effects,
        state=component.state,
    )


def render(component: Component, host: Host, slots: Slots) -> Steps:
    """Run `before_render` and the template, and return the stamped root."""
    pending = component.before_render()
    if pending is not None:
        yield pending
    component._placed = {}
    if component.slots:
        yield from fill_slots(component, slots)
    cls = type(component)
    renderer = component.renderer or host.default_renderer()
    component._is_rendering = True
    try:
        html = renderer.render(component, template_context(component, slots))
    finally:
        component._is_rendering = False
        component._verdicts = None
    for name in component.slots:
        # What the template left out is not on the page any more, so a later render cannot refer to it.
        if name not in slots.looked_at:
            component._placed.pop(f"slot:{name}", None)
    if "<" not in html:
        # The text of a test renderer: there is nothing to stamp, and nothing that a browser would be sent.
        return Rendered(html, -1, "", component.id)
    return stamp_root(html, component, f"The template of {cls.__name__}")


def stamp_root(html: str, component: Component, where: str) -> Rendered:
    """Return the HTML with the attributes by which the client knows a component's root."""
    return stamp(html, type(component)._stamp(), component.id, where)


def template_context(component: Component, slots: Slots) -> dict[str, Any]:
    """Return what the template sees: the params by name, `get_context()`, then the names that are always there."""
    return {
        **component.params,
        **component.get_context(),
        "state": StateSnapshot(component.state, TOKEN_MARK, type(component).component_name),
        "errors": component.errors,
        "slots": slots,
        "component_id": component.id,
        "component": component,
    }


def seal(call: Call, component: Component, host: Host, *, is_current: bool = False) -> str:
    """Return the token of what the component has become, for whoever asks now (a handler may have logged in)."""
    is_mounted = component.is_mounted
    before, policy = component._token, component._policy
    identity = host.identify(component.request, component.params)
    if not is_current:
        component.revision += 1
    params, injected = component.params, component._injected
    # The user is filled in afresh on every call and never travels.
    params = (
        {name: value for name, value in params.items() if name not in injected} if len(params) > len(injected) else {}
    )
    token = StateToken(
        component=type(component).component_name,
        id=component.id,
        params=params,
        state=component.dehydrate() if is_mounted else {},
        revision=component.revision,
        audience=identity.audience(),
        view=policy.view if policy is not None else None,
        children=component._placed,
        groups=before.groups if before is not None else {},
        is_mounted=is_mounted,
    )
    return host.seal(component, token, None if is_current else call.rid, is_current=is_current)


def lazy_answer(call: Call, component: Component, host: Host) -> Answer:
    """Return the placeholder of a component that is to be mounted when it comes into view."""
    rendered = stamp_root(host.render_lazy(component), component, f"The placeholder of {type(component).__name__}")
    text = seal(call, component, host)
    return Answer(200, type(component).component_name, component.id, text, rendered)


def render_alone(component: Component) -> Steps:
    """Render and seal an instance as it is, outside any call."""
    host = current_host()
    if component._policy is None and component.request is not None:
        component._policy = host.request_policy(component.request)
    slots = Slots()
    rendered = yield from render(component, host, slots)
    text = seal(Call(component), component, host)
    return rendered.with_token(text)
