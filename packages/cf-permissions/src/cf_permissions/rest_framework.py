"""Django REST framework's permission classes in `permission_classes`, as they are.

Never imports the framework: a class of it can only be there once somebody else has imported it.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

from cf_core.engine.admission import decided
from cf_core.engine.errors import ComponentDefinitionError, NotFound

from .composition import Combination
from .model_permissions import event_of, model_of

METHODS = {
    None: "GET",
    "add": "POST",
    "create": "POST",
    "delete": "DELETE",
    "remove": "DELETE",
    "destroy": "DELETE",
    "partial_update": "PATCH",
}
"""{event: the method that permission classes are told}; None is the first render, every other event is PUT. So an event
takes what it takes of DjangoModelPermission, and an action of the framework's routers what it takes there."""

_OPERATORS = {"AND": "&", "OR": "|", "NOT": "~"}
_NOT_HERE = frozenset({"data", "auth", "authenticators", "successful_authenticator", "query_params"})


def adapt(permission: Any) -> Any:
    """Return the permission that stands for one of Django REST framework's; None for any other.

    Takes classes, instances and what `&`, `|` and `~` make of them, also together with classes of cf_permissions.
    """
    theirs = sys.modules.get("rest_framework.permissions")
    if theirs is None:
        return None
    if isinstance(permission, theirs.OperandHolder | theirs.SingleOperandHolder):
        return _translated(permission, permission.operator_class, "op{}_class")()
    if isinstance(permission, theirs.AND | theirs.OR | theirs.NOT):
        return _translated(permission, type(permission), "op{}")()
    if isinstance(permission, theirs.BasePermissionMetaclass):
        return Adapted(permission(), theirs)
    if isinstance(permission, theirs.BasePermission):
        return Adapted(permission, theirs)
    return None


class Adapted:
    """Asks a permission of Django REST framework's about a component."""

    def __init__(self, permission: Any, theirs: Any) -> None:
        self._permission = permission
        self._refusals = theirs.exceptions.APIException
        self._raised: Any = None
        if type(permission).has_object_permission is theirs.BasePermission.has_object_permission:
            # The framework's default says yes to everything, which `~` must not turn into no.
            self.has_object_permission = None  # type: ignore[assignment, method-assign]

    @property
    def message(self) -> Any:
        """What a refused user is told; read when it is, since permissions may choose it while they are asked."""
        return getattr(self._permission, "message", None) if self._raised is None else self._raised

    @property
    def code(self) -> str | None:
        """The refusal's stable word."""
        told: str | None = getattr(self._permission if self._raised is None else self._raised, "code", None)
        return told

    def has_permission(self, request: Any, component: Any) -> Any:
        """Return what the permission says; awaitable if it is."""
        view = ComponentAsView(component)
        return self._answer(lambda: self._permission.has_permission(view.request, view))

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> Any:
        """Return what the permission says of the object; awaitable if it is."""
        view = ComponentAsView(component)
        return self._answer(lambda: self._permission.has_object_permission(view.request, view, obj))

    def _answer(self, ask: Callable[[], Any]) -> Any:
        try:
            answer = ask()
        except self._refusals as error:
            return self._refuse_by(error)
        return self._await(answer) if inspect.isawaitable(answer) else bool(answer)

    async def _await(self, answer: Any) -> bool:
        try:
            return decided(await answer, self._permission)
        except self._refusals as error:
            return self._refuse_by(error)

    def _refuse_by(self, error: Any) -> bool:
        """Return a refusal. Raises NotFound, and again what is none."""
        if error.status_code == 404:
            raise NotFound(str(error)) from error
        if error.status_code not in (401, 403):
            raise error
        if isinstance(error.detail, str):
            self._raised = error.detail
        return False


class ComponentAsView:
    """What a permission class of Django REST framework's sees as its view; other attributes are the component's."""

    args = ()

    def __init__(self, component: Any) -> None:
        self.component = component
        self.request = RequestOfEvent(component)

    @property
    def action(self) -> str:
        """The event's name, `retrieve` for the first render."""
        return event_of(self.component) or "retrieve"

    @property
    def kwargs(self) -> dict[str, Any]:
        """The component's params, but for the user."""
        return {name: value for name, value in self.component.params.items() if name != "user"}

    @property
    def queryset(self) -> Any:
        """All rows of the component's model, or its own `queryset`."""
        own = getattr(self.component, "queryset", None)
        return model_of(self.component)._default_manager.all() if own is None else own

    def get_queryset(self) -> Any:
        """Return the rows that the component works on."""
        own = getattr(self.component, "get_queryset", None)
        return self.queryset if own is None else own()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.component, name)


class RequestOfEvent:
    """The request, with the method that the event stands for; without a request, the component's user alone."""

    def __init__(self, component: Any) -> None:
        self._component = component
        self._request = component.request
        self.user = component.user

    @property
    def method(self) -> str:
        """The method that the event stands for; before a view runs, its request's own."""
        own: str | None = self._component._view_method
        return own or METHODS.get(event_of(self._component), "PUT")

    def __getattr__(self, name: str) -> Any:
        if name in _NOT_HERE:
            raise ComponentDefinitionError(
                f"A permission class reads request.{name}, which components do not have: permissions are asked before "
                "the payload is read, and the user is Django's. Read component.params through view.kwargs."
            )
        return getattr(self._request, name)


def _translated(permission: Any, operator: type, attribute: str) -> Combination:
    """Return the same combination as one of ours, which is right about objects and may hold classes of both."""
    try:
        ours = _OPERATORS[operator.__name__]
    except KeyError:
        raise ComponentDefinitionError(f"{permission!r} combines permissions by {operator!r}, which is none.") from None
    operands = (getattr(permission, attribute.format(place), None) for place in (1, 2))
    return Combination(ours, tuple(operand for operand in operands if operand is not None))  # type: ignore[arg-type]
