"""Who a request comes from, in the terms of the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from .engine.identity import Identity

_MEMO = "_cf_core_identity"


def identify(request: Any, params: Mapping[str, Any]) -> Identity:
    """Return the request's identity; outside a request that of `params["user"]`, else nobody's."""
    if request is None:
        return _of_user(params.get("user"), None)
    user = getattr(request, "user", None)
    known: tuple[Any, str | None, Identity] | None = getattr(request, _MEMO, None)
    session = getattr(request, "session", None)
    key = session.session_key if session is not None else None
    if known is not None and known[0] is user and known[1] == key:
        return known[2]
    identity = _of_user(user, key)
    setattr(request, _MEMO, (user, key, identity))
    return identity


def _of_user(user: Any, session_key: str | None) -> Identity:
    if user is None or not user.is_authenticated:
        return Identity(user=user, session=_short(session_key) if session_key else None)
    return Identity(user=user, user_id=str(user.pk), auth_hashes=_auth_hashes(user))


def _auth_hashes(user: Any) -> tuple[str, ...]:
    """Return fragments of the user's session auth hashes: they change with the password.

    The hash depends on SECRET_KEY too, so those under SECRET_KEY_FALLBACKS count as well.
    """
    if not hasattr(user, "get_session_auth_hash"):
        return ("",)
    hashes = [user.get_session_auth_hash()]
    if hasattr(user, "get_session_auth_fallback_hash"):
        hashes.extend(user.get_session_auth_fallback_hash())
    return tuple(_short(text) for text in hashes)


def _short(text: str) -> str:
    """Return 16 hex digits that tell nothing of `text`."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
