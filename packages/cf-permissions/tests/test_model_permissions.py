"""DjangoModelPermission: Django's own permissions, by the component's model and event."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group, Permission

from cf_core import AuthRequired, Component, ComponentDefinitionError, Forbidden
from cf_core.engine.calls import Call
from cf_core.engine.drivers import run_sync
from cf_core.engine.lifecycle import perform
from cf_core.policies import register_policy
from cf_permissions import DjangoModelPermission
from cf_permissions.model_permissions import HasDjangoPermission

pytestmark = pytest.mark.django_db
EVENTS = ("add", "create", "delete", "remove", "destroy", "rename")
ran: list[str] = []


class Text:
    def render(self, component: Component, context: dict[str, Any]) -> str:
        return "<p>secret</p>"


class Groups(Component):
    permission_classes = [DjangoModelPermission]
    model: Any = Group
    renderer = Text()

    def mount(self) -> None:
        ran.append("mount")

    def on_add(self) -> None: ...
    def on_create(self) -> None: ...
    def on_delete(self) -> None: ...
    def on_remove(self) -> None: ...
    def on_destroy(self) -> None: ...
    def on_rename(self) -> None: ...


def user_with(*permissions: str, **flags: Any) -> Any:
    user = get_user_model().objects.create(username="ann", **flags)
    for name in permissions:
        app, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return get_user_model().objects.get(pk=user.pk)


def allowed(user: Any, cls: type[Component] = Groups) -> set[str | None]:
    """Return what the user may, the first render as None."""
    found: set[str | None] = set()
    for event in (None, *EVENTS):
        component = cls(user=user)
        component.event = event
        check = component.permission_classes[0]  # type: ignore[index]
        if (check() if isinstance(check, type) else check).has_permission(None, component):
            found.add(event)
    return found


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        ([], set()),
        (["auth.view_group"], {None}),
        (["auth.change_group"], {None, "rename"}),
        (["auth.add_group"], {"add", "create"}),
        (["auth.delete_group"], {"delete", "remove", "destroy"}),
        (["auth.view_user", "auth.change_user"], set()),
    ],
)
def test_an_event_takes_the_models_permission(permissions: list[str], expected: set[str | None]) -> None:
    assert allowed(user_with(*permissions)) == expected


def test_superusers_may_everything_and_who_is_not_active_nothing() -> None:
    assert allowed(user_with(is_superuser=True)) == {None, *EVENTS}
    get_user_model().objects.update(is_active=False)
    assert allowed(get_user_model().objects.get()) == set()
    assert allowed(AnonymousUser()) == allowed(None) == set()


def test_it_is_asked_before_the_component_mounts() -> None:
    ran.clear()
    with pytest.raises(AuthRequired):
        Groups().dispatch()
    user = user_with("auth.view_group")
    with pytest.raises(Forbidden):
        Groups(user=user).dispatch("delete")
    assert ran == []
    assert Groups(user=user).dispatch()["html"]


def test_a_project_says_otherwise_what_an_event_takes() -> None:
    class Renaming(DjangoModelPermission):
        perms_map = {**DjangoModelPermission.perms_map, "rename": ("auth.delete_user", "view"), None: ()}

    renamed = type("Renamed", (Groups,), {"permission_classes": [Renaming]})
    user = user_with("auth.delete_user", "auth.view_group")
    assert allowed(user, renamed) == {None, "rename"}


def test_loading_lazily_is_no_change(component_registry: Any) -> None:
    user = user_with("auth.view_group")
    groups = component_registry.register("groups")(type("Groups_", (Groups,), {}))
    answer = run_sync(perform(Call(groups, params={"user": user}, lazy=True)))
    again = Call(groups, params={"user": user}, event="_lazy", token=answer.token)
    assert "secret" in run_sync(perform(again)).html


def test_an_event_that_the_map_does_not_name_is_an_error() -> None:
    class Strict(DjangoModelPermission):
        perms_map = {None: ("view",)}

    strict = type("Strict_", (Groups,), {"permission_classes": [Strict]})
    with pytest.raises(ComponentDefinitionError, match=r"Strict\.perms_map says nothing of 'rename'"):
        strict(user=user_with()).dispatch("rename")


@pytest.mark.parametrize("attribute", ["instance", "queryset"])
def test_the_model_may_be_that_of_the_instance_or_queryset(attribute: str) -> None:
    class About(Groups):
        model = None

    value = Group(name="x") if attribute == "instance" else Group.objects.all()
    about = type("About_", (About,), {attribute: value})
    assert allowed(user_with("auth.view_group"), about) == {None}


def test_without_a_model_it_refuses_and_says_what_is_missing() -> None:
    class About(Groups):
        model = None

    with pytest.raises(ComponentDefinitionError, match="does not know the model of About: set `model`"):
        About(user=user_with()).dispatch()


def test_named_permissions_hold_for_every_event() -> None:
    class Refunds(Groups):
        model = None
        permission_classes = [DjangoModelPermission.of("auth.view_group", "auth.change_user")]

    user = user_with("auth.view_group", "auth.change_user")
    assert allowed(user, Refunds) == {None, *EVENTS}
    get_user_model().objects.all().delete()
    assert allowed(user_with("auth.view_group"), Refunds) == set()
    for nobody in (None, AnonymousUser()):
        assert allowed(nobody, Refunds) == set()


@pytest.mark.parametrize("names", [(), ("",), ("refund",), (".refund",), ("shop.",), (5,)])
def test_a_name_that_can_be_no_permission_is_refused(names: Any) -> None:
    with pytest.raises(ComponentDefinitionError, match=r"give 'app_label\.codename'"):
        DjangoModelPermission.of(*names)


def test_named_permissions_are_told_apart_and_combine() -> None:
    one, other = DjangoModelPermission.of("auth.view_group"), DjangoModelPermission.of("auth.view_user")
    assert one == DjangoModelPermission.of("auth.view_group") != other
    assert register_policy(Groups, [one]).view != register_policy(Groups, [other]).view
    either = type("Either", (Groups,), {"permission_classes": [one | other]})
    assert None in allowed(user_with("auth.view_user"), either)


def test_permissions_of_a_group_count_and_losing_them_counts_at_once() -> None:
    user = user_with()
    group = Group.objects.create(name="editors")
    group.permissions.add(Permission.objects.get(codename="change_group"))
    user.groups.add(group)
    fresh = get_user_model().objects.get
    assert allowed(fresh()) == {None, "rename"}
    group.permissions.clear()
    assert allowed(fresh()) == set()


def test_a_subclass_of_a_named_permission_is_another_permission() -> None:
    class Lacks(HasDjangoPermission):
        def has_permission(self, request: Any, component: Any) -> bool:
            return not super().has_permission(request, component)

    one, other = DjangoModelPermission.of("auth.view_group"), Lacks("auth.view_group")
    assert one != other
    assert one == DjangoModelPermission.of("auth.view_group")
    cls = type("Groups_", (Groups,), {"permission_classes": [one, other]})
    user = user_with()
    for permissions in ([], Permission.objects.filter(codename="view_group")):
        user.user_permissions.set(permissions)
        with pytest.raises(Forbidden):
            cls(user=get_user_model().objects.get()).dispatch()
