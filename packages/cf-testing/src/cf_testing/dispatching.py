"""Run a component's events through the one real pipeline, without HTTP."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, TypeVar

from cf_core.engine.calls import Answer, Call
from cf_core.engine.component import Component
from cf_core.engine.drivers import run_async, run_sync
from cf_core.engine.errors import AuthRequired, Forbidden
from cf_core.engine.lifecycle import perform
from cf_core.engine.registries import registry

from .acting import ACTING, ActingParams, resolve_user
from .surroundings import surroundings

C = TypeVar("C", bound=Component)


def make_component(component: type[C], *, user: Any = ACTING, **params: Any) -> C:
    """Return an instance that is not mounted: `cart = make_component(Cart); cart.mount()`.

    It has a request in which `user` acts; who that is, is found out when the component asks.
    """
    found: list[Any] = []

    def find_user() -> Any:
        if not found:
            found.append(resolve_user(user))
        return found[0]

    instance = component(**params)
    instance.params = ActingParams(instance.params, find_user)
    instance.request = surroundings().make_request(find_user)
    return instance


def dispatch_event(
    component: type[Component] | str,
    event: str | None = None,
    payload: Mapping[str, Any] | None = None,
    *,
    user: Any = ACTING,
    enforce_permissions: bool = True,
    **params: Any,
) -> Any:
    """Mount a component, run an event through the whole pipeline, and return the instance.

    Permissions, coercion, transaction, render and sealing are those of every transport, and so are the errors that
    it refuses with: AuthRequired, Forbidden, NotFound, Invalid... What the handler itself raises comes through.
    Without an event it only mounts and renders.
    """
    instance, steps = _prepare(component, event, payload, user, enforce_permissions, params)
    run_sync(steps, entry="adispatch_event()")
    return instance


async def adispatch_event(
    component: type[Component] | str,
    event: str | None = None,
    payload: Mapping[str, Any] | None = None,
    *,
    user: Any = ACTING,
    enforce_permissions: bool = True,
    **params: Any,
) -> Any:
    """Do what `dispatch_event` does, from async code."""
    instance, steps = _prepare(component, event, payload, user, enforce_permissions, params)
    await run_async(steps)
    return instance


def assert_permission_denied(
    component: type[Component] | str,
    event: str | None = None,
    payload: Mapping[str, Any] | None = None,
    *,
    user: Any = ACTING,
    **params: Any,
) -> AuthRequired | Forbidden:
    """Assert that the permissions refuse an event (without one: the mount) to `user`; returns the refusal."""
    try:
        instance = dispatch_event(component, event, payload, user=user, **params)
    except (AuthRequired, Forbidden) as refusal:
        return refusal
    what = f"the event {event!r}" if event is not None else "the mount"
    who = resolve_user(user)
    classes = (
        ", ".join(getattr(cls, "__name__", repr(cls)) for cls in type(instance).permission_classes or ()) or "none"
    )
    raise AssertionError(f"{type(instance).__name__} allowed {what} to {who!r}. Its permission classes: {classes}.")


def _prepare(
    component: type[Component] | str,
    event: str | None,
    payload: Mapping[str, Any] | None,
    user: Any,
    enforce_permissions: bool,
    params: dict[str, Any],
) -> tuple[Any, Generator[Any, Any, Answer]]:
    cls = registry.get(component) if isinstance(component, str) else component
    instance = make_component(cls, user=user, **params)
    call = Call(
        instance,
        event=event,
        payload=payload or {},
        request=instance.request,
        may_mount_for_event=True,
        enforce_permissions=enforce_permissions,
    )
    return instance, _typed(perform(call))


def _typed(steps: Generator[Any, Any, Answer]) -> Generator[Any, Any, Answer]:
    """Run the steps; an exception that every transport answers as a refusal is raised as that refusal."""
    try:
        return (yield from steps)
    except Exception as error:
        refusal = surroundings().classify(error)
        if refusal is None or refusal is error:
            raise
        raise refusal from error
