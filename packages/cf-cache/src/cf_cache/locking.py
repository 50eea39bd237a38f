"""One mount for many who want it: the lock of an entry, in the same cache."""

from __future__ import annotations

import secrets

from .conf import conf
from .shelf import Shelf

_FREE_FOR_ALL = "free for all"


class MountLock:
    """Says who mounts. Its methods raise CacheDown."""

    def __init__(self, shelf: Shelf, entry_key: str) -> None:
        self._shelf = shelf
        self._key = f"{entry_key}:lock"
        self._mine = secrets.token_hex(6)
        self._seconds = conf().LOCK_SECONDS

    def take(self) -> bool:
        """Take it, unless somebody has it. A holder that dies loses it after LOCK_SECONDS."""
        return self._shelf.add(self._key, self._mine, self._seconds)

    def is_free_for_all(self) -> bool:
        """Return whether the last mount left nothing to share: there is nothing to wait for then."""
        return self._shelf.get(self._key) == _FREE_FOR_ALL

    def release(self) -> None:
        """Give it back, if it is still ours."""
        if self._shelf.get(self._key) == self._mine:
            self._shelf.delete(self._key)

    def free_for_all(self) -> None:
        """Give it back, and let all others mount for themselves for a while instead of one after the other."""
        if self._shelf.get(self._key) == self._mine:
            self._shelf.set(self._key, _FREE_FOR_ALL, self._seconds)
