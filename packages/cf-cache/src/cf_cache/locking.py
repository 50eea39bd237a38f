"""One mount for many who want it: the lock of an entry, in the same cache."""

from __future__ import annotations

import secrets
from typing import Final

from .conf import conf
from .shelf import Shelf

FREE_FOR_ALL: Final = "free for all"
"""Says that the last mount left nothing to share: there is nothing to wait for then."""


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

    def holder(self) -> object:
        """Return who has it, None if nobody has, or FREE_FOR_ALL."""
        return self._shelf.get(self._key)

    def release(self) -> None:
        """Give it back, if it is still ours."""
        if self._is_mine():
            self._shelf.delete(self._key)

    def free_for_all(self, seconds: float | None = None) -> None:
        """Give it back, and let all others mount for themselves for a while instead of one after the other."""
        if self._is_mine():
            self._shelf.set(self._key, FREE_FOR_ALL, self._seconds if seconds is None else seconds)

    def _is_mine(self) -> bool:
        return self._shelf.get(self._key) == self._mine
