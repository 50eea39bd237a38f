"""Components placed by templates: what the tags of the `components` library do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from .engine.calls import Call
from .engine.children import place_child, render_nested
from .engine.component import Component
from .engine.drivers import run_sync
from .engine.errors import ComponentDefinitionError
from .engine.extensions import extensions
from .engine.registries import registry

_IDS = "_cf_core_ids"


def place(
    name: str,
    params: dict[str, Any],
    *,
    request: Any,
    parent: Component | None,
    component_id: str | None = None,
    lazy: bool = False,
    key: str | None = None,
) -> SafeString:
    """Return the HTML of a registered component: whole, or a placeholder where the page shows it already.

    `key` tells the live components of one parent apart; without it their id, else their name and params do.
    Raises NotFound for an unknown name.
    """
    cls = registry.get(name)
    if parent is not None and request is None and "user" in parent.params:
        params.setdefault("user", parent.params["user"])
    reserved = {key: params.pop(key) for key in extensions.tag_arguments if key in params}
    target: type[Component] | Component = cls
    if reserved:
        target = cls(component_id=component_id, **params)
        for argument, value in reserved.items():
            extensions.tag_arguments[argument](target, value)
    call = Call(target, request=request, params=params, component_id=component_id, lazy=lazy)
    if parent is None:
        html, child = run_sync(render_nested(call))
        if settings.DEBUG and child is not None:
            _refuse_twin(request, child.id, name)
    else:
        html = run_sync(place_child(parent, key or component_id or _key(name, params), call))
    return SafeString(html)


def parent_in(context: Any) -> Component | None:
    """Return the component whose own template is being rendered, if there is one."""
    component = context.get("component")
    return component if isinstance(component, Component) and component._is_rendering else None


def _key(name: str, params: Mapping[str, Any]) -> str:
    """Return what tells a child apart from its siblings of the same name: its params, rows by their primary key."""
    if not params:
        return name
    told = ",".join(f"{key}={_told(value)}" for key, value in sorted(params.items()) if key != "user")
    return f"{name}:{told}" if len(told) <= 40 else f"{name}:{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def _told(value: Any) -> str:
    """Return what a param is told by, without asking the database: nobody has been asked for permission yet."""
    if isinstance(value, QuerySet):
        return str(value.model._meta.label)
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_told, value))}]"
    return repr(getattr(value, "pk", value))


def _refuse_twin(request: Any, component_id: str, name: str) -> None:
    """Raise ComponentDefinitionError in development if the page has a component of this id already."""
    if request is None or request.method != "GET":
        return
    shown: set[str] | None = getattr(request, _IDS, None)
    if shown is None:
        shown = set()
        setattr(request, _IDS, shown)
    if component_id in shown:
        raise ComponentDefinitionError(
            f"Two components on this page have the id {component_id!r}, the second is {name!r}. "
            "Give each its own component_id."
        )
    shown.add(component_id)
