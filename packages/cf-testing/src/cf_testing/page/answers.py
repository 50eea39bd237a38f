"""What the server answered, and when that is an error for the test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..dom.errors import PageError
from ..dom.markup import shorten
from ..dom.submission import Entries

_SHOWN = 600
_OF_THE_FORM = frozenset({409, 422})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, with what was sent for it."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    text: str
    sent: Entries
    """Names and values of the form that was sent."""
    sent_headers: Mapping[str, str]

    @property
    def is_error(self) -> bool:
        """Tell whether the status says that something went wrong."""
        return self.status >= 400

    @property
    def is_html(self) -> bool:
        """Tell whether the answer is a page or a part of one."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip() in {"text/html", "application/xhtml+xml"}

    @property
    def is_render(self) -> bool:
        """Tell whether an error answer carries a component's render, as 422 with field errors does."""
        return self.status in _OF_THE_FORM and self.is_html and "X-Component" in self.headers

    @property
    def code(self) -> str:
        """Return the stable word of an error answer, e.g. `rate_limited`; "" where there is none."""
        try:
            body = json.loads(self.text)
        except ValueError:
            return ""
        return str(body.get("code", "")) if isinstance(body, dict) else ""

    def json(self) -> Any:
        """Return the answer's JSON. Raises ValueError where it is none."""
        return json.loads(self.text)

    def values(self, name: str) -> list[str]:
        """Return what was sent under a name."""
        return [value for key, value in self.sent if key == name and isinstance(value, str)]


def check_status(answer: Answer, expect: int | None, *, doing: str = "") -> None:
    """Raise PageError for an error answer, or for one that is not the expected."""
    if expect is None and (not answer.is_error or (answer.status == 422 and answer.is_render)):
        return
    if expect is not None and answer.status == expect:
        return
    wanted = f" instead of the expected {expect}" if expect is not None else ""
    after = f" after {doing}" if doing else ""
    sent = ", ".join(f"{name}={shorten(str(value), 40)}" for name, value in answer.sent if not name.startswith("_"))
    raise PageError(
        f"{answer.method} {answer.url} answered {answer.status}{wanted}{after}."
        + (f"\nSent: {sent}" if sent else "")
        + (f"\nAnswer: {shorten(answer.text.strip(), _SHOWN)}" if answer.text.strip() else ""),
        status=answer.status,
        code=answer.code,
        body=answer.text,
        url=answer.url,
    )
