"""Every way to say who may x every kind of visitor x every way in: the same verdict, and nothing told to the refused.

The parts: gates.py (ways to say it), table.py (the expected values), entries.py (ways in). A transport that a package
adds to `cf_testing.parity` is asked here by itself; another way in (a socket's subscription, a preview) is one more
entry.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import cf_permissions
from cf_core import Registry
from cf_core.models import EventRecord
from cf_testing.parity import CALLS, TRANSPORTS, Ask, new_rid

from .permission_matrix.entries import ENTRIES, NOTICE, Entry, held, refused_with
from .permission_matrix.gates import CANARY, EVENT, GATES, GUARDED, TEMPLATE, ran
from .permission_matrix.table import ROWS, VISITORS, Row, Verdict

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.permission_matrix.urls")]

IDENTITY = {"django_session", "auth_user"}
"""Tables that say who asks."""
EXPECTED: dict[tuple[str, str], Row] = {
    (row.gate, what): row for row in ROWS for what in (("look", "act") if row.what == "both" else (row.what,))
}
CELLS = {
    f"{gate} x {visitor} x {entry}": (gate, visitor, entry)
    for gate, visitor, entry in product(GATES, VISITORS, ENTRIES)
}


@pytest.fixture(autouse=True)
def _site(settings: Any, component_registry: Registry) -> None:
    templates = {"safe.html": TEMPLATE, "cf_core/denied.html": NOTICE}
    loaders = [
        ("django.template.loaders.locmem.Loader", templates),
        "django.template.loaders.app_directories.Loader",
    ]
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": loaders}}
    ]
    for guarded in GUARDED.values():
        guarded.register(component_registry)
    EventRecord.objects.create(owner=CANARY, created_at=timezone.now())


def expected(gate: str, visitor: str, entry: Entry) -> Verdict:
    """Return what the table says of one cell."""
    what = "act" if entry.is_event else "look"
    row = EXPECTED[gate, what]
    if not entry.has_view and GATES[gate].of_view:
        row = EXPECTED[gate, "act, no view"]
    return row.verdict(visitor)


def visit(visitor: str) -> Client:
    """Return a client of that kind of visitor."""
    client = Client()
    if visitor != "anonymous":
        client.force_login(user_of(visitor))
    return client


def user_of(visitor: str) -> User:
    is_superuser = visitor == "superuser"
    user = User.objects.create_user(visitor, password="pw", is_staff=visitor != "user", is_superuser=is_superuser)
    if visitor == "staff":
        user.user_permissions.add(Permission.objects.get(codename="view_eventrecord"))
    return user


@pytest.mark.parametrize(("gate", "visitor", "name"), CELLS.values(), ids=CELLS)
def test_cell(gate: str, visitor: str, name: str) -> None:
    entry, verdict = ENTRIES[name], expected(gate, visitor, ENTRIES[name])
    ask = entry.enter(GUARDED[gate], visit(visitor))
    ran.clear()

    with CaptureQueriesContext(connection) as asked:
        outcome = ask()

    assert refused_with(outcome) == verdict, outcome.text
    if verdict is None:
        assert ran == ["mount"] * entry.mounts + [EVENT] * entry.is_event
        assert outcome.text.count(CANARY) >= (not entry.is_event)
        return
    assert ran == []
    assert CANARY not in outcome.text
    assert tables_in(asked) <= IDENTITY | set(GATES[gate].reads)


def tables_in(asked: CaptureQueriesContext) -> set[str]:
    """Return the tables that the statements name."""
    sql = " ".join(query["sql"] for query in asked.captured_queries)
    return set(re.findall(r'\b(?:FROM|JOIN|INTO|UPDATE) [`"]?(\w+)', sql))


# -- the control and the handler: one policy

SHOWN = {
    f"{gate} x {visitor} x {entry}": (gate, visitor, entry)
    for gate, visitor, entry in product(GATES, VISITORS, ("GET", "template", "view"))
    if expected(gate, visitor, ENTRIES[entry]) is None
}


@pytest.mark.parametrize(("gate", "visitor", "entry"), SHOWN.values(), ids=SHOWN)
def test_a_control_is_shown_to_those_whose_event_is_served(gate: str, visitor: str, entry: str) -> None:
    verdict = EXPECTED[gate, "act"].verdict(visitor)

    html = ENTRIES[entry].enter(GUARDED[gate], visit(visitor))().text

    assert ("<button>Touch</button>" in html) == (verdict is None)
    assert re.findall("<em>(.*?)</em>", html) == ([] if verdict is None else [verdict[2]])


# -- no cell is missing


def test_every_gate_is_looked_at_and_acted_on() -> None:
    wanted = Counter((gate, what) for gate in GATES for what in ("look", "act"))
    wanted.update((title, "act, no view") for title, gate in GATES.items() if gate.of_view)
    rows = Counter(
        (row.gate, what) for row in ROWS for what in (("look", "act") if row.what == "both" else (row.what,))
    )

    assert rows == wanted


def test_every_permission_class_has_a_gate() -> None:
    exported = [getattr(cf_permissions, name) for name in cf_permissions.__all__]
    classes = {each for each in exported if isinstance(each, type) and hasattr(each, "has_permission")}

    assert classes - {cf_permissions.BasePermission} <= {each for gate in GATES.values() for each in gate.shows}


def test_every_transport_is_a_way_in() -> None:
    assert set(TRANSPORTS) <= set(ENTRIES)
    assert {"GET", "form", "json", "template", "cache hit", "helpers"} <= set(ENTRIES)


def test_every_cell_is_asked() -> None:
    assert VISITORS == ("anonymous", "user", "staff", "superuser")
    assert len(CELLS) == len(GATES) * len(VISITORS) * len(ENTRIES)


# -- a token that outlives the right to use it


def log_out(user: User, client: Client) -> None:
    client.logout()


def change_password_elsewhere(user: User, client: Client) -> None:
    user.set_password("another")
    user.save()


def change_password_here(user: User, client: Client) -> None:
    change_password_elsewhere(user, client)
    client.force_login(user)


def lose_staff(user: User, client: Client) -> None:
    user.is_staff = False
    user.save()


def deactivate(user: User, client: Client) -> None:
    user.is_active = False
    user.save()


def delete(user: User, client: Client) -> None:
    user.delete()


LOSSES = {
    log_out: (401, "auth_required"),
    # Django ends the other sessions: nobody asks with somebody's token.
    change_password_elsewhere: (401, "auth_required"),
    # The session goes on, the tokens do not.
    change_password_here: (410, "state_expired"),
    lose_staff: (403, "forbidden"),
    deactivate: (401, "auth_required"),
    delete: (401, "auth_required"),
}


@pytest.mark.parametrize("gate", ["IsStaff", "IsStaff of the view", "IsStaff of the event"])
@pytest.mark.parametrize("transport", CALLS)
@pytest.mark.parametrize("lose", LOSSES, ids=lambda lose: lose.__name__)
def test_a_held_token_is_refused_at_the_next_event(lose: Any, transport: str, gate: str) -> None:
    user, client, guarded = user_of("staff"), Client(), GUARDED[gate]
    client.force_login(user)
    answer = held(guarded, client)
    ask = Ask(client, guarded.name, EVENT, token=answer.token, component_id=answer.component_id)
    assert TRANSPORTS[transport](replace(ask, rid=new_rid())).status == 200
    ran.clear()

    lose(user, client)
    outcome = TRANSPORTS[transport](replace(ask, rid=new_rid()))

    assert (outcome.status, outcome.code) == LOSSES[lose]
    assert ran == []
    assert CANARY not in outcome.text
