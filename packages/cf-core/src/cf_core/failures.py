"""What exceptions of Django, the database and the cache mean to a client."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError

from .engine.errors import (
    AuthRequired,
    ComponentError,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    StateConflict,
    TooLarge,
    Unavailable,
)
from .identities import login_url

_CLIENTS = {
    "redis.exceptions": "RedisError",
    "django_redis.exceptions": "ConnectionInterrupted",
    "pymemcache.exceptions": "MemcacheError",
    "pylibmc": "Error",
}
_CLIENT_ERRORS: tuple[type[Exception], ...] = tuple(
    getattr(import_module(module), name)
    for module, name in _CLIENTS.items()
    if find_spec(module.partition(".")[0]) is not None
)
CACHE_ERRORS: tuple[type[Exception], ...] = (OSError, *_CLIENT_ERRORS)
"""What a cache raises that cannot be reached: network errors, and those of the clients that are installed."""

_UNREACHABLE: tuple[type[Exception], ...] = (ConnectionError, TimeoutError, *_CLIENT_ERRORS)


def classify(error: Exception) -> ComponentError | None:
    """Return the refusal that an exception amounts to; None for one that is a bug."""
    match error:
        case AuthRequired():
            error.extra.setdefault("login_url", login_url())
            return error
        case ComponentError():
            return error
        case PermissionDenied():
            return Forbidden(str(error))
        case ObjectDoesNotExist() | Http404():
            return NotFound(str(error))
        case ValidationError():
            return Invalid(str(error), errors=_messages(error))
        case IntegrityError():
            return StateConflict(str(error))
        case OperationalError() | InterfaceError():
            return Unavailable(str(error), retry_after=1)
        case RequestDataTooBig():
            return TooLarge(str(error))
        case TooManyFieldsSent() | TooManyFilesSent() | SuspiciousOperation() | UnreadablePostError():
            return Malformed(str(error))
    if isinstance(error, _UNREACHABLE):
        return Unavailable(str(error), retry_after=2)
    return None


def _messages(error: ValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return {"__all__" if name == NON_FIELD_ERRORS else name: texts for name, texts in error.message_dict.items()}
    return {"__all__": error.messages}
