"""Django's own permissions - view, add, change, delete, and those of a project - as permission classes.

Needs no import of Django: the user and the model bring it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from cf_core.engine.errors import ComponentDefinitionError

from .classes import BasePermission

OTHER = "*"
"""The key of `perms_map` for all events that it does not name."""


class DjangoModelPermission(BasePermission):
    """Whoever has Django's permission for what the component does to its model may do it.

    The model is the component's `model`, else that of its `instance` or `queryset`. As in Django's admin, who may
    change may view, and users who are not active may nothing.
    """

    perms_map: ClassVar[Mapping[str | None, Sequence[str]]] = MappingProxyType(
        {
            None: ("view",),
            "add": ("add",),
            "create": ("add",),
            "delete": ("delete",),
            "remove": ("delete",),
            "destroy": ("delete",),
            OTHER: ("change",),
        }
    )
    """{event: what it takes}; None is the first render, `"*"` every other event. What it takes is a word that is put
    before the model's name (`"change"`: `shop.change_product`), or a whole permission (`"shop.refund"`)."""

    def has_permission(self, request: Any, component: Any) -> bool:
        """Return whether the user has all that the event takes."""
        user = component.user
        if user is None or not user.is_authenticated:
            return False
        return all(self._has(user, permission, component) for permission in self.permissions_for(component))

    def permissions_for(self, component: Any) -> Sequence[str]:
        """Return what the component's event takes, in the words of `perms_map`."""
        event = event_of(component)
        if event in self.perms_map:
            return self.perms_map[event]
        try:
            return self.perms_map[OTHER]
        except KeyError:
            raise ComponentDefinitionError(
                f"{type(self).__name__}.perms_map says nothing of {event or 'the first render'!r}; "
                f"add it, or {OTHER!r} for all that it does not name."
            ) from None

    @staticmethod
    def of(*permissions: str) -> HasDjangoPermission:
        """Return a permission for users who have these, whatever the model and event: `.of("shop.refund_order")`."""
        return HasDjangoPermission(*permissions)

    def _has(self, user: Any, permission: str, component: Any) -> bool:
        if "." in permission:
            return bool(user.has_perm(permission))
        options = model_of(component)._meta
        name = f"{options.app_label}.{permission}_{options.model_name}"
        if permission == "view" and user.has_perm(f"{options.app_label}.change_{options.model_name}"):
            return True
        return bool(user.has_perm(name))


class HasDjangoPermission(BasePermission):
    """Whoever has all of the named permissions may. Made by `DjangoModelPermission.of("app.codename")`."""

    def __init__(self, *permissions: str) -> None:
        """Raises ComponentDefinitionError for a name that is not `app_label.codename`."""
        for permission in permissions or ("",):
            if not all(str(permission).partition(".")):
                raise ComponentDefinitionError(f"{permission!r} is no permission: give 'app_label.codename'.")
        self.permissions = permissions

    @property
    def policy_key(self) -> str:
        """What tells this instance from others."""
        return ",".join(self.permissions)

    def has_permission(self, request: Any, component: Any) -> bool:
        """Return whether the user has all of them."""
        user = component.user
        return bool(user is not None and user.is_authenticated and user.has_perms(self.permissions))

    def __repr__(self) -> str:
        return f"DjangoModelPermission.of({', '.join(map(repr, self.permissions))})"

    def __eq__(self, other: object) -> bool:
        # A subclass of a project's own may ask something else of the same names.
        return type(other) is type(self) and self.permissions == other.permissions

    def __hash__(self) -> int:
        return hash((type(self), self.permissions))


def event_of(component: Any) -> str | None:
    """Return the component's event; None for the first render, and for the framework's own, such as a lazy load."""
    event: str | None = component.event
    return None if event is None or event.startswith("_") else event


def model_of(component: Any) -> Any:
    """Return the model class that a component is about. Raises ComponentDefinitionError if it does not say."""
    model = getattr(component, "model", None)
    if model is None:
        # Of attributes only: get_queryset() could run the author's queries.
        options = getattr(getattr(component, "instance", None), "_meta", None)
        model = getattr(options, "model", None)
    if model is None:
        model = getattr(getattr(component, "queryset", None), "model", None)
    if model is None:
        raise ComponentDefinitionError(
            f"DjangoModelPermission does not know the model of {type(component).__name__}: set `model`."
        )
    return model
