"""The one way through: open, admit, restore, handle, render, seal. Every transport runs `perform`.

A generator: it yields the result of every call that an author may write as `def` or `async def`, and is sent what
came of it; `drivers` has the two loops that run it.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from .admission import admit, admit_object, check_apps, checks_of
from .calls import LAZY, Answer, Call, join_issued, join_policies
from .errors import InProgress, Invalid, NotFound, StateConflict, StateInvalid
from .eventlog import is_logged, log_event
from .events import EventHandler
from .extensions import Span, extensions
from .outbox import Outbox, current_outbox
from .ports import Claim, Host, Replayed, Steps, UnitOfWork, current_host
from .rendering import lazy_answer, render_and_seal

if TYPE_CHECKING:
    from .component import Component
    from .identity import Identity
    from .state import StateToken

Performance = Generator[Any, Any, Answer]


def perform(call: Call) -> Performance:
    """Return the steps of one call; they raise what it refuses with, and what the author's code raises."""
    return _perform(call) if call.event is None or not is_logged() else _logged(call)


def _logged(call: Call) -> Performance:
    """Run an event and write its line to the log."""
    began = time.perf_counter()
    try:
        answer = yield from _perform(call)
    except BaseException as error:
        log_event(call, time.perf_counter() - began, error=error)
        raise
    log_event(call, time.perf_counter() - began, answer=answer)
    return answer


def _perform(call: Call) -> Performance:
    host = current_host()
    opened = _open(call, host)
    component, token, _, checks, _ = opened
    if checks:
        yield from admit(checks, component, host, call.who)
    if call.event is None:
        if call.lazy:
            return lazy_answer(call, component, host)
        yield from _guard(call, component)
        answer: Answer = yield from _run(call, opened, host)
        return answer
    claim: Claim | None = None
    if call.rid is not None:
        claimed = yield from host.claim(call, component)
        if isinstance(claimed, Answer):
            return claimed
        claim = claimed
    try:
        is_stale = token is not None and token.is_stale
        known = host.recorded(claim, component) if is_stale and claim is not None else None
        if known is not None:
            answer = known
        else:
            yield from _guard(call, component)
            answer = yield from (_refuse_stale(call, host) if is_stale else _run_event(call, opened, host, claim))
    except BaseException:
        if claim is not None:
            host.release(claim)
        raise
    if claim is not None:
        host.remember(claim, answer, component)
    return answer


def _guard(call: Call, component: Component) -> Steps:
    """Ask the guards, before anything that costs: also a render for a conflict."""
    if call.event is None or call.event[:1] == "_":
        for guard in extensions.render_guards:
            yield guard(component, call)
        return
    for guard in extensions.guards:
        yield guard(component, call)
    if call.policy is not None:
        for guard in call.policy.guards:
            yield guard(component, call)


def _run_event(call: Call, opened: _Opened, host: Host, claim: Claim | None) -> Performance:
    """Run an event inside its unit of work: all of it is kept, or nothing is."""
    component = opened.component
    outbox, outer = Outbox(), current_outbox.get()
    unit: UnitOfWork | None = None
    # Set and set back, not reset by its token: an async call changes contexts on the way.
    current_outbox.set(outbox)
    try:
        with host.unit(component) as unit:
            call.unit = unit
            answer: Answer = yield from _run(call, opened, host)
            if claim is not None:
                host.record(claim, call, component, unit, answer)
            if unit.touched:
                host.commit(component, outbox)
        if not unit.touched:
            host.commit(component, outbox)
    except Replayed as replayed:
        known = replayed.answer or (host.recorded(claim, component) if claim is not None else None)
        if known is None:
            raise InProgress("The request is being processed elsewhere", retry_after=1) from None
        return known
    except Exception as error:
        if claim is not None and unit is not None and unit.touched:
            # The first try may have been committed by a process that died before it answered, or this one by a
            # database that died before it said so.
            known = host.recorded(claim, component)
            if known is not None:
                return known
        if unit is not None:
            unit.undo()
        if isinstance(error, StateConflict):
            return (yield from _refuse_stale(call, host))
        if isinstance(error, Invalid) and error.shows_component and component.is_mounted:
            return (yield from _show_errors(call, component, host, error))
        raise
    finally:
        current_outbox.set(outer)
    return answer


def _refuse_stale(call: Call, host: Host) -> Performance:
    """Raise StateConflict with a render of what the server holds now."""
    current = replace(call, component=_class(call), event=None, rid=None)
    answer: Answer = yield from _run(current, _open(current, host), host, is_current=True)
    raise StateConflict("The state moved on since this token was issued", answer=replace(answer, status=409))


def _show_errors(call: Call, component: Component, host: Host, refused: Invalid) -> Performance:
    """Render the component with the errors; what its handler wanted besides is dropped, as what it wrote was."""
    component.errors.update(refused.errors)
    component._effects, component._renders = None, True
    with ExitStack() as stack:
        if call.policy is not None and component.request is not None:
            stack.enter_context(host.hold_policy(component.request, call.policy))
        answer: Answer = yield from render_and_seal(call, component, host)
    return answer


def _run(call: Call, opened: _Opened, host: Host, *, is_current: bool = False) -> Steps:
    """Go through the stages; what the author's code calls with the same request is under the call's policy too."""
    if call.policy is None or not opened.brings_policy:
        return (yield from _stages(call, opened, host, is_current=is_current))
    with host.hold_policy(opened.component.request, call.policy):
        return (yield from _stages(call, opened, host, is_current=is_current))


