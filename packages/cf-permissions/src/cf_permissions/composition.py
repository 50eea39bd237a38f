"""`&`, `|` and `~` on permission classes and instances. Plain Python, no Django.

A permission is asked twice: before the state is restored, and about the object afterwards. A combination has to be
right about both together: `~IsOwner` must not refuse everybody because IsOwner lets everybody pass the first
question. So the first question is answered with yes, no or "that depends on the object" (Kleene's logic), and only a
no refuses before the object is known.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from cf_core.engine.admission import decided, instance_of
from cf_core.engine.drivers import run_async
from cf_core.engine.keys import key_of

Operator = Literal["&", "|", "~"]

Steps = Generator[Any, Any, "bool | None"]
"""Yields what may be awaitable; returns yes, no, or None: that depends on the object."""

F = TypeVar("F", bound=Callable[..., Any])

REFUSED_BY_NOT: Final = "This is not available to you"
"""What `~` tells: the permission under it has a text for the opposite case only."""

_NO_OBJECT: Final = object()
_DEFAULT = "_cf_asks_nothing"


class Operators:
    """The operators of permission instances."""

    def __and__(self, other: Any) -> Combination:
        return _combine("&", self, other)

    def __rand__(self, other: Any) -> Combination:
        return _combine("&", other, self)

    def __or__(self, other: Any) -> Combination:
        return _combine("|", self, other)

    def __ror__(self, other: Any) -> Combination:
        return _combine("|", other, self)

    def __invert__(self) -> Combination:
        return Combination("~", (self,))


class PermissionType(type):
    """The type of permission classes: `IsStaff | IsOwner` combines the classes themselves."""

    def __and__(cls, other: Any) -> Combination:
        return _combine("&", cls, other)

    def __rand__(cls, other: Any) -> Combination:
        return _combine("&", other, cls)

    def __or__(cls, other: Any) -> Any:
        # `IsStaff | None` in an annotation is still a type.
        return _combine("|", cls, other) if is_permission(other) else super().__or__(other)

    def __ror__(cls, other: Any) -> Any:
        return _combine("|", other, cls) if is_permission(other) else super().__ror__(other)

    def __invert__(cls) -> Combination:
        return Combination("~", (cls,))


@dataclass(frozen=True, repr=False)
class Combination(Operators):
    """Permissions joined by an operator: stands in `permission_classes` like any of them."""

    operator: Operator
    operands: tuple[Any, ...]

    def __call__(self) -> Decision:
        """Return what answers for one call."""
        return Decision(_node(self))

    def has_permission(self, request: Any, component: Any) -> Any:
        """Return whether the request may use the component, as far as that is known without the object."""
        return self().has_permission(request, component)

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> Any:
        """Return whether the request may use the component and this object."""
        return self().has_object_permission(request, component, obj)

    @property
    def policy_key(self) -> str:
        """What tells this combination from others: the same in every process."""
        keys = [key_of(operand) for operand in self.operands]
        return f"~{keys[0]}" if self.operator == "~" else f"({self.operator.join(keys)})"

    def __repr__(self) -> str:
        names = [_name(operand) for operand in self.operands]
        return f"~{names[0]}" if self.operator == "~" else f"({f' {self.operator} '.join(names)})"


class Decision:
    """What a combination comes to for one call; afterwards `message` and `code` are those of the part that refused."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.message: Any = ""
        self.code: str = "forbidden"

    @property
    def node(self) -> Node:
        """The parts, for a combination that this one is a part of."""
        return self._node

    def has_permission(self, request: Any, component: Any) -> Any:
        """Return whether all is well so far; awaitable where a part is."""
        return _settle(self._judge(request, component, _NO_OBJECT))

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> Any:
        """Return whether all is well; awaitable where a part is."""
        return _settle(self._judge(request, component, obj))

    def _judge(self, request: Any, component: Any, obj: Any) -> Steps:
        verdict = yield from self._node.judge(request, component, obj)
        if verdict is False:
            self.message, self.code = self._node.reason
        return verdict is not False


