"""What the page on permissions says."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.utils.html import escape
from rest_framework.permissions import BasePermission as TheirPermission

import cf_permissions
from cf_core import AuthRequired, ComponentDefinitionError, Forbidden
from cf_permissions import AllowAny, DjangoModelPermission, IsAuthenticated, IsStaff, requires
from cf_permissions.composition import REFUSED_BY_NOT
from cf_permissions.events import permissions_of_event
from cf_permissions.rest_framework import METHODS, RequestOfEvent
from cf_testing import assert_permission_denied, dispatch_event, make_component
from handbook.components.auth import Diary
from handbook.components.editors import CommentEditor, CommentExport, GuestBook
from handbook.components.moderation import Moderation
from handbook.components.wallet import IsHolder, Wallet
from handbook.models import Comment, Voucher
from tests.helpers import code, table

pytestmark = pytest.mark.django_db
PAGE = "reference/permissions.md"


@pytest.fixture
def ada(django_user_model):
    return django_user_model.objects.create(username="ada")


def grant(user, *codenames: str):
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return type(user).objects.get(pk=user.pk)


def test_classes_and_their_texts_are_those_of_the_table() -> None:
    rows = {code(row[0])[0]: code(row[2]) for row in table(PAGE, "# Permissions")}

    assert set(rows) == {
        name for name in cf_permissions.__all__ if isinstance(getattr(cf_permissions, name), type(AllowAny))
    } - {"BasePermission"}
    for name, texts in rows.items():
        general = Forbidden().public if name == "DjangoModelPermission" else ""
        assert (texts or [""]) == [getattr(cf_permissions, name).message or general]


def test_combinations_tell_what_the_table_says(ada) -> None:
    *_, inverted = table(PAGE, "## Combinations")
    assert code(inverted[2]) == [REFUSED_BY_NOT]

    class Writing(Diary):
        permission_classes = [~IsAuthenticated]

    assert assert_permission_denied(Writing, user=ada, owner_id=1).public == REFUSED_BY_NOT
    assert dispatch_event(Writing, user=AnonymousUser(), owner_id=1).is_mounted
    assert (IsStaff and IsAuthenticated) is IsAuthenticated


def test_what_a_subclass_says_of_an_event_holds() -> None:
    class Quiet(Moderation):
        event_permissions = {"report": []}

        def on_delete(self, comment_id: int): ...

        @requires(AllowAny)
        def on_clear(self): ...

    assert permissions_of_event(Quiet, "report") == ()
    assert permissions_of_event(Quiet, "delete") == (IsStaff,)
    assert permissions_of_event(Quiet, "clear") == (AllowAny,)


def test_what_events_of_a_model_take_is_that_of_the_table() -> None:
    rows = {
        event: code(row[1]) for row in table(PAGE, "## Django's own permissions") for event in code(row[0]) or [row[0]]
    }

    told = {rows_key: words[0] for rows_key, words in rows.items()}
    takes = {event: words[0] for event, words in DjangoModelPermission.perms_map.items()}
    assert told == {"the first render": takes.pop(None), "every other": takes.pop("*"), **takes}


def test_editors_may_what_their_permissions_say(ada) -> None:
    comment = Comment.objects.create(text="x")
    assert_permission_denied(CommentEditor, user=ada)
    editor = grant(ada, "change_comment")
    dispatch_event(CommentEditor, "rename", {"comment_id": comment.pk, "text": "y"}, user=editor)
    assert Comment.objects.get().text == "y"
    assert_permission_denied(CommentEditor, "delete", {"comment_id": comment.pk}, user=editor)
    assert_permission_denied(CommentEditor, "pin", {"comment_id": comment.pk}, user=editor)

    assert_permission_denied(CommentExport, user=editor)
    assert dispatch_event(CommentExport, user=grant(ada, "view_comment")).is_mounted


def test_a_class_of_rest_framework_stands_there_as_it_is() -> None:
    assert dispatch_event(GuestBook, user=None).is_mounted
    assert isinstance(assert_permission_denied(GuestBook, "sign", {"text": "x"}, user=None), AuthRequired)
    dispatch_event(GuestBook, "sign", {"text": "hello"})
    assert Comment.objects.get().text == "hello"


def test_their_methods_are_those_of_the_table() -> None:
    row = next(row for row in table(PAGE, "## Django REST framework") if code(row[0]) == ["request.method"])

    assert set(code(row[1])) == {"PUT", *METHODS.values(), *filter(None, METHODS)}
    guests = make_component(GuestBook)
    guests.event = "sign"
    assert RequestOfEvent(guests).method == "PUT"


def test_rows_are_for_their_holders(ada, django_user_model) -> None:
    mine, other = (Voucher.objects.create(code=name, redeemed_by=name) for name in ("ada", "bob"))

    page = dispatch_event(Wallet, user=ada).dispatch()["html"]
    assert page.count("Give back") == 1
    assert escape(IsHolder.message) in page
    refusal = assert_permission_denied(Wallet, "give_back", {"voucher_id": other.pk}, user=ada)
    assert refusal.public == IsHolder.message
    dispatch_event(Wallet, "give_back", {"voucher_id": mine.pk}, user=ada)
    staff = django_user_model(pk=7, is_staff=True)
    dispatch_event(Wallet, "give_back", {"voucher_id": other.pk}, user=staff)
    assert not Voucher.objects.exclude(redeemed_by="").exists()


def test_what_they_cannot_read_is_named() -> None:
    class Reads(TheirPermission):
        def has_permission(self, request, view):
            return request.data

    class Closed(GuestBook):
        permission_classes = [Reads]

    with pytest.raises(ComponentDefinitionError, match=r"request\.data"):
        dispatch_event(Closed)
