"""AllowAny and IsAuthenticated, through the lifecycle that enforces them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from cf_core import AuthRequired, Component, Forbidden
from cf_permissions import AllowAny, BasePermission, IsAuthenticated


class _Text:
    def render(self, component: Component, context: dict[str, Any]) -> str:
        return "<p>secret</p>"


def guarded_by(*classes: Any) -> type[Component]:
    class Guarded(Component):
        renderer = _Text()
        permission_classes: Sequence[Any] = classes

    return Guarded


def someone() -> Any:
    return get_user_model()(pk=1, username="ann")


@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_allow_any_lets_everybody_in(user: Any) -> None:
    assert "secret" in guarded_by(AllowAny)(user=user).dispatch()["html"]


@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_nobody_is_asked_to_log_in(user: Any) -> None:
    with pytest.raises(AuthRequired):
        guarded_by(IsAuthenticated)(user=user).dispatch()


def test_a_user_passes_is_authenticated() -> None:
    assert "secret" in guarded_by(IsAuthenticated)(user=someone()).dispatch()["html"]


def test_a_refused_user_is_told_the_message_of_the_class() -> None:
    class Never(BasePermission):
        message = "Only on Tuesdays"
        code = "closed"

        async def has_permission(self, request: Any, component: Any) -> bool:
            return False

    with pytest.raises(Forbidden) as refused:
        guarded_by(Never)(user=someone()).dispatch()
    assert refused.value.body() == {"error": "Only on Tuesdays", "code": "closed"}


def test_every_class_has_to_agree() -> None:
    class NotThisObject(BasePermission):
        def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
            return obj is not component

    with pytest.raises(Forbidden):
        guarded_by(AllowAny, NotThisObject)(user=someone()).dispatch()


def test_the_classes_import_no_django() -> None:
    code = "import sys, cf_permissions; assert not [name for name in sys.modules if name.split('.')[0] == 'django']"
    subprocess.run([sys.executable, "-c", code], check=True)
