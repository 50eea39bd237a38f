"""Decorators for function views and for what `as_view()` returns: who may see them, and use what they serve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from cf_core.policies import under_policy

from .classes import IsAuthenticated

__all__ = ["login_required_component", "permission_classes"]

V = TypeVar("V", bound=Callable[..., Any])


def permission_classes(classes: Sequence[Any], *, policy_name: str | None = None) -> Callable[[V], V]:
    """Return a decorator: the classes hold for the view, and for every component that it calls or places.

    Whom they refuse is answered as JSON, 401 or 403, before the view runs. `policy_name` is the view's name in tokens,
    should it be renamed.
    """
    if not isinstance(classes, list | tuple) or not classes:
        raise TypeError(f"@permission_classes takes a list of permission classes, not {classes!r}.")

    def decorate(view: V) -> V:
        if isinstance(view, type):
            raise TypeError(
                f"@permission_classes decorates functions; on the class {view.__qualname__} set permission_classes."
            )
        decorated: Any = under_policy(view, permission_classes=classes, name=policy_name)
        return decorated  # type: ignore[no-any-return]

    return decorate


def login_required_component(view: V) -> V:
    """Decorate a view: it is for whoever is logged in, with its components; a visitor gets 401 as JSON."""
    return permission_classes([IsAuthenticated])(view)
