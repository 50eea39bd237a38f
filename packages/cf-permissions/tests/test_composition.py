"""`&`, `|` and `~`: right about both questions together, for classes and instances, sync and async."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured

from cf_core import AuthRequired, Component, ComponentDefinitionError, Forbidden
from cf_core.engine.calls import Call
from cf_core.engine.drivers import run_async, run_sync
from cf_core.engine.lifecycle import perform
from cf_core.policies import register_policy, view_policy
from cf_permissions import AllowAny, BasePermission, IsAuthenticated, IsStaff, IsSuperuser
from cf_permissions.composition import REFUSED_BY_NOT, Combination

asked: list[str] = []
DRIVERS: dict[str, Callable[[Any], Any]] = {"sync": run_sync, "async": lambda steps: async_to_sync(run_async)(steps)}


class Text:
    def render(self, component: Component, context: dict[str, Any]) -> str:
        return "<p>secret</p>"


class Desk(Component):
    renderer = Text()

    def mount(self) -> None:
        asked.append("mount")

    def on_write(self) -> None:
        asked.append("write")


def user(**more: Any) -> Any:
    return get_user_model()(pk=1, username="ann", **more)


def call(permission: Any, who: Any = None, event: str | None = None, run: Any = run_sync) -> Any:
    """Run a call of a component with this one permission; asserts that nothing runs where it refuses."""
    asked.clear()
    component = type("Desk", (Desk,), {"permission_classes": [permission]})(user=user() if who is None else who)
    return run(perform(Call(component, event=event, may_mount_for_event=True)))


def refused(permission: Any, who: Any = None, **more: Any) -> Forbidden:
    with pytest.raises(Forbidden) as raised:
        call(permission, who, **more)
    return raised.value


@dataclass(frozen=True)
class Says(BasePermission):
    """Answers as it is told; `about_object` None is a permission that has no opinion on objects."""

    first: bool
    about_object: bool | None = None
    is_async: bool = False
    name: str = ""
    message: str = ""
    code: str = "forbidden"

    def has_permission(self, request: Any, component: Any) -> Any:
        asked.append(f"{self.name}?")
        return self._later(self.first) if self.is_async else self.first

    @property
    def has_object_permission(self) -> Any:  # type: ignore[override]
        return None if self.about_object is None else self._about_object

    def _about_object(self, request: Any, component: Any, obj: Any) -> Any:
        asked.append(f"{self.name} object?")
        return self._later(self.about_object) if self.is_async else self.about_object

    async def _later(self, answer: Any) -> Any:
        await asyncio.sleep(0)
        return answer

    @property
    def allows(self) -> bool:
        return self.first and self.about_object is not False


EVERY_ANSWER = [(False, None), (True, None), (False, True), (True, True), (True, False)]
SHAPES: dict[str, tuple[Callable[..., Any], Callable[..., bool]]] = {
    "a & b": (lambda a, b, c: a & b, lambda a, b, c: a and b),
    "a | b": (lambda a, b, c: a | b, lambda a, b, c: a or b),
    "~a": (lambda a, b, c: ~a, lambda a, b, c: not a),
    "~~a": (lambda a, b, c: ~~a, lambda a, b, c: a),
    "a & ~b": (lambda a, b, c: a & ~b, lambda a, b, c: a and not b),
    "~(a | b)": (lambda a, b, c: ~(a | b), lambda a, b, c: not (a or b)),
    "~(a & b)": (lambda a, b, c: ~(a & b), lambda a, b, c: not (a and b)),
    "(a | b) & c": (lambda a, b, c: (a | b) & c, lambda a, b, c: (a or b) and c),
    "a | (b & c)": (lambda a, b, c: a | (b & c), lambda a, b, c: a or (b and c)),
    "~a | (b & ~c)": (lambda a, b, c: ~a | (b & ~c), lambda a, b, c: not a or (b and not c)),
}


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("is_async", [(False,) * 3, (True,) * 3, (True, False, True), (False, True, False)])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_combination_allows_what_its_truth_table_says(
    shape: str, is_async: tuple[bool, bool, bool], driver: str
) -> None:
    combine, expected = SHAPES[shape]
    for answers in itertools.product(EVERY_ANSWER, repeat=2 if "c" not in shape else 3):
        parts = [Says(*answer, is_async=slow) for answer, slow in zip(answers, is_async, strict=False)]
        a, b, c = (*parts, Says(True), Says(True))[:3]
        permission = combine(a, b, c)
        if expected(a.allows, b.allows, c.allows):
            call(permission, run=DRIVERS[driver])
        else:
            refused(permission, run=DRIVERS[driver])


@pytest.mark.parametrize("shape", SHAPES)
def test_what_needs_no_object_is_refused_before_there_is_one(shape: str) -> None:
    combine, expected = SHAPES[shape]
    for answers in itertools.product([True, False], repeat=3):
        if not expected(*answers):
            refused(combine(*map(Says, answers)))
            assert "mount" not in asked


def test_a_not_of_an_object_permission_waits_for_the_object() -> None:
    class IsOwner(BasePermission):
        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            return component.user.username == "ann"

    bob = get_user_model()(pk=2, username="bob")
    call(~IsOwner, bob)
    assert refused(~IsOwner).public == REFUSED_BY_NOT
    assert asked == ["mount"]
    call(IsOwner | IsStaff)
    call(IsOwner | IsStaff, get_user_model()(pk=2, is_staff=True))
    assert refused(IsOwner | IsStaff, bob).public == "Staff access required"
    assert refused(IsOwner & IsStaff).public == "Staff access required"
    assert "mount" not in asked


# -- how they are written


class IsMember(BasePermission):
    message = "For members"
    code = "members"

    def has_permission(self, request: Any, component: Any) -> bool:
        return bool(component.user.username == "member")


class Plain:
    """A permission of the project's own, which derives from nothing."""

    def has_permission(self, request: Any, component: Any) -> bool:
        return True


