"""What views demand of those who come through them, by the names under which tokens refer to it.

`ComponentView` registers what its class says; `under_policy` does the same for any view function.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import get_resolver
from django.utils.module_loading import import_string

from .conf import conf
from .engine.calls import JOINT, Policy, join_policies, key_of
from .engine.errors import ComponentError, StateExpired, Unavailable
from .engine.extensions import Guard
from .engine.ports import current_host
from .wire import refuse

__all__ = ["default_permissions", "push_policy", "register_policy", "request_policy", "under_policy", "view_policy"]

_PUSHED = "_cf_core_policy"
_LOCAL = "<locals>"
_REFUSALS = frozenset({401, 403, 404, 405, 410, 429})

_policies: dict[str, Policy] = {}
_ambiguous: set[str] = set()


def register_policy(
    view: Any, permission_classes: Sequence[Any] = (), name: str | None = None, guards: Sequence[Guard] = ()
) -> Policy:
    """Return the policy of a view, a class or a function, under a name that is the same in every process.

    The name is no import path. An instance among the classes and guards is told by a text attribute `policy_key`, else
    by its attributes. Raises ImproperlyConfigured where two policies of one name differ all the same.
    """
    if name is None:
        demands = ",".join(map(key_of, (*permission_classes, *guards)))
        digest = hashlib.sha256(f"{key_of(view)}:{demands}".encode()).hexdigest()[:8]
        name = f"{getattr(view, '__name__', type(view).__name__)}-{digest}"
    elif JOINT in name:
        raise ImproperlyConfigured(f"The policy name {name!r} contains {JOINT!r}, which joins names.")
    policy = Policy(name, tuple(permission_classes), tuple(guards))
    known = _policies.get(name)
    if known is not None and not _are_same((*known[1], *known[2]), (*policy[1], *policy[2])):
        if not any(_LOCAL in key_of(thing) for thing in (view, *known[1], *known[2])):
            raise _ambiguity(name)
        # Made in functions: perhaps by the same lines again, perhaps not. Tokens of that name can tell nobody which.
        _ambiguous.add(name)
    _policies[name] = policy
    return policy


def view_policy(view: str) -> Policy:
    """Return the policy that a token refers to. Raises StateExpired if this release has no such view."""
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


@contextmanager
def push_policy(request: Any, policy: Policy) -> Iterator[Pushed]:
    """Have a policy hold for every component that is called or placed in this request, as long as the block runs."""
    outer: Pushed | None = getattr(request, _PUSHED, None)
    pushed = Pushed(policy, outer)
    setattr(request, _PUSHED, pushed)
    try:
        yield pushed
    finally:
        setattr(request, _PUSHED, outer)


class Pushed:
    """A policy on a request, and whether a component call has come under it."""

    __slots__ = ("is_used", "outer", "policy")

    def __init__(self, policy: Policy, outer: Pushed | None) -> None:
        self.outer = outer
        self.is_used = False
        self.policy: Policy | None = policy if outer is None else join_policies(outer.policy, policy)

    def use(self) -> Policy | None:
        """Return the policy, with those around it."""
        self.is_used = True
        if self.outer is not None:
            self.outer.use()
        return self.policy


def request_policy(request: Any) -> Policy | None:
    """Return what was put on the request around its view, and note that a component call has come under it."""
    pushed: Pushed | None = getattr(request, _PUSHED, None)
    return None if pushed is None else pushed.use()


def under_policy(
    view: Callable[..., Any],
    *,
    permission_classes: Sequence[Any] = (),
    guards: Sequence[Guard] = (),
    name: str | None = None,
) -> Callable[..., Any]:
    """Return the view with a policy around it: it holds for every component that the view serves or places.

    What a component refuses with and the view does not catch is answered as JSON. A view that answers without any
    component would be protected by nothing: that raises ImproperlyConfigured, unless the answer is a refusal itself.
    """
    policy = register_policy(getattr(view, "view_class", view), permission_classes, name, guards)

    if iscoroutinefunction(view):

        @functools.wraps(view)
        async def asynchronous(request: Any, *args: Any, **kwargs: Any) -> Any:
            with push_policy(request, policy) as pushed:
                try:
                    response = await view(request, *args, **kwargs)
                except ComponentError as error:
                    response = _refused(request, pushed, error)
            return _answered(view, request, pushed, response)

        return asynchronous

    @functools.wraps(view)
    def synchronous(request: Any, *args: Any, **kwargs: Any) -> Any:
        with push_policy(request, policy) as pushed:
            try:
                response = view(request, *args, **kwargs)
            except ComponentError as error:
                response = _refused(request, pushed, error)
        return _answered(view, request, pushed, response)

    return synchronous


def default_permissions() -> tuple[Any, ...]:
    """Return the classes that DEFAULT_PERMISSION_CLASSES names."""
    return tuple(import_string(path) for path in conf().DEFAULT_PERMISSION_CLASSES)


def _refused(request: Any, pushed: Pushed, error: ComponentError) -> HttpResponseBase:
    """Return the answer to a refusal that the view let through; a bug goes on to Django."""
    if error.status >= 500 and not isinstance(error, Unavailable):
        raise error
    pushed.use()
    return refuse(request, error)


def _answered(view: Any, request: Any, pushed: Pushed, response: Any) -> Any:
    """Return a view's response once a component has come under the policy; what is rendered later stays under it."""
    is_template = isinstance(response, SimpleTemplateResponse) and not response.is_rendered
    if not (is_template or pushed.is_used or _says_no(request, response)):
        _refuse_unused(view)
    if is_template or getattr(response, "streaming", False):
        # The decorators around this one have to leave the innermost policy, which holds all of them, where it is.
        innermost = response.__dict__.setdefault(_PUSHED, pushed)
        setattr(request, _PUSHED, innermost)
    if is_template:

        def check(rendered: Any) -> None:
            setattr(request, _PUSHED, pushed.outer)
            if not (pushed.is_used or _says_no(request, response)):
                _refuse_unused(view)

        response.add_post_render_callback(check)
    return response


def _says_no(request: Any, response: Any) -> bool:
    """Whether a response tells nothing that wanted protecting: the view itself has refused."""
    if request.method == "OPTIONS" or response.status_code in _REFUSALS:
        return True
    # What Django's log-in decorators and mixins answer.
    login, target = current_host().login_url(), getattr(response, "url", None)
    return login is not None and target is not None and urlsplit(target)[:3] == urlsplit(login)[:3]


def _refuse_unused(view: Any) -> None:
    raise ImproperlyConfigured(
        f"{key_of(view)} has permissions or limits for components, but it answered without calling or placing one, so "
        "nothing has been checked. Protect what it does itself with Django's own decorators."
    )


def _ambiguity(name: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"Two views with different permissions or limits have the name {name!r} in tokens, so that nobody could tell "
        "which of them issued one. Give each a policy_name (on its class or in as_view())."
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
    if hasattr(one, "__qualname__") or hasattr(one, "policy_key"):
        return True
    return bool(getattr(one, "__dict__", None) == getattr(other, "__dict__", 0))
