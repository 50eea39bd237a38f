"""Who is asking, and for whom a token was made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import AuthRequired, StateExpired, StateInvalid

Audience = tuple[str, ...]
"""What a token says of whom it was issued to: ("u", user id, auth hash), ("s", session hash) or ("n",)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The user of a call, or a visitor with or without a session."""

    user: Any = None
    pk: Any = None
    """The user's primary key; None for a visitor."""
    user_id: str | None = None
    """The same as text."""
    auth_hash: str = ""
    """A fragment of the session auth hash: it changes with the password."""
    former_hashes: Callable[[], tuple[str, ...]] = tuple
    """Returns the fragments that are still good because the key they depend on is still accepted."""
    session: str | None = None
    """A hash of the session key, if the visitor has a session."""

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is logged in."""
        return self.user_id is not None

    def audience(self) -> Audience:
        """Return what a token issued to this identity is bound to."""
        if self.user_id is not None:
            return ("u", self.user_id, self.auth_hash)
        return ("s", self.session) if self.session else ("n",)

    def owner(self, component: str, audience: Audience | None) -> str:
        """Return who owns a request id: the user, else the session, else whoever holds the component.

        A session younger than the token does not count: it may have begun with the very answer that was lost.
        """
        if self.user_id is not None:
            return f"u:{self.user_id}"
        return f"c:{component}" if self.session is None or audience == ("n",) else f"s:{self.session}"

    def check(self, audience: Audience) -> None:
        """Refuse a token of someone else. The table: docs/reference/tokens.md.

        Raises AuthRequired, StateInvalid or StateExpired.
        """
        match audience:
            case ("u", user_id, auth_hash):
                if self.user_id is None:
                    raise AuthRequired("The token belongs to a user and nobody is logged in")
                if user_id != self.user_id:
                    raise StateInvalid("The token belongs to another user")
                if auth_hash != self.auth_hash and auth_hash not in self.former_hashes():
                    raise StateExpired("The user's password or login changed since the token was issued")
            case ("s", _) | ("n",) if self.user_id is not None:
                raise StateExpired("The token was issued before the log-in")
            case ("s", session) if session != self.session:
                if self.session is None:
                    raise StateExpired("The session that the token belongs to is gone")
                raise StateInvalid("The token belongs to another session")
            case ("s", _) | ("n",):
                pass
            case _:
                raise StateInvalid("The token names no known audience")


def identity_of(user: Any) -> Identity:
    """Return the identity of a user object as such, without a session; nobody's for None and anonymous users."""
    if user is None or not getattr(user, "is_authenticated", False):
        return Identity(user=user)
    pk = getattr(user, "pk", None)
    return Identity(user=user, pk=pk, user_id=str(pk if pk is not None else user))
