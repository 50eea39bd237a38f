"""Views that ask who may, thin: the classes travel with every token that the view issues, and cf_core asks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from cf_core.policies import under_policy
from cf_core.views import ComponentView

from .classes import IsAuthenticated

__all__ = ["AuthenticatedComponentView", "PermissionMixin"]


class AuthenticatedComponentView(ComponentView):
    """Serves a component to whoever is logged in; `permission_classes` of a subclass come on top of that."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., Any]:
        """Return the view function."""
        further = initkwargs.get("permission_classes", cls.permission_classes)
        return super().as_view(**{**initkwargs, "permission_classes": (IsAuthenticated, *further)})


class PermissionMixin:
    """Has a page view's `permission_classes` hold for every component that its template places.

    `class Panel(PermissionMixin, TemplateView)`. What the view does itself is not their business: use Django's own
    mixins for that. A page that placed no component would be protected by nothing and raises ImproperlyConfigured.
    """

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., Any]:
        """Return the view function, under the view's policy. A ComponentView sees to its classes itself."""
        inherited: Any = super()
        if issubclass(cls, ComponentView):
            view: Callable[..., Any] = inherited.as_view(**initkwargs)
            return view
        classes = initkwargs.pop("permission_classes", getattr(cls, "permission_classes", ()))
        name = initkwargs.pop("policy_name", getattr(cls, "policy_name", None))
        if not classes:
            raise ImproperlyConfigured(f"{cls.__qualname__}: PermissionMixin needs permission_classes.")
        return under_policy(inherited.as_view(**initkwargs), permission_classes=classes, name=name)
