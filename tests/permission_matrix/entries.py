"""The ways in: each asks for a component, or sends it an event, as one visitor, and tells what came of it.

Every transport of `cf_testing.parity` is one; a package that adds a transport adds a column.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.test import Client

from cf_core.engine.calls import Answer, Call
from cf_core.engine.drivers import run_sync
from cf_core.engine.lifecycle import perform
from cf_testing.parity import TRANSPORTS, WITHOUT_TOKEN, Ask, Outcome, new_rid, outcome_of, request_of

from .gates import EVENT, Guarded, ran

NOTICE = '<p class="denied" data-code="{{ denied.code }}">{{ denied.error }}</p>'
"""What stands in a page where a component was refused."""
_STATUS = {"auth_required": 401, "forbidden": 403}
_HTMX = {"HX-Request": "true"}

Asking = Callable[[], Outcome]
Enter = Callable[[Guarded, Client], Asking]
"""Prepares the situation and returns what asks."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One way in."""

    enter: Enter
    is_event: bool
    mounts: bool = False
    """Whether `mount` runs when somebody is let in."""
    has_view: bool = True
    """Whether what the view says can be known here."""


def held(guarded: Guarded, client: Client, name: str | None = None) -> Answer:
    """Return a render that the client was given when it was still allowed, by the gate's view where it has one."""
    cls = guarded.components[name or guarded.name]
    answer = run_sync(perform(Call(cls, request=request_of(client), policy=guarded.policy, enforce_permissions=False)))
    ran.clear()
    return answer


def get(guarded: Guarded, client: Client) -> Asking:
    """GET of the component's address, as htmx loads it."""
    return lambda: outcome_of(client.get(_address(guarded), headers=_HTMX))


def get_json(guarded: Guarded, client: Client) -> Asking:
    """The same, as a script would."""
    return lambda: outcome_of(client.get(_address(guarded), headers={"Accept": "application/json"}))


def place(guarded: Guarded, client: Client) -> Asking:
    """A page whose template says `{% live_component %}`."""
    return lambda: _noticed(outcome_of(client.get(f"/pages/{guarded.name}/")))


def hit_cache(guarded: Guarded, client: Client) -> Asking:
    """GET of a component whose state another visitor has left in the cache, under one key for all."""
    held(guarded, Client(), guarded.cached_name)
    return lambda: outcome_of(client.get(f"/views/{guarded.cached_name}/", headers=_HTMX))


def post_to_view(guarded: Guarded, client: Client) -> Asking:
    """An event for the component's own view."""
    answer = held(guarded, client)
    fields = {"event": EVENT, "_state": answer.token, "_rid": new_rid()}
    headers = {**_HTMX, "X-Component": answer.component_id}
    return lambda: outcome_of(client.post(f"/views/{guarded.name}/", fields, headers=headers))


def by_transport(transport: str) -> Enter:
    """Return what sends an event that way: with a token that was issued before, where the transport carries one."""

    def enter(guarded: Guarded, client: Client) -> Asking:
        ask = Ask(client, guarded.name, EVENT)
        if transport not in WITHOUT_TOKEN:
            answer = held(guarded, client)
            ask = replace(ask, token=answer.token, component_id=answer.component_id, rid=new_rid())
        return lambda: TRANSPORTS[transport](ask)

    return enter


def _noticed(page: Outcome) -> Outcome:
    """Return what the notice in a page says, if there is one."""
    notice = re.search(r'<p class="denied" data-code="(\w+)">(.*?)</p>', page.text, re.DOTALL)
    if notice is None:
        return page
    code, text = notice[1], html.unescape(notice[2])
    return Outcome(_STATUS[code], code, page.text, {"error": text, "code": code})


def _address(guarded: Guarded) -> str:
    return f"/views/{guarded.name}/" if guarded.policy else f"/components/{guarded.name}/"


def entries() -> dict[str, Entry]:
    """Return all ways in by name."""
    found = {
        "GET": Entry(get, is_event=False, mounts=True),
        "GET of JSON": Entry(get_json, is_event=False, mounts=True),
        "template": Entry(place, is_event=False, mounts=True),
        "cache hit": Entry(hit_cache, is_event=False),
        "view": Entry(post_to_view, is_event=True),
    }
    for transport in TRANSPORTS:
        mounts = transport in WITHOUT_TOKEN
        found[transport] = Entry(by_transport(transport), is_event=True, mounts=mounts, has_view=not mounts)
    return found


ENTRIES: dict[str, Entry] = entries()


def refused_with(outcome: Outcome) -> Any:
    """Return (status, code, text) of a refusal; None where somebody was let in."""
    return None if outcome.status == 200 else (outcome.status, outcome.code, outcome.body.get("error"))