@pytest.mark.parametrize(
    "permission",
    [
        IsStaff & Plain,
        Plain & IsStaff,
        IsStaff() & Plain(),
        Plain() & IsStaff(),
        Plain & IsStaff(),
        IsStaff & Plain(),
        (IsStaff | IsSuperuser) & Plain,
        Plain & (IsStaff | IsSuperuser),
        IsStaff & (IsAuthenticated & Plain),
    ],
)
def test_classes_and_instances_combine_in_any_order(permission: Any) -> None:
    assert isinstance(permission, Combination)
    call(permission, user(is_staff=True))
    refused(permission)


@pytest.mark.parametrize("permission", [IsStaff | Plain, Plain | IsStaff, Plain() | IsStaff(), Plain | IsStaff()])
def test_or_of_classes_is_no_union_of_types(permission: Any) -> None:
    call(permission)


def test_or_with_none_is_still_a_type() -> None:
    assert (IsStaff | None) == (None | IsStaff)
    assert isinstance(None, IsStaff | None)


@pytest.mark.parametrize("other", [5, "IsStaff", None, object()])
def test_what_is_no_permission_does_not_combine(other: Any) -> None:
    with pytest.raises(TypeError, match=r"has no has_permission\(\)"):
        IsStaff & other
    with pytest.raises(TypeError, match=r"has no has_permission\(\)"):
        other & IsStaff()


def test_a_combination_may_be_a_part_of_others_and_stand_twice() -> None:
    either = IsStaff | IsSuperuser
    both = either & ~IsMember
    boss = user(is_staff=True)
    call(both, boss)
    assert repr(both) == "((IsStaff | IsSuperuser) & ~IsMember)"
    assert either == (IsStaff | IsSuperuser)
    assert both.policy_key == ((IsStaff | IsSuperuser) & ~IsMember).policy_key != (both | AllowAny).policy_key
    component = type("Desk", (Desk,), {"permission_classes": [either, both, either]})(user=boss)
    component.dispatch()


class Role(BasePermission):
    """A permission that is made with something."""

    def __init__(self, role: Any) -> None:
        self.role = role


def test_policies_of_different_combinations_have_different_names() -> None:
    def name(permission: Any) -> str:
        return register_policy(Desk, [permission]).view

    different = [
        IsStaff & IsSuperuser, IsSuperuser & IsStaff, IsStaff | IsSuperuser, ~IsStaff, IsStaff() & IsSuperuser,
        Role("x") | IsStaff, Role("y") | IsStaff, (Role("x") | IsStaff) & IsMember,
    ]  # fmt: skip
    assert len({name(permission) for permission in different}) == len(different)
    assert name(Role("x") | IsStaff) == name(Role("x") | IsStaff)

    role = object()
    for _ in range(2):
        name(~Role(role))
    with pytest.raises(ImproperlyConfigured, match="policy_name"):
        name(~Role(object()))


def test_classes_that_a_function_made_are_not_mistaken_for_each_other() -> None:
    def made() -> Any:
        class Local(BasePermission): ...

        return Local

    one, other = made() | IsStaff, made() | IsStaff
    policy = register_policy(Desk, [one])
    assert view_policy(policy.view).permission_classes == (one,)
    assert register_policy(Desk, [other]).view == policy.view
    with pytest.raises(ImproperlyConfigured, match="policy_name"):
        view_policy(policy.view)


def test_a_combination_answers_when_it_is_asked_by_hand() -> None:
    component = Desk(user=user(is_staff=True))
    assert (IsStaff & IsMember).has_permission(None, component) is False
    assert (IsStaff | IsMember)().has_permission(None, component) is True
    assert (IsStaff & ~IsMember).has_object_permission(None, component, component) is True
    slow = (IsStaff & Says(True, is_async=True)).has_permission(None, component)
    assert asyncio.run(slow) is True


