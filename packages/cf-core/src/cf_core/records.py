"""Exactly once: request ids claimed in the cache while they are processed, answered from there and from the database.

The order of events and what is promised when a server dies: docs/explanation/exactly-once.md.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from typing import Any

from django.core.cache import BaseCache, caches
from django.db import IntegrityError, connections
from django.utils import timezone

from . import answers
from .conf import conf
from .engine.calls import Answer, Call
from .engine.component import Component
from .engine.errors import InProgress, Invalid, Malformed, Unavailable
from .engine.ports import Claim, Pause, Replayed, Steps, UnitOfWork
from .failures import CACHE_ERRORS
from .models import EventRecord
from .outages import PAUSE_SECONDS, Outages

_outages = Outages(logging.getLogger("cf_core.records"))

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{16,64}\Z")
_PENDING = "?"
_DURABLE_CLAIM_SECONDS = 10
"""How long a claim outlives a killed server where a record would still stop a second effect."""
_CLAIM_SECONDS = 60
"""The same where only the cache knows."""
_WAITS = (0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.3)
"""Seconds between looks at a request that is still in progress, before the client is told to ask again."""
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=lambda value: _name(value)).encode
_PRIVATE = re.compile(r"API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|CARD|CVC|IBAN", re.I)
"""Names of arguments whose values are not recorded."""


def claim(call: Call, component: Component) -> Steps:
    """Claim the call's request id for this process; returns the Claim, or the Answer that the id has already.

    Raises Malformed, Invalid (same id, other payload), InProgress and Unavailable.
    """
    claimed = _make_claim(call, component)
    alias = conf().ANSWER_CACHE
    if claimed.is_durable and _outages.is_out(alias):
        # Without records there is only the cache: those events ask it every time.
        return _without_cache(claimed, component)
    try:
        is_free = _cache().add(_key(claimed), _PENDING + claimed.digest, _claim_seconds(claimed))
        _outages.end(alias)
        if is_free:
            return _recorded_before(claimed, call, component) or claimed
        for seconds in (*_WAITS, None):
            known = _read(claimed)
            if known is None and _cache().add(_key(claimed), _PENDING + claimed.digest, _claim_seconds(claimed)):
                return _recorded_before(claimed, call, component) or claimed
            if isinstance(known, Answer):
                return known
            # The claim may be a dead server's, whose event was committed: first and last, the records are asked.
            durable = recorded(claimed, component) if call.is_retry and seconds in (_WAITS[0], None) else None
            if durable is not None:
                return durable
            if seconds is None:
                break
            yield Pause(seconds)
    except CACHE_ERRORS as error:
        _note_outage(error)
        return _without_cache(claimed, component)
    raise InProgress(f"Request {claimed.rid} is still being processed", retry_after=1)


def record(claimed: Claim, call: Call, component: Component, unit: UnitOfWork, answer: Answer) -> None:
    """Insert the event's record, as the last statement of its transaction.

    Raises Replayed if the request id has one already: then this transaction is rolled back and that answer given.
    """
    if not claimed.is_durable:
        return
    keeps_all = conf().EVENT_RECORDS == "all"
    if not (unit.wrote or keeps_all):
        if unit.touched:
            # An effect committed by another process may be what made this run find nothing to write.
            known = recorded(claimed, component)
            if known is not None:
                raise Replayed(known)
        return
    try:
        EventRecord(
            owner=claimed.owner,
            request_id=claimed.rid,
            component=type(component).component_name,
            event=call.event or "",
            digest=claimed.digest,
            arguments=_arguments(call) if keeps_all else "",
            created_at=timezone.now(),
            answer=answers.to_text(answer),
        ).save(force_insert=True, using=component.using)
    except IntegrityError:
        raise Replayed(None) from None


def recorded(claimed: Claim, component: Component) -> Answer | None:
    """Return the answer in the request id's record. Raises Invalid if it was for another payload."""
    if not claimed.is_durable:
        return None
    rows = EventRecord.objects.using(component.using).filter(owner=claimed.owner, request_id=claimed.rid)
    row = rows.values_list("digest", "answer").first()
    if row is None:
        return None
    _check_digest(claimed, row[0])
    return answers.from_text(row[1])


