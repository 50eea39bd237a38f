"""What `manage.py check` says of permission classes."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.core.checks import run_checks
from django.http import HttpResponse
from django.urls import include, path
from django.views.decorators.cache import never_cache
from django.views.generic import ListView, TemplateView
from rest_framework import permissions
from rest_framework.views import APIView

from cf_core import Component
from cf_core.views import ComponentView
from cf_permissions import AllowAny, BasePermission, DjangoModelPermission, IsStaff, IsSuperuser, requires
from cf_permissions.decorators import permission_classes
from cf_permissions.permission_checks import (
    check_event_permissions,
    check_permission_classes,
    check_permissions_of_views,
)
from cf_permissions.views import PermissionMixin


def found(registry: Any, **attributes: Any) -> list[tuple[str, str]]:
    """Return (id, text) of what the checks say of a component with these attributes."""
    registry.register("desk")(type("Desk", (Desk,), attributes))
    messages = [*check_permission_classes(), *check_event_permissions()]
    assert all(message.hint or message.id == "cf_permissions.E003" for message in messages)
    ids = [str(message.id).removeprefix("cf_permissions.") for message in messages]
    return [(number, message.msg) for number, message in zip(ids, messages, strict=True)]


class Desk(Component):
    def on_open(self) -> None: ...

    @requires(IsStaff)
    def on_close(self) -> None: ...


class Plain:
    def has_permission(self, request: Any, component: Any) -> bool:
        return True


@pytest.mark.parametrize(
    "classes",
    [
        None,
        [],
        [AllowAny],
        (IsStaff, IsSuperuser),
        [IsStaff & ~IsSuperuser, Plain, Plain(), AllowAny()],
        [permissions.IsAuthenticated, permissions.IsAuthenticated & IsStaff, ~permissions.IsAdminUser],
        [DjangoModelPermission.of("auth.view_group")],
    ],
)
def test_what_is_right_is_passed(component_registry: Any, classes: Any) -> None:
    assert found(component_registry, permission_classes=classes, event_permissions={"open": [IsStaff]}) == []
    assert [message for message in run_checks() if str(message.id).startswith("cf_permissions")] == []


@pytest.mark.parametrize(
    ("classes", "number", "text"),
    [
        (IsStaff, "E001", "'desk' (tests.test_permission_checks.Desk).permission_classes is <class"),
        (IsStaff & IsSuperuser, "E001", ".permission_classes is (IsStaff & IsSuperuser), not a list"),
        ("IsStaff", "E001", "is 'IsStaff', not a list"),
        ({IsStaff}, "E001", "not a list"),
        (["cf_permissions.IsStaff"], "E002", "holds 'cf_permissions.IsStaff', which has no has_permission()"),
        ([IsStaff, object], "E002", "holds <class 'object'>, which has no has_permission()"),
        ([None], "E002", "holds None"),
        ([not IsStaff], "E002", "holds False"),
        ([permissions.IsAdminUser & object], "E002", "holds <class 'object'>"),
        ([DjangoModelPermission], "E003", "does not know the model of"),
        ([IsStaff & ~DjangoModelPermission()], "E003", "set `model`"),
    ],
)
@pytest.mark.parametrize("where", ["permission_classes", "event_permissions"])
def test_what_would_refuse_everybody_or_nobody_is_said(
    component_registry: Any, classes: Any, number: str, text: str, where: str
) -> None:
    if where == "event_permissions":
        if number == "E001":
            number, text = "E004", "['open'] is "
        messages = found(component_registry, event_permissions={"open": classes})
    else:
        messages = found(component_registry, permission_classes=classes)
    assert [message[0] for message in messages] == [number]
    assert text in messages[0][1].replace(", event 'open'", ".permission_classes")


def test_a_model_is_enough_for_model_permissions(component_registry: Any) -> None:
    assert found(component_registry, model=Group, permission_classes=[DjangoModelPermission]) == []


@pytest.mark.parametrize("name", ["has_permissions", "has_permision", "hasPermission", "has_object_permision"])
def test_a_misspelt_question_is_never_asked(component_registry: Any, name: str) -> None:
    misspelt = type("Misspelt", (BasePermission,), {name: lambda self, *args: False})
    for classes in ([misspelt], [misspelt() | IsStaff]):
        messages = found(component_registry, permission_classes=classes)
        assert [message[0] for message in messages] == ["W001"]
        assert f"Misspelt.{name} is never asked" in messages[0][1]
        component_registry.unregister("desk")


@pytest.mark.parametrize("value", [{"opne": [IsStaff]}, [IsStaff], {"open": IsStaff}])
def test_event_permissions_that_name_no_event_are_an_error(component_registry: Any, value: Any) -> None:
    messages = found(component_registry, event_permissions=value)
    assert [message[0] for message in messages] == ["E004"]
    assert "Desk.event_permissions" in messages[0][1]


def test_default_classes_are_checked_too(component_registry: Any, settings: Any) -> None:
    settings.CF_CORE = {"DEFAULT_PERMISSION_CLASSES": ["builtins.dict", "cf_permissions.IsStaff"]}
    messages = found(component_registry)
    assert [message[0] for message in messages] == ["E002"]
    assert "CF_CORE['DEFAULT_PERMISSION_CLASSES'] holds <class 'dict'>" in messages[0][1]
    settings.CF_CORE = {"DEFAULT_PERMISSION_CLASSES": ["no.such.Class"]}
    assert check_permission_classes() == []


# -- views


class DeskView(ComponentView):
    component_name = "desk"


class Unasked(TemplateView):
    """Says who may, and has nothing that would ask."""

    permission_classes = [IsStaff]


class TheirOwn(APIView):
    permission_classes = [permissions.IsAdminUser]


class Groups(PermissionMixin, ListView):
    permission_classes = [DjangoModelPermission]
    model = Group


class Nothings(PermissionMixin, TemplateView):
    permission_classes = [DjangoModelPermission & IsStaff]


def page(request: Any) -> HttpResponse:
    return HttpResponse()


VIEWS: dict[str, tuple[Callable[[], Any], list[tuple[str, str]]]] = {
    "no view of ours": (lambda: page, []),
    "component view": (lambda: DeskView.as_view(permission_classes=[IsStaff, DjangoModelPermission]), []),
    "text on a component view": (
        lambda: DeskView.as_view(permission_classes=["IsStaff"]),
        [("E002", "holds 'IsStaff', which has no has_permission()")],
    ),
    "text in a decorator": (
        lambda: never_cache(login_required(permission_classes(["IsStaff"])(page))),
        [("E002", "page-")],
    ),
    "stacked decorators": (
        lambda: permission_classes([object])(permission_classes([IsStaff, str])(page)),
        [("E002", "<class 'object'>"), ("E002", "<class 'str'>")],
    ),
    "model permission in a decorator": (
        lambda: permission_classes([DjangoModelPermission])(page),
        [("E003", "set `model`")],
    ),
    "model permission on a page of a model": (Groups.as_view, []),
    "model permission on a page of none": (Nothings.as_view, [("E003", "Nothings-")]),
    "mixin that is missing": (
        Unasked.as_view,
        [("W002", "tests.test_permission_checks.Unasked.permission_classes are never asked")],
    ),
    "Django REST framework's view": (TheirOwn.as_view, []),
}


@pytest.mark.parametrize("name", VIEWS)
def test_classes_of_views_are_checked(settings: Any, name: str) -> None:
    make, expected = VIEWS[name]
    settings.ROOT_URLCONF = ModuleType("urls")
    settings.ROOT_URLCONF.urlpatterns = [path("deep/", include([path("view/", make())]))]
    messages = check_permissions_of_views()
    assert [str(message.id) for message in messages] == [f"cf_permissions.{number}" for number, _ in expected]
    for message, (_, text) in zip(messages, expected, strict=True):
        assert text in message.msg


def test_a_project_without_addresses_has_no_views_to_check(settings: Any) -> None:
    del settings.ROOT_URLCONF
    assert check_permissions_of_views() == []