def test_an_operand_is_not_asked_once_the_answer_is_known() -> None:
    first, second = Says(False, name="first"), Says(True, name="second")
    refused(first & second)
    assert asked == ["first?"]
    call(second | first)
    assert asked == ["second?", "mount"]


def test_an_operand_is_asked_each_question_once() -> None:
    call(Says(True, True, name="a") & Says(True, True, name="b", is_async=True))
    assert asked == ["a?", "b?", "mount", "a object?", "b object?"]


def test_two_calls_share_no_answers() -> None:
    permission = IsStaff | IsMember
    assert refused(permission).code == "members"
    call(permission, user(is_staff=True))
    assert refused(permission & IsSuperuser, user(is_staff=True)).public == "Superuser access required"


# -- what a refused user is told


@pytest.mark.parametrize(
    ("permission", "text", "code"),
    [
        (IsAuthenticated & IsMember, "For members", "members"),
        (IsMember & IsStaff, "For members", "members"),
        (IsStaff & IsMember, "Staff access required", "forbidden"),
        (IsStaff | IsMember, "For members", "members"),
        (IsMember | IsStaff, "Staff access required", "forbidden"),
        (IsMember | Says(False), "For members", "members"),
        (Says(False) | IsMember, "For members", "members"),
        (Says(False) | Says(False), "You do not have permission to perform this action", "forbidden"),
        (~IsAuthenticated, REFUSED_BY_NOT, "forbidden"),
        (IsAuthenticated & ~AllowAny, REFUSED_BY_NOT, "forbidden"),
        (~(IsMember | IsAuthenticated), REFUSED_BY_NOT, "forbidden"),
        ((IsMember | IsStaff) & AllowAny, "Staff access required", "forbidden"),
        (Says(True, False, message="Not this one", code="other") | IsStaff, "Staff access required", "forbidden"),
        (IsStaff | Says(True, False, message="Not this one", code="other"), "Not this one", "other"),
        (IsAuthenticated & Says(True, False, message="Not this one", code="other"), "Not this one", "other"),
    ],
)
@pytest.mark.parametrize("driver", DRIVERS)
def test_the_part_that_refused_tells_why(permission: Any, text: str, code: str, driver: str) -> None:
    assert refused(permission, run=DRIVERS[driver]).body() == {"error": text, "code": code}


@pytest.mark.parametrize("permission", [IsStaff | IsSuperuser, IsAuthenticated & IsStaff, ~AllowAny])
def test_a_visitor_is_asked_to_log_in(permission: Any) -> None:
    for nobody in (AnonymousUser(), None):
        component = type("Desk", (Desk,), {"permission_classes": [permission]})(user=nobody)
        with pytest.raises(AuthRequired):
            component.dispatch()


def test_a_visitor_passes_not_authenticated() -> None:
    call(~IsAuthenticated, AnonymousUser())


# -- parts that fail


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("combine", [lambda a, b: a | b, lambda a, b: a & b, lambda a, b: ~a])
def test_a_part_that_raises_lets_nobody_in(combine: Any, is_async: bool) -> None:
    class Fails(BasePermission):
        def has_permission(self, request: Any, component: Any) -> Any:
            if not is_async:
                raise LookupError("bug")

            async def fail() -> bool:
                raise LookupError("bug")

            return fail()

    for run in DRIVERS.values():
        with pytest.raises(LookupError):
            call(combine(Fails, AllowAny), event="write", run=run)
        assert asked == []


@pytest.mark.parametrize("question", ["has_permission", "has_object_permission"])
@pytest.mark.parametrize("combine", [lambda a, b: a | b, lambda a, b: b & a, lambda a, b: ~a])
def test_a_part_that_forgets_to_await_lets_nobody_in(combine: Any, question: str) -> None:
    async def answer() -> bool:
        return False

    async def forget(self: Any, *args: Any) -> Any:
        return answer()

    forgetful = type("Forgetful", (BasePermission,), {question: forget})
    for run in DRIVERS.values():
        with pytest.raises(ComponentDefinitionError, match=r"Forgetful answered .* await"):
            call(combine(forgetful, AllowAny), event="write", run=run)
        assert "write" not in asked


@pytest.mark.django_db
def test_what_is_not_async_may_use_the_database_beside_what_is() -> None:
    class HasGroup(BasePermission):
        def has_permission(self, request: Any, component: Any) -> bool:
            return not get_user_model().objects.filter(username="nobody").exists()

        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            return self.has_permission(request, component)

    slow = Says(True, True, is_async=True)
    for permission in (slow & HasGroup & slow, HasGroup & slow & HasGroup, ~(slow & ~HasGroup)):
        for run in DRIVERS.values():
            call(permission, event="write", run=run)
            assert asked[-1] == "write"
