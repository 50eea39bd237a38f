"""The loader: fills a component's state from the cache, or has it mounted and keeps what comes of it.

Everything that is cached goes through `fill`: a component in the lifecycle, by its own word, its view's or its tag's,
and a bare `component.mount()`.
"""

from __future__ import annotations

import enum
import math
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connections

from cf_core.engine.calls import LAZY, Call
from cf_core.engine.component import Component
from cf_core.engine.ports import Pause, Steps, UnitOfWork, current_host

from . import generations
from .commits import after_commits, depth, is_pending, open_aliases
from .conf import conf
from .entries import Entry, read_entry
from .keys import GIVEN, SHOWN
from .locking import FREE_FOR_ALL, MountLock
from .mixins import CacheMixin
from .rules import CacheRule, Place, find_place, rule_of
from .shelf import CacheDown, Refused, Shelf
from .signals import cache_hit, cache_miss
from .states import Left, restore, tell_once, text_to_keep
from .watching import watched

MOUNTING = "_cf_cache_mounting"
"""Set on a component while it is mounted: what its mount calls is not asked of the cache again."""
_FAILURE_SECONDS = 1
"""How long nobody waits for anybody after a mount that failed."""
_held: ContextVar[frozenset[str]] = ContextVar("cf_cache_held", default=frozenset())
"""The keys of the entries that are being mounted here, the locks of which would wait for themselves."""
_FIRST_PAUSE, _LAST_PAUSE = 0.01, 0.2
"""Seconds between looks of those who wait for another's mount."""


def load(component: Component, call: Call) -> Steps | bool:
    """Stand in for the mount of a first render; the loader that the app adds to the lifecycle. Events go past it."""
    if call.event is not None and call.event != LAZY:
        return False
    rule = rule_of(component, call.view)
    if rule is None and not isinstance(call.view, CacheMixin):
        return False
    return _load(component, call, rule)


def _load(component: Component, call: Call, rule: CacheRule | None) -> Steps:
    arguments = type(component)._mount_arguments.pick(component.params)
    vars(component)[GIVEN] = frozenset(call.params)

    def mount() -> Any:
        return component.mount(**arguments)

    if rule is None:
        # The view says not to cache, whatever the class says.
        yield from _mounted(component, mount)
    else:
        yield from fill(component, rule, arguments, mount, call.unit)
    return True


def fill(
    component: Component,
    rule: CacheRule,
    arguments: Mapping[str, Any],
    mount: Callable[[], Any],
    unit: UnitOfWork | None = None,
) -> Steps:
    """Fill the state from the cache, else by `mount`, which may return an awaitable."""
    place = find_place(component, rule, arguments)
    if place is None:
        yield from _mounted(component, mount)
        return
    filling = _Filling(component, rule, place)
    turn = yield from filling.find()
    if turn is not _Turn.SHOWN:
        yield from filling.mount(mount, turn, unit)


class _Turn(enum.Enum):
    """What came of looking into the cache."""

    SHOWN = enum.auto()
    """The state is there."""
    HOLDS_LOCK = enum.auto()
    """This call mounts, and others wait for it."""
    ALONE = enum.auto()
    """This call mounts, as others may do at the same time."""
    UNSHARED = enum.auto()
    """This call mounts for itself: the cache cannot be asked, or this very transaction has made it wrong."""


