"""The page driver: a page as a person meets it, without a browser."""

from __future__ import annotations

from typing import Any

from django.test import Client

from ..dom.errors import NotUsable
from .answers import Answer
from .browser import Browser
from .effects import Message
from .elements import Element
from .hands import Hands
from .regions import Region
from .tab import Tab


class Page(Region):
    """A page in a browser: what stands on it, what happened on it, and what can be done there."""

    def __init__(self, browser: Browser, *, javascript: bool = True) -> None:
        tab = Tab(browser, javascript=javascript)
        super().__init__(tab, Hands(tab), lambda: tab.document.root, "the page")
        self.browser = browser

    # Moving about

    def visit(self, url: str, *, expect: int | None = None) -> None:
        """Go to an address of the site, redirects included."""
        with self._hands.doing(f"opening {url!r}", expect=expect):
            self._tab.visit(url)

    def reload(self, *, expect: int | None = None) -> None:
        """Load the page again; what was typed is gone."""
        with self._hands.doing("reloading", expect=expect):
            self._tab.visit(self._tab.url, remember=False)

    def back(self) -> None:
        """Go back to the address before."""
        if len(self._tab.journal.visited) < 2:
            raise NotUsable("There is no page to go back to.")
        self._tab.journal.visited.pop()
        with self._hands.doing("going back"):
            self._tab.visit(self._tab.journal.visited[-1], remember=False)

    def open_tab(self, url: str, *, expect: int | None = None) -> Page:
        """Open another page in the same browser: same cookies, same log-in."""
        page = Page(self.browser, javascript=self._tab.javascript)
        page.visit(url, expect=expect)
        return page

    # What stands and happened there

    @property
    def url(self) -> str:
        """The address, without the site: `/shop/?page=2`."""
        return self._tab.url.removeprefix(self.browser.origin) or "/"

    @property
    def path(self) -> str:
        """The address without query and fragment."""
        return self.url.partition("#")[0].partition("?")[0]

    @property
    def title(self) -> str:
        """The page's title."""
        return self._tab.title

    @property
    def status(self) -> int:
        """The status with which the page came."""
        return self._tab.status

    @property
    def focused(self) -> Element | None:
        """The element that has the focus."""
        node = self._tab.focused
        return Element(self._tab, node) if node is not None and self._tab.document.is_connected(node) else None

    @property
    def messages(self) -> list[Message]:
        """Django's messages that came with answers, as the page shows them to the user; oldest first."""
        return self._tab.journal.messages

    @property
    def announcements(self) -> list[str]:
        """What was said to screen readers."""
        return self._tab.journal.announcements

    @property
    def emitted(self) -> list[tuple[str, dict[str, Any]]]:
        """The events that components emitted: (name, payload)."""
        return self._tab.journal.emitted

    @property
    def confirmations(self) -> list[str]:
        """The questions that hx-confirm asked."""
        return self._tab.journal.confirmations

    @property
    def history(self) -> list[str]:
        """The addresses of this tab, the present one last."""
        return [url.removeprefix(self.browser.origin) or "/" for url in self._tab.journal.visited]

    @property
    def answers(self) -> list[Answer]:
        """Every answer that the browser got, with what was sent for it; oldest first."""
        return self.browser.answers

    @property
    def answer(self) -> Answer:
        """The last answer."""
        if not self.browser.answers:
            raise NotUsable("The page has asked for nothing yet.")
        return self.browser.answers[-1]


def open_page(
    url: str,
    *,
    user: Any = None,
    client: Client | None = None,
    javascript: bool = True,
    expect: int | None = None,
    secure: bool = False,
) -> Page:
    """Open a page of the site through Django's full handler, CSRF checks included, as a visitor or as `user`.

    `javascript=False` is a browser without scripts: links and plain forms only. `client` is a test client that is used
    instead of a new one. `expect` names the error status that the page is to answer with.
    """
    browser = Browser(client, origin="https://testserver" if secure else "http://testserver")
    if user is not None and getattr(user, "is_authenticated", False):
        if user.pk is None:
            raise NotUsable(f"{user!r} is not saved: a browser's session can only hold a user of the database.")
        browser.client.force_login(user)
    page = Page(browser, javascript=javascript)
    page.visit(url, expect=expect)
    return page
