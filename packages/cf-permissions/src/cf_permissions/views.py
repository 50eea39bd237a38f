"""Views that ask who may, thin: the classes travel with every token that the view issues, and cf_core asks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.views import View

from cf_core.engine.calls import Policy
from cf_core.policies import governed, listed, register_policy, stand_in_for
from cf_core.views import ComponentView

from .classes import IsAuthenticated

__all__ = ["AuthenticatedComponentView", "PermissionMixin"]


class AuthenticatedComponentView(ComponentView):
    """Serves a component to whoever is logged in; `permission_classes` of a subclass come on top of that."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., Any]:
        """Return the view function."""
        further = listed(initkwargs.get("permission_classes", cls.permission_classes) or (), cls.__qualname__)
        return super().as_view(**{**initkwargs, "permission_classes": (IsAuthenticated, *further)})


class PermissionMixin:
    """Has a page view's `permission_classes` hold for the page, and for every component that its template places.

    `class Panel(PermissionMixin, TemplateView)`. Whom they refuse is answered as JSON, 401 or 403. A mixin named before
    this one, Django's LoginRequiredMixin for example, is asked before it, and may redirect.
    """

    _policy: Policy | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a view whose own class would answer first, so that nobody would be asked."""
        super().__init_subclass__(**kwargs)
        order: list[type] = list(cls.__mro__)
        if any(view in order and order.index(view) < order.index(PermissionMixin) for view in (ComponentView, View)):
            raise ImproperlyConfigured(f"{cls.__qualname__}: name PermissionMixin before the view's class.")

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., Any]:
        """Return the view function, and make its policy known by name. A ComponentView sees to that itself."""
        inherited: Any = super()
        if not issubclass(cls, ComponentView):
            classes = initkwargs.pop("permission_classes", getattr(cls, "permission_classes", ()))
            name = initkwargs.pop("policy_name", getattr(cls, "policy_name", None))
            if not classes:
                raise ImproperlyConfigured(f"{cls.__qualname__}: PermissionMixin needs permission_classes.")
            initkwargs["_policy"] = register_policy(cls, classes, name)
        view: Callable[..., Any] = inherited.as_view(**initkwargs)
        return view

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Ask, then run the view. A ComponentView asks of its component."""
        view: Any = self
        inherited: Any = super()
        if isinstance(view, ComponentView):
            return inherited.dispatch(request, *args, **kwargs)
        if self._policy is None:
            raise ImproperlyConfigured(f"{type(self).__qualname__} was not made by as_view(): it has no policy.")
        run = governed(inherited.dispatch, self._policy, stand_in_for(type(self)), is_async=view.view_is_async)
        return run(request, *args, **kwargs)
