"""One tab of a browser: the document on display, its address, and moving from page to page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ..dom.components import component_roots, is_waiting, name_of
from ..dom.errors import NotUsable
from ..dom.fields import Fields
from ..dom.finding import Place
from ..dom.markup import Document, Node, attribute, describe, squeeze
from ..dom.submission import MULTIPART, Entries, form_entries
from ..dom.visibility import visible_text
from .answers import Answer, check_status
from .browser import Browser
from .effects import Message


@dataclass(slots=True)
class Journal:
    """What happened on a page besides its HTML, in order."""

    messages: list[Message] = field(default_factory=list)
    announcements: list[str] = field(default_factory=list)
    emitted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    confirmations: list[str] = field(default_factory=list)
    """The questions of hx-confirm."""
    visited: list[str] = field(default_factory=list)
    """The addresses of this tab's history, the present one last."""


class Tab:
    """What a page driver works on; `Page` is the public side."""

    def __init__(self, browser: Browser, *, javascript: bool) -> None:
        self.browser = browser
        self.javascript = javascript
        self.url = browser.origin + "/"
        self.journal = Journal()
        self.focused: Node | None = None
        self.expect: int | None = None
        """The status that the action under way is to be answered with."""
        self.doing = ""
        """The action under way, in words."""
        self.accepts_confirmation = True
        self._show("", status=200)

    # Moving about

    def visit(self, url: str, *, remember: bool = True) -> Answer:
        """Go to an address as if it was typed."""
        return self._arrive(self._ask("GET", self.browser.resolve(url, self.url)), remember=remember)

    def follow_link(self, link: Node) -> None:
        """Go where a link leads."""
        href = (attribute(link, "href") or "").strip()
        if href.startswith("#"):
            self.url = self.url.partition("#")[0] + href
            return
        if urlsplit(href).scheme in {"javascript", "mailto", "tel", "data", "blob"}:
            raise NotUsable(f"{describe(link)} is no link to a page.")
        self._arrive(self._ask("GET", self.browser.resolve(href, self.base), headers=self._referer()))

    def submit_plainly(self, form: Node, submitter: Node | None) -> None:
        """Send a form as a browser does without any script, and show what comes back."""
        action = self._of_submitter(form, submitter, "action") or self.url.partition("#")[0]
        method = (self._of_submitter(form, submitter, "method") or "get").strip().lower()
        url = self.browser.resolve(action, self.base)
        entries = form_entries(self.fields, form, submitter)
        if method == "dialog":
            self._close_dialog(form)
            return
        if method != "post":
            url = urlunsplit(urlsplit(url)._replace(query="", fragment=""))
            self._arrive(self._ask("GET", url, entries, headers=self._referer()))
            return
        encoding = (self._of_submitter(form, submitter, "enctype") or "").strip().lower()
        is_multipart = encoding == MULTIPART
        self._arrive(self._ask("POST", url, entries, is_multipart=is_multipart, headers=self._referer()))

    def push_url(self, url: str, *, replace: bool = False) -> None:
        """Change the address without loading anything."""
        self.url = self.browser.resolve(url, self.url)
        if replace and self.journal.visited:
            self.journal.visited.pop()
        self.journal.visited.append(self.url)

    @property
    def base(self) -> str:
        """Return the address against which the page's links are read."""
        for node in self.document.select("base"):
            href = attribute(node, "href")
            if href:
                return self.browser.resolve(href, self.url)
        return self.url

    @property
    def title(self) -> str:
        """Return the page's title."""
        found = self.document.select("title")
        return squeeze(found[0].text()) if found else ""

    # Looking

    def place(self, root: Node | None = None, title: str = "") -> Place:
        """Return where to look for controls: the page, or a part of it."""
        return Place(
            document=self.document,
            root=root if root is not None else self.document.root,
            title=title or f"the page {self.url}",
            scripting=self.javascript,
            hint=self._lazy_hint(),
        )

    def text(self, node: Node) -> str:
        """Return an element's text as it reads."""
        return visible_text(node, scripting=self.javascript)

    # Parts

    def _ask(self, method: str, url: str, entries: Entries | None = None, **options: Any) -> Answer:
        raises = self.expect is None
        answer = self.browser.request(method, url, entries, raises=raises, **options)
        return self.browser.follow(answer, raises=raises, headers=options.get("headers"))

    def _arrive(self, answer: Answer, *, remember: bool = True) -> Answer:
        check_status(answer, self.expect, doing=self.doing)
        self.expect = None
        if answer.status == 204 or "attachment" in answer.headers.get("Content-Disposition", ""):
            return answer  # a download: the page stays
        self.url = answer.url
        if remember:
            self.journal.visited.append(answer.url)
        self._show(answer.text if answer.is_html else f"<pre>{_escape(answer.text)}</pre>", status=answer.status)
        return answer

    def _show(self, html: str, *, status: int) -> None:
        self.document = Document(html, scripting=self.javascript)
        self.fields = Fields(self.document)
        self.status = status
        self.focused = None
        self.fresh = True
        """Whether the page's own `load` triggers are still to fire."""

    def _of_submitter(self, form: Node, submitter: Node | None, name: str) -> str | None:
        own = attribute(submitter, f"form{name}") if submitter is not None else None
        return own or attribute(form, name)

    def _referer(self) -> dict[str, str]:
        return {"Referer": self.url.partition("#")[0]}

    def _close_dialog(self, form: Node) -> None:
        for node in self.document.select("dialog[open]"):
            if form in self.document.select("form", node):
                del node.attrs["open"]

    def _lazy_hint(self) -> str:
        names = [name_of(root) for root in component_roots(self.document) if is_waiting(root)]
        return f"Not loaded yet: {', '.join(names)}. page.load_lazy() loads what comes into view." if names else ""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
