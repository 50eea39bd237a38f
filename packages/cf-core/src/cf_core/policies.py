"""The permission classes of views, by the names under which tokens refer to them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.urls import get_resolver
from django.utils.module_loading import import_string

from .conf import conf
from .engine.calls import Policy
from .engine.errors import StateExpired

_policies: dict[str, Policy] = {}


def register_policy(view: type, permission_classes: Sequence[Any], name: str | None = None) -> Policy:
    """Return the view's policy under a name that is the same in every process and is not an import path."""
    if name is None:
        classes = ",".join(_path(policy) for policy in permission_classes)
        digest = hashlib.sha256(f"{_path(view)}:{classes}".encode()).hexdigest()[:8]
        name = f"{view.__name__}-{digest}"
    policy = _policies[name] = Policy(name, tuple(permission_classes))
    return policy


def permissions_of(view: str) -> tuple[Any, ...]:
    """Return the permission classes of a view by its name. Raises StateExpired if this release has no such view."""
    if view not in _policies:
        # A socket server may not have read the URLs yet.
        _ = get_resolver().url_patterns
    try:
        return _policies[view].permission_classes
    except KeyError:
        raise StateExpired(f"The token was issued by the view {view!r}, which is gone") from None


def default_permissions() -> tuple[Any, ...]:
    """Return the classes that DEFAULT_PERMISSION_CLASSES names."""
    return tuple(import_string(path) for path in conf().DEFAULT_PERMISSION_CLASSES)


def _path(thing: Any) -> str:
    cls = thing if isinstance(thing, type) else type(thing)
    return f"{cls.__module__}.{cls.__qualname__}"
