"""What can go wrong with a component, each with the status and code that every transport answers.

The texts a client sees are the constant `public` ones; `str(error)` is for the developer and the log.
The table: docs/reference/errors.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class ComponentError(Exception):
    """Base of everything the lifecycle refuses or fails with; `status` is the HTTP status, `code` a stable word."""

    status: ClassVar[int] = 500
    code: str = "internal"
    public: str = "Something went wrong"
    is_logged: bool = False
    """Whether whoever raised it has told the log already: of one outage that refuses many, not one line each."""
    is_notice: bool = False
    """Whether a component in a page that fails with it becomes a notice; by any other the page fails too."""

    def __init__(self, detail: str = "", /, **extra: Any) -> None:
        super().__init__(detail or self.public)
        self.extra = extra
        """What the client is told besides text and code, e.g. `retry_after` in seconds."""

    def body(self) -> dict[str, Any]:
        """Return the answer's JSON body: `{"error": text, "code": word, ...}`."""
        return {"error": self.public, "code": self.code, **self.extra}

    @property
    def retry_after(self) -> int | None:
        """Whole seconds after which asking again makes sense; None where it does not."""
        value = self.extra.get("retry_after")
        return None if value is None else max(1, int(value))


class AuthRequired(ComponentError):
    """Nobody is logged in and the component wants somebody."""

    status = 401
    code = "auth_required"
    public = "Authentication required"
    is_notice = True


class Forbidden(ComponentError):
    """Somebody is logged in who may not; the text is the permission class's own."""

    status = 403
    code = "forbidden"
    public = "You do not have permission to perform this action"
    is_notice = True

    def __init__(self, detail: str = "", *, message: str | None = None, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail or message or "", **extra)
        if message:
            self.public = message
        if code:
            self.code = code


class NotFound(ComponentError):
    """No such component, event or object in scope: one body for all three."""

    status = 404
    code = "not_found"
    public = "Not found"


class Malformed(ComponentError):
    """The request is not of the form that the wire format asks for."""

    status = 400
    code = "malformed"
    public = "The request could not be read"


class StateInvalid(ComponentError):
    """A token that is missing, altered, or somebody else's."""

    status = 400
    code = "state_invalid"
    public = "State could not be verified"


class StateExpired(ComponentError):
    """A token that was good once: too old, of a retired key, or of code that is gone. A fresh render helps."""

    status = 410
    code = "state_expired"
    public = "This part of the page is out of date"


class StateConflict(ComponentError):
    """The state moved on since this token was issued; `answer` is the current render where there is one."""

    status = 409
    code = "state_conflict"
    public = "This was changed in the meantime"

    def __init__(self, detail: str = "", *, answer: Any = None, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.answer = answer


class InProgress(ComponentError):
    """The same request id is being processed at this moment."""

    status = 409
    code = "in_progress"
    public = "This request is still being processed"


class TooLarge(ComponentError):
    """A body or a state over its limit; `limit` is in bytes."""

    status = 413
    code = "too_large"
    public = "The request is too large"


class MediaType(ComponentError):
    """Neither JSON nor a form."""

    status = 415
    code = "media_type"
    public = "Send JSON or a form"


class Invalid(ComponentError):
    """A payload that does not fit; `errors` is {field name: [messages]}."""

    status = 422
    code = "invalid"
    public = "Please check what you entered"
    shows_component: ClassVar[bool] = False
    """Whether the answer is the component with these errors in it, and not they alone. Raised by a handler: nothing
    else of the event is kept but what it did to the component's own state."""

    def __init__(self, detail: str = "", *, errors: Mapping[str, list[str]], **extra: Any) -> None:
        super().__init__(detail or f"Invalid payload: {dict(errors)}", errors=dict(errors), **extra)
        self.errors = dict(errors)


class RateLimited(ComponentError):
    """Too many events; `retry_after` says when to come back, in seconds."""

    status = 429
    code = "rate_limited"
    public = "Too many requests"
    is_notice = True


class Internal(ComponentError):
    """The author's code raised; the client gets an incident id, the log the traceback."""


class Unavailable(ComponentError):
    """The database or the cache is down, or locked for too long."""

    status = 503
    code = "unavailable"
    public = "The service is not available at the moment"
    is_notice = True


class UnserialisableState(ComponentError):
    """State or params hold a value that cannot travel in a token; the text names its key path and type."""


class UnreadableState(StateExpired):
    """A signed token whose content does not decode: the code that wrote it had other classes or fields."""


class ComponentDefinitionError(Exception):
    """A component class, its template or its registration is wrong; the text says what to change."""
