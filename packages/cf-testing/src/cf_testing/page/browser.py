"""The browser's network side: Django's test client with cookies, CSRF checks, redirects and a browser's headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from django.test import Client

from ..dom.errors import NotUsable
from ..dom.submission import URLENCODED, Entries, as_texts, encode_multipart, encode_urlencoded
from .answers import Answer

_MOST_REDIRECTS = 20
_KEEPS_METHOD = frozenset({307, 308})
_REDIRECTS = frozenset({301, 302, 303, *_KEEPS_METHOD})


class Browser:
    """One person's browser: the pages opened in it share cookies and log-in."""

    def __init__(self, client: Client | None = None, *, origin: str = "http://testserver") -> None:
        self.client = client if client is not None else Client(enforce_csrf_checks=True)
        self.origin = origin
        self.answers: list[Answer] = []
        """Every answer, in order."""

    def resolve(self, url: str, base: str) -> str:
        """Return an address as this site's absolute one. Raises NotUsable if it leads elsewhere."""
        full = urljoin(urljoin(self.origin, base), url.strip())
        parts = urlsplit(full)
        if f"{parts.scheme}://{parts.netloc}" != self.origin:
            raise NotUsable(f"{url!r} leads out of the site ({self.origin}); the page driver stays in it.")
        return full

    def request(
        self,
        method: str,
        url: str,
        entries: Entries | None = None,
        *,
        is_multipart: bool = False,
        headers: Mapping[str, str] | None = None,
        raises: bool = True,
    ) -> Answer:
        """Ask once, without following redirects.

        `raises` lets an exception of a view through to the test; otherwise it is the answer 500.
        """
        entries = entries or []
        sent_headers = {"Accept": "text/html", **(headers or {})}
        body, content_type = b"", ""
        if method in {"GET", "HEAD", "DELETE"}:
            url = _with_query(url, entries)
        elif is_multipart:
            body, content_type = encode_multipart(entries)
        else:
            body, content_type = encode_urlencoded(entries), URLENCODED
        if method != "GET":
            sent_headers.setdefault("Origin", self.origin)
        parts = urlsplit(url)
        self.client.raise_request_exception = raises
        response = self.client.generic(
            method,
            urlunsplit(("", "", parts.path or "/", parts.query, "")),
            data=body,
            content_type=content_type or "application/octet-stream",
            secure=parts.scheme == "https",
            headers=sent_headers,
            SERVER_NAME=parts.hostname or "testserver",
            SERVER_PORT=str(parts.port or (443 if parts.scheme == "https" else 80)),
        )
        answer = Answer(
            method=method,
            url=url,
            status=response.status_code,
            headers=dict(response.headers.items()),
            text=_text(response),
            sent=list(entries),
            sent_headers=sent_headers,
        )
        self.answers.append(answer)
        return answer

    def follow(self, answer: Answer, *, raises: bool = True, headers: Mapping[str, str] | None = None) -> Answer:
        """Follow redirects as a browser does: a POST becomes a GET, except after 307 and 308."""
        for _ in range(_MOST_REDIRECTS):
            location = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            target = self.resolve(location, answer.url)
            keeps = answer.status in _KEEPS_METHOD
            answer = self.request(
                answer.method if keeps else "GET",
                target,
                answer.sent if keeps else None,
                headers=headers,
                raises=raises,
            )
        raise NotUsable(f"More than {_MOST_REDIRECTS} redirects; the last leads to {answer.headers.get('Location')}.")


def _with_query(url: str, entries: Entries) -> str:
    if not entries:
        return url
    parts = urlsplit(url)
    names = {name for name, _ in entries}
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in names]
    return urlunsplit(parts._replace(query=urlencode(kept + as_texts(entries))))


def _text(response: Any) -> str:
    content: bytes = response.getvalue() if response.streaming else response.content
    return content.decode(response.charset or "utf-8", errors="replace")
