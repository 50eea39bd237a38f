"""System checks of permission classes: what would refuse everybody, or nobody, is said at start-up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from django.core import checks

from cf_core.engine.errors import ComponentDefinitionError
from cf_core.engine.registries import registry
from cf_core.policies import default_permissions, policies_of

from .classes import BasePermission
from .composition import Combination
from .events import ATTRIBUTE, permissions_of_event, problems_of
from .model_permissions import DjangoModelPermission, model_of
from .project_views import project_views

Messages = list[checks.CheckMessage]

_QUESTIONS = ("has_permission", "has_object_permission")


@checks.register("cf_permissions")
def check_permission_classes(**kwargs: Any) -> Messages:
    """E001 no list, E002 no permission, E003 a model permission without a model, W001 a misspelt question."""
    found: Messages = []
    for name, cls in registry:
        where = f"{name!r} ({cls.__module__}.{cls.__qualname__})"
        classes = cls.permission_classes
        if classes is not None:
            found += _check_list(f"{where}.permission_classes", classes, cls)
        if not any(problems_of(cls)):
            for event in cls._events:
                found += _check_list(f"{where}, event {event!r}", permissions_of_event(cls, event), cls)
    if not found:
        # cf_core.E003 has said what cannot be imported.
        try:
            defaults = default_permissions()
        except ImportError:
            return found
        found += _check_list("CF_CORE['DEFAULT_PERMISSION_CLASSES']", defaults, None)
    return found


@checks.register("cf_permissions")
def check_event_permissions(**kwargs: Any) -> Messages:
    """E004 `event_permissions` that name no event or hold no lists."""
    return [
        checks.Error(problem, hint=f'{ATTRIBUTE} = {{"delete": [IsSuperuser]}}', id="cf_permissions.E004")
        for _, cls in registry
        for problem in problems_of(cls)
    ]


@checks.register("cf_permissions")
def check_permissions_of_views(**kwargs: Any) -> Messages:
    """E002 and E003 of views and decorators, W002 classes on a view that nothing asks."""
    found: Messages = []
    for view in project_views():
        cls = getattr(view, "view_class", None)
        policies = policies_of(view)
        for policy in policies:
            knows_model = getattr(cls, "asks_permissions", False)
            found += _check_list(policy.view, policy.permission_classes, None if knows_model else cls or view)
        if cls is not None and not policies and any(map(_is_ours, _listed(cls))):
            text = f"{cls.__module__}.{cls.__qualname__}.permission_classes are never asked."
            found.append(checks.Warning(text, hint="Name PermissionMixin before its base.", id="cf_permissions.W002"))
    return found


def _listed(cls: type) -> Sequence[Any]:
    classes = getattr(cls, "permission_classes", None)
    return classes if isinstance(classes, list | tuple) else ()


def _is_ours(permission: Any) -> bool:
    """Whether a class is of this package, and so stands on a view for no other framework."""
    kind = permission if isinstance(permission, type) else type(permission)
    return issubclass(kind, (Combination, BasePermission))


def _check_list(where: str, classes: Any, owner: Any) -> Iterator[checks.CheckMessage]:
    if not isinstance(classes, list | tuple):
        text = f"{where} is {classes!r}, not a list."
        yield checks.Error(text, hint="Write [IsStaff], with brackets.", id="cf_permissions.E001")
        return
    for permission in _parts(classes):
        if isinstance(permission, str) or not callable(getattr(permission, "has_permission", None)):
            text = f"{where} holds {permission!r}, which has no has_permission()."
            yield checks.Error(text, hint="Give the class itself, imported.", id="cf_permissions.E002")
            continue
        yield from _check_spelling(where, permission)
        if owner is not None and _is_model_permission(permission):
            try:
                model_of(owner)
            except ComponentDefinitionError as error:
                yield checks.Error(f"{where}: {error}", id="cf_permissions.E003")


def _check_spelling(where: str, permission: Any) -> Iterator[checks.CheckMessage]:
    """Yield a warning for methods that look like a question and would never be asked."""
    owner = permission if isinstance(permission, type) else type(permission)
    for base in owner.__mro__:
        for name in vars(base):
            near = get_close_matches(name, _QUESTIONS, 1, cutoff=0.85)
            if near and name not in _QUESTIONS and not hasattr(object, name):
                text = f"{where}: {owner.__qualname__}.{name} is never asked."
                yield checks.Warning(text, hint=f"Did you mean {near[0]}?", id="cf_permissions.W001")


def _parts(classes: Iterable[Any]) -> Iterator[Any]:
    for permission in classes:
        if isinstance(permission, Combination):
            yield from _parts(permission.operands)
        elif hasattr(permission, "operator_class"):
            # A combination of Django REST framework's.
            operands = (getattr(permission, f"op{place}_class", None) for place in (1, 2))
            yield from _parts(operand for operand in operands if operand is not None)
        else:
            yield permission


def _is_model_permission(permission: Any) -> bool:
    kind = permission if isinstance(permission, type) else type(permission)
    return issubclass(kind, DjangoModelPermission)
