"""Who a request comes from, in the terms of the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse

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
    identity = _of_user(user, session)
    setattr(request, _MEMO, (user, key, identity))
    return identity


def login_url() -> str | None:
    """Return LOGIN_URL as a path; None without one."""
    url = str(settings.LOGIN_URL or "")
    return url if "/" in url else reverse(url) if url else None


def _of_user(user: Any, session: Any) -> Identity:
    if user is None or not user.is_authenticated:
        key = session.session_key if session is not None else None
        return Identity(user=user, session=_short(key) if key else None)
    user_id = str(user.pk)
    return Identity(
        user=user,
        pk=user.pk,
        user_id=user_id,
        auth_hash=_auth_hash(user, user_id, session),
        former_hashes=lambda: _former_hashes(user),
    )


def _auth_hash(user: Any, user_id: str, session: Any) -> str:
    """Return a fragment of the user's session auth hash.

    Django has compared the session's own copy with the user's when it loaded the user from the session.
    """
    known = session.get(HASH_SESSION_KEY) if session is not None and session.get(SESSION_KEY) == user_id else None
    if known is None and hasattr(user, "get_session_auth_hash"):
        known = user.get_session_auth_hash()
    return _short(known) if known else ""


def _former_hashes(user: Any) -> tuple[str, ...]:
    """Return the fragments under SECRET_KEY_FALLBACKS, on which the hash depends too, and the user's own."""
    if not hasattr(user, "get_session_auth_fallback_hash"):
        return ()
    return (_short(user.get_session_auth_hash()), *map(_short, user.get_session_auth_fallback_hash()))


def _short(text: str) -> str:
    """Return 16 hex digits that tell nothing of `text`."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
