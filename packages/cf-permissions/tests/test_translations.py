"""The texts of the permission classes go through gettext where Django is there."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext_lazy, trans_real

from cf_core import Component
from cf_permissions import BasePermission, IsAuthenticated, IsStaff, IsSuperuser

pytestmark = [pytest.mark.django_db, pytest.mark.urls("cf_testing.parity.urls")]

GERMAN = {
    "": "Content-Type: text/plain; charset=UTF-8\n",
    "Staff access required": "Nur für das Personal",
    "Superuser access required": "Nur für Verwalter",
    "This is not available to you": "Für Sie nicht verfügbar",
    "Authentication required": "Bitte melden Sie sich an",
    "Members only": "Nur für Mitglieder",
}


class Text:
    def render(self, component: Component, context: dict[str, Any]) -> str:
        return f"<p>{component.why_not('go')}</p>"


class Members(BasePermission):
    message = gettext_lazy("Members only")

    def has_permission(self, request: Any, component: Any) -> bool:
        return False


def compiled(catalogue: dict[str, str]) -> bytes:
    """Return a catalogue as gettext reads it (.mo), without the tools that write one."""
    pairs = sorted((key.encode(), value.encode()) for key, value in catalogue.items())
    count, ids, texts = len(pairs), b"", b""
    places = []
    for key, value in pairs:
        places.append((len(key), len(ids), len(value), len(texts)))
        ids, texts = ids + key + b"\0", texts + value + b"\0"
    start = 28 + 16 * count
    table = b"".join(struct.pack("<II", length, start + at) for length, at, _, _ in places)
    table += b"".join(struct.pack("<II", length, start + len(ids) + at) for _, _, length, at in places)
    return struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0) + table + ids + texts


@pytest.fixture
def _german(settings: Any, tmp_path: Path) -> Iterator[None]:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(compiled(GERMAN))
    settings.LOCALE_PATHS = [tmp_path]
    trans_real._translations.clear()
    with translation.override("de"):
        yield
    trans_real._translations.clear()


@pytest.mark.usefixtures("_german")
@pytest.mark.parametrize(
    ("permission", "text"),
    [
        (IsStaff, "Nur für das Personal"),
        (IsSuperuser, "Nur für Verwalter"),
        (IsAuthenticated & IsStaff, "Nur für das Personal"),
        (~IsAuthenticated, "Für Sie nicht verfügbar"),
        (Members, "Nur für Mitglieder"),
        (Members | Members, "Nur für Mitglieder"),
    ],
)
def test_a_refusal_is_in_the_readers_language_wherever_it_is_read(
    component_registry: Any, permission: Any, text: str
) -> None:
    class Desk(Component):
        permission_classes: Any = [permission]
        renderer = Text()

        def on_go(self) -> None: ...

    component_registry.register("desk")(Desk)
    client = Client()
    client.force_login(get_user_model().objects.create(username="ann"))
    htmx = {"HX-Request": "true"}
    assert client.get("/components/desk/", headers=htmx).json()["error"] == text
    assert text in client.get("/place/desk/").content.decode()
    assert Desk(user=get_user_model().objects.get()).why_not("go") == text
    client.logout()
    if permission is not Members:
        return
    assert client.get("/components/desk/", headers=htmx).json()["error"] == "Bitte melden Sie sich an"
    assert "Bitte melden Sie sich an" in client.get("/place/desk/").content.decode()
