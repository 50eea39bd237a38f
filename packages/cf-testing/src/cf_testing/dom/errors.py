"""What can go wrong with a page: every message says what was looked for, where, and what stands there."""

from __future__ import annotations

import json
from typing import Any, ClassVar


class PageFailure(AssertionError):
    """Base of what the page driver reports; an AssertionError, so that a test fails rather than errs."""

    kind: ClassVar[str] = "page"


class BadSelector(PageFailure):
    """A CSS selector that cannot be read."""

    kind = "bad_selector"


class NotOnPage(PageFailure):
    """What the test looks for does not stand on the page (any more), or cannot be seen."""

    kind = "not_on_page"


class Ambiguous(PageFailure):
    """Several things on the page fit; the message lists them."""

    kind = "ambiguous"


class NotUsable(PageFailure):
    """It stands there, but a person could not use it: disabled, of another kind, or the browser objects."""

    kind = "not_usable"


class PageError(PageFailure):
    """The server answered with an error (or not with the one that `expect=` names)."""

    kind = "answer"

    def __init__(self, message: str, *, status: int, code: str, body: str, url: str) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status."""
        self.code = code
        """The stable word of the answer, e.g. `rate_limited`; "" where the answer has none."""
        self.body = body
        """The answer's text."""
        self.url = url
        """What was asked for."""

    def json(self) -> Any:
        """Return the answer's JSON. Raises ValueError where it is none."""
        return json.loads(self.body)
