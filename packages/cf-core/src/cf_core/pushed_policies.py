"""The policies around what a request is doing: those of its views, and of the component that is running."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .engine.calls import Policy, distinct, join_policies

_PUSHED = "_cf_core_policy"
_LATER = "_cf_core_policy_later"


class Pushed:
    """A policy on a request, with those around it; and whether anybody has been asked by it."""

    __slots__ = ("_request", "is_asked", "is_used", "outer", "own", "policy")

    def __init__(self, request: Any, own: Policy | None) -> None:
        outer: Pushed | None = getattr(request, _PUSHED, None)
        self._request = request
        self.own = own
        self.outer = outer
        self.policy: Policy | None = own if outer is None else join_policies(outer.policy, own)
        self.is_used = False
        """Whether a component call has come under it."""
        self.is_asked = False
        """Whether its permission classes have let the request into the view."""

    def __enter__(self) -> Pushed:
        setattr(self._request, _PUSHED, self)
        return self

    def __exit__(self, *raised: object) -> None:
        setattr(self._request, _PUSHED, self.outer)

    def use(self) -> Policy | None:
        """Return the policy, with those around it."""
        layer: Pushed | None = self
        while layer is not None and not layer.is_used:
            layer.is_used = True
            layer = layer.outer
        return self.policy

    def ask(self) -> list[Any]:
        """Return the permission classes, with those around it, that nobody has been asked yet; they count as asked."""
        layers = [layer for layer in self._layers() if not layer.is_asked]
        for layer in layers:
            layer.is_asked = True
        return distinct(each for layer in reversed(layers) if layer.own for each in layer.own.permission_classes)

    def _layers(self) -> Iterator[Pushed]:
        layer: Pushed | None = self
        while layer is not None:
            yield layer
            layer = layer.outer


def push_policy(request: Any, policy: Policy | None) -> Pushed:
    """Have a policy hold for every component that is called or placed in this request, as long as the block runs."""
    return Pushed(request, policy)


def request_policy(request: Any) -> Policy | None:
    """Return what was put on the request around its view, and note that a component call has come under it."""
    pushed: Pushed | None = getattr(request, _PUSHED, None)
    return None if pushed is None else pushed.use()


def keep_pushed(request: Any, response: Any, pushed: Pushed) -> None:
    """Put a view's policy on the request again, for a response that is made after the view.

    Of several around one view the innermost stays, which holds all of them. It does not stand on the response, which
    a cache may keep.
    """
    kept = getattr(request, _LATER, None)
    innermost = kept[1] if kept is not None and kept[0] is response else pushed
    setattr(request, _LATER, (response, innermost))
    setattr(request, _PUSHED, innermost)


def drop_pushed(request: Any, pushed: Pushed) -> None:
    """Take a policy off the request that was kept there for a response."""
    setattr(request, _PUSHED, pushed.outer)
