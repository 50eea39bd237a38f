"""State that stays on the server: in a cache, under a key that only the token knows."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.core.cache import BaseCache, caches

from .conf import conf
from .engine.errors import StateConflict, StateExpired
from .engine.state import StateToken

if TYPE_CHECKING:
    from .engine.component import Component

_KEY = "cf_core:state:"


class ServerState:
    """The cache side of tokens. Entries are text, never pickled objects of other types.

    Each revision has an entry of its own, made with the cache's atomic `add`: of two events on one revision, the
    second finds the next one taken and is refused.
    """

    def __init__(self) -> None:
        settings = conf()
        self._cache: BaseCache = caches[settings.STATE_CACHE]
        self._seconds = settings.STATE_MAX_AGE

    def keep(self, component: Component, token: StateToken, text: str, rid: str | None, *, is_current: bool) -> str:
        """Keep a revision and return the key. Raises StateConflict if another event made this revision first."""
        before = component._token
        key = before.store_key if before is not None and before.store_key else secrets.token_urlsafe(18)
        if is_current:
            return key
        # The number tells two tries of one request apart.
        entry, value = self._entry(key, token.revision), f"{rid or ''} {secrets.token_hex(4)}\n{text}"
        earlier = None
        if not self._cache.add(entry, value, self._seconds):
            # The same request, whose first try died before its transaction was committed, may go on.
            earlier = self._cache.get(entry)
            if not rid or not isinstance(earlier, str) or not earlier.startswith(f"{rid} "):
                raise StateConflict("Another event was first")
            self._cache.set(entry, value, self._seconds)
        component._undo.append(lambda: self._take_back(entry, value, earlier))
        return key

    def restore(self, token: StateToken, key: str, rid: str | None) -> str:
        """Return the text of the token's revision, or of the newest one, and then mark the token stale.

        Raises StateExpired if the entry is gone.
        """
        token.store_key = key
        newer = self._newest(key, token.revision, rid)
        if newer is not None:
            token.revision, token.is_stale = newer, True
        value = self._cache.get(self._entry(key, token.revision))
        if not isinstance(value, str):
            raise StateExpired("The state is no longer in the cache")
        return value.partition("\n")[2]

    def keep_locked(self, component: Component, text: str) -> str:
        """Keep the locked fields and return their key; the same one for as long as they do not change."""
        before = component._token
        key = before.store_key if before is not None else None
        if key is not None and self._cache.get(_KEY + key) == text:
            self._cache.touch(_KEY + key, self._seconds)
            return key
        key = secrets.token_urlsafe(18)
        self._cache.set(_KEY + key, text, self._seconds)
        return key

    def restore_locked(self, token: StateToken, key: str) -> str:
        """Return the text of the locked fields. Raises StateExpired if they are gone."""
        token.store_key = key
        value = self._cache.get(_KEY + key)
        if not isinstance(value, str):
            raise StateExpired("The locked fields are no longer in the cache")
        return value

    def _newest(self, key: str, revision: int, rid: str | None) -> int | None:
        """Return the last revision after this one, if there is any that another request made."""
        newest = None
        while isinstance(value := self._cache.get(self._entry(key, revision + 1)), str):
            if newest is None and rid and value.startswith(f"{rid} "):
                return None
            revision = newest = revision + 1
        return newest

    def _take_back(self, entry: str, value: str, earlier: str | None) -> None:
        """Undo `keep`: the other try's revision stands again, which may be the one that was committed."""
        if self._cache.get(entry) == value:
            if earlier is None:
                self._cache.delete(entry)
            else:
                self._cache.set(entry, earlier, self._seconds)

    @staticmethod
    def _entry(key: str, revision: int) -> str:
        return f"{_KEY}{key}:{revision}"