class Node:
    """A part of a decision. After a no, `reason` is the text and code that tell why."""

    reason: tuple[Any, str] = ("", "forbidden")

    def judge(self, request: Any, component: Any, obj: Any) -> Steps:
        """Return the verdict; without an object it may depend on one."""
        raise NotImplementedError


class _One(Node):
    def __init__(self, check: Any) -> None:
        self._check = check
        self._passed: bool | None = None
        ask = getattr(check, "has_object_permission", None)
        self._ask = None if getattr(ask, _DEFAULT, False) else ask

    def judge(self, request: Any, component: Any, obj: Any) -> Steps:
        if self._passed is None:
            self._passed = decided((yield self._check.has_permission(request, component)), self._check)
        verdict: bool | None = self._passed
        if verdict and self._ask is not None:
            verdict = None if obj is _NO_OBJECT else decided((yield self._ask(request, component, obj)), self._check)
        if verdict is False:
            self.reason = (getattr(self._check, "message", None) or "", getattr(self._check, "code", None) or "")
        return verdict


class _All(Node):
    def __init__(self, parts: list[Node]) -> None:
        self._parts = parts

    def judge(self, request: Any, component: Any, obj: Any) -> Steps:
        found: bool | None = True
        for part in self._parts:
            verdict = yield from part.judge(request, component, obj)
            if verdict is False:
                self.reason = part.reason
                return False
            found = None if verdict is None else found
        return found


class _Some(Node):
    def __init__(self, parts: list[Node]) -> None:
        self._parts = parts

    def judge(self, request: Any, component: Any, obj: Any) -> Steps:
        found: bool | None = False
        for part in self._parts:
            verdict = yield from part.judge(request, component, obj)
            if verdict is True:
                return True
            if verdict is None:
                found = None
            elif part.reason[0] or not self.reason[0]:
                # The last of those that have something to tell.
                self.reason = part.reason
        return found


class _Not(Node):
    reason = (REFUSED_BY_NOT, "forbidden")

    def __init__(self, part: Node) -> None:
        self._part = part

    def judge(self, request: Any, component: Any, obj: Any) -> Steps:
        verdict = yield from self._part.judge(request, component, obj)
        return None if verdict is None else not verdict


def asks_nothing(method: F) -> F:
    """Mark a base class's `has_object_permission` that says yes to everything: whoever overrides it asks something."""
    setattr(method, _DEFAULT, True)
    return method


def is_permission(thing: Any) -> bool:
    """Whether something can be an operand: a permission, or a combination of Django REST framework's."""
    return hasattr(thing, "has_permission") or hasattr(thing, "operator_class")


def _combine(operator: Operator, one: Any, other: Any) -> Combination:
    for operand in (one, other):
        if not is_permission(operand):
            raise TypeError(f"{_name(one)} {operator} {_name(other)}: {_name(operand)} has no has_permission().")
    return Combination(operator, (one, other))


def _node(permission: Any) -> Node:
    if not isinstance(permission, Combination):
        check = instance_of(permission)
        return check.node if isinstance(check, Decision) else _One(check)
    parts = [_node(operand) for operand in permission.operands]
    match permission.operator:
        case "&":
            return _All(parts)
        case "|":
            return _Some(parts)
        case "~":
            return _Not(parts[0])


def _settle(steps: Steps) -> Any:
    """Return what the steps come to, or, once something has to be awaited, a coroutine of the rest.

    The rest is left to the driver: it runs what is not async in the thread where the database may be used.
    """
    try:
        value = next(steps)
        while not inspect.isawaitable(value):
            value = steps.send(value)
    except StopIteration as stop:
        return stop.value
    return run_async(_rest(steps, value))


def _rest(steps: Steps, value: Any) -> Steps:
    try:
        while True:
            try:
                sent = yield value
            except BaseException as error:  # noqa: BLE001 - the steps hear of it and unwind
                value = steps.throw(error)
            else:
                value = steps.send(sent)
    except StopIteration as stop:
        verdict: bool | None = stop.value
        return verdict
    finally:
        steps.close()


def _name(operand: Any) -> str:
    return operand.__name__ if isinstance(operand, type) else repr(operand)
