"""Dropping what is cached, once the change that made it wrong is committed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS

from cf_core.engine.component import Component
from cf_core.engine.errors import UnserialisableState
from cf_core.engine.registries import registry

from . import generations
from .commits import end_after_commit
from .keys import MountParams, NoKey, asked_of, authors_key, coerced, mounted_with, subject, with_defaults


def invalidate_component(component: type[Component] | str, /, **params: Any) -> None:
    """Drop what is cached of a component: everything, or the entries with these params, whoever they were made for.

    Of several params the first decides alone, unless all are there that mount takes. It happens once the transaction
    on the component's database is committed, and not if it is rolled back; without a transaction, now.
    Raises TypeError for a param that mount does not take.
    """
    cls = registry.get(component) if isinstance(component, str) else component
    end_after_commit(entries_with(cls, params), cls.using)


def invalidate_instance(component: Component) -> None:
    """Drop what is cached of the component with this instance's params, once its transaction is committed."""
    cls = type(component)
    params = MountParams(component, mounted_with(component))
    names = [generations.of_params(cls, subject(cls, with_defaults(cls, params.own())))]
    key = authors_key(component)
    if key is not None:
        with suppress(NoKey, UnserialisableState):  # without a key there is no entry
            chosen = key(generations.name_of(cls), params, {})
            names.append(generations.of_own_key(generations.name_of(cls), str(chosen)))
    end_after_commit(names, cls.using)


def invalidate_view(view: type[Any], /, **params: Any) -> None:
    """Drop what came into the cache through a view: everything, or what its key for these params names."""
    path = f"{view.__module__}.{view.__qualname__}"
    component: str | None = view.component_name
    using = DEFAULT_DB_ALIAS if component is None else registry.get(component).using
    if not params:
        end_after_commit([generations.of_view(path)], using)
        return
    key = authors_key(view())
    if key is not None:
        end_after_commit([generations.of_own_key(path, str(key(component or "", params, {})))], using)
    elif component is not None:
        invalidate_component(component, **params)
    else:
        raise ImproperlyConfigured(
            f"{view.__name__} does not say which component it serves: set component_name on the class, or call "
            "invalidate_component() with the component's name."
        )


def invalidate_tag(*tags: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Drop all entries with one of these tags: `invalidate_tag("course:3")`.

    Once the transaction on the database `using` is committed, and not if it is rolled back; without one, now.
    """
    end_after_commit([generations.of_tag(tag) for tag in tags], using)


def entries_with(cls: type[Component], params: Mapping[str, Any]) -> list[str]:
    """Return the generations that entries with these params stand on. Raises TypeError, as `invalidate_component`."""
    asked = asked_of(cls)
    unknown = [name for name in params if asked and name not in asked]
    if unknown:
        raise TypeError(f"{cls.__name__} has nothing cached by {unknown[0]!r}. Its mount takes: {', '.join(asked)}.")
    if len(params) > 1 and params.keys() != set(asked):
        params = {name: params[name] for name in list(params)[:1]}
    # A bare mount takes its arguments as they are.
    ways = (params, coerced(cls, params)) if asked else (params,)
    return list(dict.fromkeys(generations.of_params(cls, way) for way in ways))
