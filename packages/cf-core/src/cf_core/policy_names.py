"""The names under which tokens refer to what views demand."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from .engine.calls import JOINT, Policy, join_policies
from .engine.errors import StateExpired
from .engine.extensions import Guard
from .engine.keys import UNTOLD, key_of

_LOCAL = "<locals>"

_policies: dict[str, Policy] = {}
_ambiguous: set[str] = set()


def register_policy(
    view: Any, permission_classes: Sequence[Any] = (), name: str | None = None, guards: Sequence[Guard] = ()
) -> Policy:
    """Return the policy of a view, a class or a function, under a name that is the same in every process.

    The name is no import path. An instance among the classes and guards is told by a text attribute `policy_key`, else
    by its attributes. Raises ImproperlyConfigured where two policies of one name differ all the same.
    """
    classes = listed(permission_classes, key_of(view))
    if name is None:
        demands = ",".join(map(key_of, (*classes, *guards)))
        digest = hashlib.sha256(f"{key_of(view)}:{demands}".encode()).hexdigest()[:8]
        name = f"{_short(view)}-{digest}"
    elif JOINT in name:
        raise ImproperlyConfigured(f"The policy name {name!r} contains {JOINT!r}, which joins names.")
    policy = Policy(name, classes, tuple(guards))
    known = _policies.get(name)
    if known is not None and not _are_same((*known[1], *known[2]), (*policy[1], *policy[2])):
        if not any(_LOCAL in key_of(thing) for thing in (view, *known[1], *known[2])):
            raise _ambiguity(name)
        # Made in functions: perhaps by the same lines again, perhaps not. Tokens of that name can tell nobody which.
        _ambiguous.add(name)
    _policies[name] = policy
    return policy


def listed(permission_classes: Any, where: str) -> tuple[Any, ...]:
    """Return the permission classes of a view. Raises ImproperlyConfigured for what is no list.

    A generator would be empty the second time that it is read.
    """
    if not isinstance(permission_classes, list | tuple):
        raise ImproperlyConfigured(
            f"The permission_classes of {where} are {permission_classes!r}, no list: write [IsStaff], with brackets."
        )
    return tuple(permission_classes)


def view_policy(view: str) -> Policy:
    """Return the policy that a token refers to. Raises StateExpired if this release has no such view."""
    known = _policies.get(view)
    if known is not None and view not in _ambiguous:
        return known
    names = view.split(JOINT)
    if not all(name in _policies for name in names):
        # A socket server may not have read the URLs yet.
        _ = get_resolver().url_patterns
    found: Policy | None = None
    for name in names:
        if name not in _policies:
            raise StateExpired(f"The token was issued by the view {name!r}, which is gone")
        if name in _ambiguous:
            raise _ambiguity(name)
        found = join_policies(found, _policies[name])
    assert found is not None  # noqa: S101 - split() returns at least one name
    return found


def _short(view: Any) -> str:
    while isinstance(view, functools.partial) and not hasattr(view, "__name__"):
        view = view.func
    return str(getattr(view, "__name__", type(view).__name__))


def _ambiguity(name: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"Two views with different permissions or limits have the name {name!r} in tokens, so that nobody could tell "
        "which of them issued one. Give each a policy_name (on its class or in as_view()), or their permissions a text "
        "attribute policy_key that tells them apart."
    )


def _are_same(some: Sequence[Any], others: Sequence[Any]) -> bool:
    return len(some) == len(others) and all(map(_is_same, some, others))


def _is_same(one: Any, other: Any) -> bool:
    """Whether two things demand the same, perhaps read twice (a module imported again)."""
    if one is other or one == other:
        return True
    key = key_of(one)
    if key != key_of(other) or _LOCAL in key:
        return False
    if hasattr(one, "operands"):
        return _are_same(one.operands, other.operands)
    return UNTOLD not in key or bool(getattr(one, "__dict__", None) == getattr(other, "__dict__", 0))