def _stages(call: Call, opened: _Opened, host: Host, *, is_current: bool) -> Steps:
    """Restore, check the object, handle, render, seal."""
    component, token, handler, checks, _ = opened
    watch = _observed if extensions.observers else _unobserved
    if token is not None and token.is_mounted:
        yield from watch("hydrate", call, component, _hydrate(opened))
    elif not component.is_mounted:
        yield from watch("mount", call, component, _mount(call, component))
    if checks:
        yield from admit_object(checks, component, host, call.who)
    if handler is not None:
        yield from watch("event", call, component, _handle(call, component, handler))
    return (yield from watch("render", call, component, render_and_seal(call, component, host, is_current=is_current)))


class _Opened(NamedTuple):
    component: Component
    token: StateToken | None
    handler: EventHandler | None
    checks: list[Any]
    """Instances of the permission classes that hold for this call."""
    brings_policy: bool
    """Whether the call's policy holds for more than the request that it came in was under."""


def _open(call: Call, host: Host) -> _Opened:
    """Make the instance, verify its token, find the event. Raises NotFound, StateInvalid and what unsealing raises."""
    given = call.component
    component = given(component_id=call.component_id, **call.params) if isinstance(given, type) else given
    if component._app_attributes:
        check_apps(component)
    if call.request is not None:
        component.request = call.request
    policy, around = call.policy, None
    if component.request is not None:
        # Asked whatever comes of the call: a refusal is an answer under the policy too.
        around = host.request_policy(component.request)
        if around is not None:
            policy = join_policies(around, policy)
    identity = call.identity = host.identify(component.request, component.params)
    token = None
    if call.token:
        token = host.unseal(type(component), call.token, identity, call.rid, expected_id=call.expected_id)
        component._id = token.id
        component._children = token.children
        component.params.update(token.params)
        component.revision = token.revision
        if token.view is not None:
            policy = join_issued(host.view_policy(token.view), policy)
    elif call.event is not None and not (call.may_mount_for_event or component.is_mounted):
        raise StateInvalid("An event needs the token of a render")
    elif not call.may_mount:
        raise NotFound(f"{_class(call).__name__} is not open to requests without a token")
    component._token = token
    component._policy = call.policy = policy
    _inject_user(component, identity)
    component.event = call.event
    handler = None
    if call.event is not None and call.event != LAZY:
        handlers = type(component)._frame_handlers if call.event[:1] == "_" else type(component)._events
        handler = handlers.get(call.event)
        if handler is None:
            raise NotFound(f"{type(component).__name__} has no event {call.event!r}")
    checks = checks_of(component, policy, call.event, host) if call.enforce_permissions else []
    brings_policy = component.request is not None and policy is not around
    return _Opened(component, token, handler, checks, brings_policy)


def _inject_user(component: Component, identity: Identity) -> None:
    """Fill in who asks, afresh on every call. A `user_id` that the view or tag chose itself stands."""
    params = component.params
    params["user"] = identity.user
    component._injected = ("user", "user_id") if params.setdefault("user_id", identity.pk) == identity.pk else ("user",)


def _hydrate(opened: _Opened) -> Steps:
    """Bring the instance to where its last render left it."""
    component, token, handler, *_ = opened
    if token is None:
        return
    if token.load is not None and _is_async(component, handler):
        token.load()
    pending = component.hydrate(token.state)
    if pending is not None:
        yield pending
    component.is_mounted = True
    if component.state_schema is not None:
        component._check_state("restored")


def _is_async(component: Component, handler: EventHandler | None) -> bool:
    """Whether the author's code will run on the event loop, where a reference cannot be fetched on first use."""
    functions = [component.hydrate, component.before_render]
    if handler is not None:
        functions.append(getattr(component, handler.method))
    return any(inspect.iscoroutinefunction(function) for function in functions)


def _mount(call: Call, component: Component) -> Steps:
    for loader in extensions.loaders:
        found = loader(component, call)
        if (yield from found) if isinstance(found, Generator) else (yield found):
            break
    else:
        pending = component.mount(**type(component)._mount_arguments.pick(component.params))
        if pending is not None:
            yield pending
    component.is_mounted = True


def _handle(call: Call, component: Component, handler: EventHandler) -> Steps:
    if component._takes_payload:
        arguments = yield from component._take_payload(call, handler)
        if arguments is None:
            return
    elif call.is_form:
        arguments = handler.arguments.from_form(call.payload, call.unchecked)
    else:
        arguments = handler.arguments.coerce(call.payload)
    if call.wants_optimistic and type(component)._has_patches:
        call.optimistic = component.get_optimistic_patch(handler.event, arguments)
    pending = getattr(component, handler.method)(**arguments)
    if pending is not None:
        yield pending
    if component.request is not None and getattr(component.request, "user", None) is not component.params.get("user"):
        # The handler logged somebody in or out: what is rendered now is theirs.
        _inject_user(component, current_host().identify(component.request, component.params))


def _unobserved(stage: str, call: Call, component: Component, steps: Steps) -> Steps:
    return steps


def _observed(stage: str, call: Call, component: Component, steps: Steps) -> Steps:
    """Run a stage; observers hear of it before and after."""
    observers = extensions.observers
    for observer in observers:
        observer.began(stage, component, call.event)
    began, queries, failed = time.perf_counter(), _queries(call), None
    try:
        return (yield from steps)
    except BaseException as error:
        failed = error
        raise
    finally:
        seconds = time.perf_counter() - began
        span = Span(stage, component, call.event, seconds, _queries(call) - queries, failed)
        for observer in observers:
            observer.ended(span)


def _queries(call: Call) -> int:
    return call.unit.queries if call.unit is not None else 0


def _class(call: Call) -> type[Component]:
    return call.component if isinstance(call.component, type) else type(call.component)
