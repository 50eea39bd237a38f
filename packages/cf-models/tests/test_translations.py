"""Every text that users see goes through gettext; German is the proof."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

import cf_models
from cf_core import Registry
from cf_models import RowGone
from cf_testing.parity import show
from tests.editors import Editor
from tests.models import Order

SOURCE = Path(cf_models.__file__).parent
PO = (SOURCE / "locale/de/LC_MESSAGES/django.po").read_text()


def test_every_text_of_the_source_has_its_german() -> None:
    python = "".join(path.read_text() for path in SOURCE.glob("*.py"))
    templates = "".join(path.read_text() for path in SOURCE.rglob("*.html"))
    texts = set(re.findall(r'(?:\b_|gettext_noop)\(\s*"([^"]+)"', python))
    texts |= set(re.findall(r'{% translate "([^"]+)" %}', templates))
    texts |= {text.replace("{{ label }}", "%(label)s") for text in re.findall(r"label %}(.*?){% endblock", templates)}

    assert texts == set(re.findall(r'^msgid "(.+)"$', PO, re.M))
    with translation.override("de"):
        assert [text for text in texts if gettext(text) == text] == []


@pytest.mark.django_db
def test_conflict_and_missing_row_are_told_in_german(
    order: Order, component_registry: Registry, client: Client, settings: Any
) -> None:
    settings.LANGUAGE_CODE = "de"
    component_registry.register("editor")(Editor)
    one, other = show(client, "editor", pk=order.pk), show(Client(), "editor", pk=order.pk)
    one.json("edit", {"values": {"notes": "one"}})

    late = other.json("edit", {"values": {"notes": "other"}}).json()
    order.delete()
    gone = other.json("edit", {"values": {"notes": "other"}}).json()

    assert late["errors"]["notes"] == [
        "Von jemand anderem geändert: Jetzt steht dort „one“, Sie haben „other“ eingegeben."
    ]
    assert gone["error"] != RowGone.public
    assert gone["error"].startswith("Diesen Eintrag gibt es nicht mehr")