def remember(claimed: Claim, answer: Answer, component: Component) -> None:
    """Keep the answer in the cache; without the cache the record has to do."""
    if not claimed.is_cached:
        return
    connection = connections[component.using]
    if any(not block._from_testcase for block in connection.atomic_blocks):  # type: ignore[attr-defined]  # not in stubs
        # ATOMIC_REQUESTS, or a transaction of the caller's own: before that is committed nothing has happened.
        connection.on_commit(lambda: _keep(claimed, answer))
    else:
        _keep(claimed, answer)


def release(claimed: Claim) -> None:
    """Give the request id free: a repeat may try again."""
    if claimed.is_cached:
        try:
            _cache().delete(_key(claimed))
        except CACHE_ERRORS as error:
            # It ends by itself within _CLAIM_SECONDS.
            _note_outage(error)


def _without_cache(claimed: Claim, component: Component) -> Claim | Answer:
    """Go by the records alone. Raises Unavailable for a component that leaves none."""
    if not claimed.is_durable:
        refused = Unavailable("The cache that remembers answers is down", retry_after=PAUSE_SECONDS)
        refused.is_logged = True
        raise refused
    uncached = Claim(claimed.owner, claimed.rid, claimed.digest, is_cached=False)
    return recorded(uncached, component) or uncached


def _note_outage(error: Exception) -> None:
    consequence = "event records alone hold, and components without them answer 503"
    _outages.begin(conf().ANSWER_CACHE, type(error).__name__, consequence)


def _make_claim(call: Call, component: Component) -> Claim:
    rid = call.rid
    if rid is None or not _REQUEST_ID.match(rid):
        raise Malformed("A request id is 16 to 64 letters, digits, `_` or `-`")
    what = (type(component).component_name, call.event, [(name, _told(value)) for name, value in call.payload.items()])
    digest = hashlib.sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest()
    is_durable = component.atomic and conf().EVENT_RECORDS != "off"
    token = component._token
    # Without a token there is no id that a second try would share, but the name.
    owner = call.who.owner(component.id, token.audience) if token else call.who.owner(component.component_name, None)
    return Claim(owner, rid, digest, is_durable=is_durable)


def _keep(claimed: Claim, answer: Answer) -> None:
    try:
        _cache().set(_key(claimed), f"{claimed.digest}\n{answers.to_text(answer)}", conf().ANSWER_SECONDS)
    except CACHE_ERRORS as error:
        _note_outage(error)


def _recorded_before(claimed: Claim, call: Call, component: Component) -> Answer | None:
    """Look into the records where the client says that it asks again; otherwise the insert finds out."""
    try:
        known = recorded(claimed, component) if call.is_retry else None
    except BaseException:
        release(claimed)
        raise
    if known is not None:
        _keep(claimed, known)
    return known


def _read(claimed: Claim) -> Answer | bool | None:
    """Return the remembered answer, True while there is only a claim, None if there is nothing (any more)."""
    value: Any = _cache().get(_key(claimed))
    if not isinstance(value, str):
        return None
    if value.startswith(_PENDING):
        _check_digest(claimed, value[1:])
        return True
    digest, _, text = value.partition("\n")
    _check_digest(claimed, digest)
    return answers.from_text(text)


def _check_digest(claimed: Claim, digest: str) -> None:
    if digest != claimed.digest:
        raise Invalid(
            "The request id was used for another event or payload",
            errors={"__all__": ["This request was already used for something else."]},
        )


def _arguments(call: Call) -> str:
    return _JSON(_redacted(dict(call.payload)))


def _redacted(value: Any) -> Any:
    """Return a value of a payload without what stands under private names in it, however deep."""
    if isinstance(value, dict):
        return {name: "********" if _PRIVATE.search(str(name)) else _redacted(item) for name, item in value.items()}
    return [_redacted(item) for item in value] if isinstance(value, list) else value


def _told(value: Any) -> Any:
    """Return what a digest takes of a payload's value: of an uploaded file its name and size."""
    return [_name(item) for item in value] if type(value) is list and value and hasattr(value[0], "chunks") else value


def _name(value: Any) -> str:
    """Return what stands for a value without a JSON form (an uploaded file) in digests and records."""
    return f"{type(value).__name__}:{getattr(value, 'name', '')}:{getattr(value, 'size', '')}"


def _cache() -> BaseCache:
    return caches[conf().ANSWER_CACHE]


def _key(claimed: Claim) -> str:
    return f"cf:{claimed.owner}:{claimed.rid}"


def _claim_seconds(claimed: Claim) -> int:
    return _DURABLE_CLAIM_SECONDS if claimed.is_durable else _CLAIM_SECONDS