class _Filling:
    """One component that wants its state."""

    def __init__(self, component: Component, rule: CacheRule, place: Place) -> None:
        self._component = component
        self._rule = rule
        self._place = place
        self._shelf = Shelf()
        self._lock = MountLock(self._shelf, place.key)
        self._reason = "empty"

    def find(self) -> Steps:
        """Show what is there, wait for a mount that goes on, or find that it is this call's turn; returns the _Turn."""
        try:
            return (yield from self._find())
        except CacheDown:
            self._reason = "down"
            return _Turn.UNSHARED

    def _find(self) -> Steps:
        if is_pending(self._place.generations):
            self._reason = "invalidated"
            return _Turn.UNSHARED
        entry = self._read()
        if entry is not None and self._is_fresh(entry):
            if (yield from self._show(entry)):
                return _Turn.SHOWN
        elif entry is not None:
            self._reason = "expired"
            if self._lock.take():
                return (yield from self._look_again())
            if (yield from self._show(entry)):
                return _Turn.SHOWN
        if self._place.key in _held.get():
            # Its own mount asks for the same entry.
            return _Turn.ALONE
        pause, holder, give_up_at = _FIRST_PAUSE, None, 0.0
        while not self._lock.take():
            before, holder = holder, self._lock.holder()
            if holder != before:
                # One after the other may take too long: then each of them is waited for.
                give_up_at = time.monotonic() + 2 * conf().LOCK_SECONDS
            if holder == FREE_FOR_ALL or time.monotonic() >= give_up_at:
                return _Turn.ALONE
            yield Pause(pause)
            pause = min(1.5 * pause, _LAST_PAUSE)
            entry = self._read()
            if entry is not None and self._is_fresh(entry) and (yield from self._show(entry)):
                return _Turn.SHOWN
        return (yield from self._look_again())

    def _look_again(self) -> Steps:
        """Look once more, now that the lock is ours: its last holder may have been done just before."""
        try:
            entry = self._read()
            if entry is None or not self._is_fresh(entry) or not (yield from self._show(entry)):
                return _Turn.HOLDS_LOCK
        except BaseException:
            self._lock.release()
            raise
        self._lock.release()
        return _Turn.SHOWN

    def _read(self) -> Entry | None:
        """Return what may be shown, fresh or stale; else None, and why."""
        value = self._shelf.get(self._place.key)
        if value is None:
            self._reason = "empty"
            return None
        entry = read_entry(value, type(self._component).state_version)
        if entry is None:
            self._reason = "unreadable"
        elif entry.stamps is not None and not generations.stand(self._shelf, entry.stamps):
            self._reason = "invalidated"
        elif not self._is_younger(entry, self._rule.stale):
            self._reason = "expired"
        else:
            return entry
        return None

    def _is_fresh(self, entry: Entry) -> bool:
        return self._is_younger(entry, 0)

    def _is_younger(self, entry: Entry, more: float) -> bool:
        """Return whether it is within the seconds it was kept for, and within those that are asked for here."""
        return entry.made_at is None or entry.age(time.time()) < min(entry.ttl, self._rule.ttl) + more

    def _show(self, entry: Entry) -> Steps:
        """Give the component the entry's state; returns False if it cannot be read."""
        if not (yield from restore(self._component, entry)):
            self._reason = "unreadable"
            return False
        vars(self._component)[SHOWN] = entry.state
        _note_time(self._component, entry.made_at)
        if cache_hit.has_listeners(type(self._component)):
            age = None if entry.made_at is None else entry.age(time.time())
            self._send(cache_hit, seconds=age, is_stale=not self._is_fresh(entry))
        return True

    def mount(self, mount: Callable[[], Any], turn: _Turn, unit: UnitOfWork | None) -> Steps:
        """Have the component mounted, and keep its state."""
        self._send(cache_miss, reason=self._reason)
        begun = self._begin(turn)
        is_kept, made_at = False, time.time()
        before, place, held = Left.by(self._component), self._place, _held.get()
        # Set and set back, not reset by its token: an async mount changes contexts on the way.
        _held.set(held | {place.key} if turn is _Turn.HOLDS_LOCK else held)
        try:
            with watched(self._component, place.allowed) if place.is_watched else nullcontext() as reads:
                yield from _mounted(self._component, mount)
                state = text_to_keep(self._component, before, reads) if begun is not None else None
            _note_time(self._component, made_at)
            if state is not None and begun is not None:
                vars(self._component)[SHOWN] = state
                entry = Entry(state, type(self._component).state_version, made_at, self._rule.ttl, begun.stamps)
                self._keep(entry, unit)
                is_kept = True
        except BaseException as error:
            self._give_back(turn, begun, error)
            raise
        finally:
            _held.set(held)
        self._give_back(turn, None if is_kept else begun, None, is_kept=is_kept)

    def _give_back(
        self, turn: _Turn, begun: generations.Begun | None, error: BaseException | None, *, is_kept: bool = False
    ) -> None:
        """Let go of the lock, and of the generations that nothing stands on."""
        with suppress(CacheDown):  # the shelf has logged it, and all of it ends by itself
            if begun is not None:
                generations.take_back(self._shelf, begun)
            if turn is not _Turn.HOLDS_LOCK:
                return
            if is_kept or (error is not None and _tells_nothing(error)):
                self._lock.release()
            else:
                self._lock.free_for_all(None if error is None else _FAILURE_SECONDS)

    def _begin(self, turn: _Turn) -> generations.Begun | None:
        """Return the generations that stand now, before anything is read; None where nothing can be kept."""
        if turn is _Turn.UNSHARED:
            return None
        try:
            return generations.begin(self._shelf, self._place.generations(), self._rule.ttl + self._rule.stale)
        except CacheDown:
            return None

    def _keep(self, entry: Entry, unit: UnitOfWork | None) -> None:
        """Put the entry into the cache; what may have been read before its commit, only after that."""
        after_commits(partial(self._store, entry.to_text()), _written(self._component, unit))

    def _store(self, text: str) -> None:
        with suppress(CacheDown):  # the shelf has logged it
            try:
                self._shelf.set(self._place.key, text, math.ceil(self._rule.ttl + self._rule.stale))
            except Refused as refusal:
                tell_once(type(self._component), f"the cache refuses its state ({refusal}).")

    def _send(self, signal: Any, **told: Any) -> None:
        signal.send_robust(sender=type(self._component), component=self._component, **told)


def _tells_nothing(error: BaseException) -> bool:
    """Return whether it ended without a word on how the next mount will do: a client that went away, or a refusal,
    which costs little and of which there may be one for every address that a visitor can think of.
    """
    if not isinstance(error, Exception):
        return True
    refusal = current_host().classify(error)
    return refusal is not None and refusal.status < 500


def _mounted(component: Component, mount: Callable[[], Any]) -> Steps:
    own = vars(component)
    own[MOUNTING] = True
    try:
        pending = mount()
        if pending is not None:
            yield pending
    finally:
        del own[MOUNTING]


def _note_time(component: Component, seconds: float | None) -> None:
    """Set `cached_at`; plain components have it too, once they are cached."""
    zone = UTC if settings.USE_TZ else None
    vars(component)["cached_at"] = None if seconds is None else datetime.fromtimestamp(seconds, zone)


def _written(component: Component, unit: UnitOfWork | None) -> list[str]:
    """Return the databases in whose transactions mount ran, which may have written: what it has read of them may never
    be committed. That of a lazy component's own first event does not count: it only mounts.
    """
    is_mounting = unit is not None and not unit.wrote and depth(connections[component.using]) == 1
    return [alias for alias in open_aliases() if not (is_mounting and alias == component.using)]
