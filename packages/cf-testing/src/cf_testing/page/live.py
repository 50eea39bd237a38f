"""What htmx and component-client.js do: send the requests of events, with all that the wire asks for.

The wire is protocol section 4: a component's event carries the newest token, a request id and the CSRF header.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from ..dom.components import component_roots, listeners_of, name_of, root_by_id, root_of
from ..dom.errors import NotUsable, PageError
from ..dom.fields import Fields
from ..dom.hcon import parse_hcon
from ..dom.markup import Node, attribute, describe, tag_of
from ..dom.requests import HtmxRequest
from ..dom.submission import Entries, control_entries, is_unticked, submitter_entries
from .answers import Answer, check_status
from .effects import Effects, read_effects
from .events import Events
from .swapping import Asked, swap
from .tab import Tab

_MOST_REQUESTS = 100
_SCRIPT = "script[data-cf-csrf]"


class Live:
    """The scripts of one tab."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._sent = 0
        self._csrf: str | None = None
        self.events = Events(tab.document, tab.fields)

    def settle(self) -> None:
        """Send what is due, in order, and what follows from the answers, until nothing is left to do.

        An error answer ends one event, not the others; it is raised when all is done.
        """
        self._sent = 0
        failed: PageError | None = None
        while True:
            self.renew()
            if self._tab.fresh:
                self._tab.fresh = False
                self.events.fire_loads()
            due = self.events.take()
            if not due:
                break
            for request in due:
                if self.events.document == self._tab.document:
                    try:
                        self._send(request)
                    except PageError as error:
                        failed = failed or error
        if failed is not None:
            raise failed

    def renew(self) -> None:
        """Forget the listeners of a page that is no longer shown."""
        if self.events.document != self._tab.document:
            self.events = Events(self._tab.document, self._tab.fields)
            self._csrf = None

    # Sending

    def _send(self, request: HtmxRequest) -> None:
        tab = self._tab
        if request.confirm:
            tab.journal.confirmations.append(request.confirm)
            if not tab.accepts_confirmation:
                return
        root = root_of(request.source)
        is_event = request.method == "POST" and any(name in {"event", "_event"} for name, _ in request.entries)
        if root is not None and is_event:
            self._send_event(request, root)
            return
        headers = {**self._headers(request.source), **request.headers}
        if request.method != "GET" and self._csrf_token():
            headers.setdefault("X-CSRFToken", self._csrf_token())
        self._count()
        answer = tab.browser.request(
            request.method,
            tab.browser.resolve(request.url, tab.base),
            request.entries,
            is_multipart=request.is_multipart,
            headers=headers,
            raises=tab.expect is None,
        )
        answer = tab.browser.follow(answer, raises=tab.expect is None, headers=headers)
        self._receive(answer, Asked(request.source))

    def _send_event(self, request: HtmxRequest, root: Node) -> None:
        component_id = attribute(root, "data-cf-id") or ""
        current = root_by_id(self._tab.document, component_id)
        if current is None:
            return  # an earlier answer took the component away, and its waiting events with it
        if not self._tab.document.select(_SCRIPT):
            raise NotUsable(
                f"The page {self._tab.url} has no {{% component_scripts %}}: in a browser nothing would react to "
                f"{describe(request.source)}."
            )
        source = request.source if self._tab.document.is_connected(request.source) else current
        entries = own_entries(request, root, self._tab.fields)
        asked = Asked(source, current, request.is_submit, frozenset(request.controls))
        self._post(request.url, entries, asked, current, is_multipart=request.is_multipart, headers=request.headers)

    def _post(
        self,
        url: str,
        entries: Entries,
        asked: Asked,
        root: Node,
        *,
        is_multipart: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Post an event of the component at `root`; a refused CSRF token is renewed once, as the client does."""
        tab = self._tab
        url = tab.browser.resolve(url, tab.base)
        entries = [*entries, ("_state", attribute(root, "data-cf-state") or ""), ("_rid", token_hex(16))]
        all_headers = {
            **self._headers(asked.source),
            "X-Component": attribute(root, "data-cf-id") or "",
            "X-CSRFToken": self._csrf_token(),
            **(headers or {}),
        }
        raises = tab.expect is None
        self._count()
        answer = tab.browser.request(
            "POST", url, entries, is_multipart=is_multipart, headers=all_headers, raises=raises
        )
        if answer.status == 403 and answer.code == "csrf_failed" and self._renew_csrf():
            answer = tab.browser.request(
                "POST",
                url,
                [*entries, ("_retry", "1")],
                is_multipart=is_multipart,
                headers={**all_headers, "X-CSRFToken": self._csrf_token()},
                raises=raises,
            )
        first = answer
        answer = tab.browser.follow(answer, raises=raises, headers=self._headers(asked.source))
        if answer is not first and "X-Component" not in answer.headers and not answer.is_error:
            raise PageError(
                f"{first.method} {first.url} was redirected to {answer.url}, which is no answer of a component.",
                status=first.status,
                code="redirected",
                body=answer.text,
                url=first.url,
            )
        self._receive(answer, asked)

    def _headers(self, source: Node) -> dict[str, str]:
        dom_id = attribute(source, "id")
        return {
            "HX-Request": "true",
            "HX-Request-Type": "partial",
            "HX-Source": tag_of(source) + (f"#{dom_id}" if dom_id else ""),
            "HX-Current-URL": self._tab.url,
            "Referer": self._tab.url.partition("#")[0],
        }

    def _count(self) -> None:
        self._sent += 1
        if self._sent > _MOST_REQUESTS:
            raise NotUsable(f"More than {_MOST_REQUESTS} requests follow from one action on {self._tab.url}.")

    def _csrf_token(self) -> str:
        if self._csrf is None:
            scripts = self._tab.document.select(_SCRIPT)
            self._csrf = (attribute(scripts[0], "data-cf-csrf") or "") if scripts else ""
        return self._csrf

    def _renew_csrf(self) -> bool:
        scripts = self._tab.document.select(_SCRIPT)
        url = attribute(scripts[0], "data-cf-csrf-url") if scripts else None
        if not url:
            return False
        answer = self._tab.browser.request("GET", self._tab.browser.resolve(url, self._tab.base))
        self._csrf = "" if answer.is_error else str(answer.json().get("csrf", ""))
        return bool(self._csrf)

    # Receiving

    def _receive(self, answer: Answer, asked: Asked) -> None:
        tab = self._tab
        expect, tab.expect = tab.expect, None
        if answer.is_error and not answer.is_render:
            if asked.root is not None:
                tab.fields.take_back(asked.source)
            check_status(answer, expect, doing=tab.doing)
            return
        destination = _destination(answer.headers, tab.url)
        if destination is not None:
            check_status(answer, expect, doing=tab.doing)
            tab.visit(destination, remember=answer.headers.get("HX-Refresh") != "true")
            return
        swap(tab, answer, asked)
        for header, replace in (("HX-Push-Url", False), ("HX-Replace-Url", True)):
            url = answer.headers.get(header)
            if url and url != "false":
                tab.push_url(url, replace=replace)
        self.events.fire_loads()
        self._take_effects(answer, asked)
        check_status(answer, expect, doing=tab.doing)

    def _take_effects(self, answer: Answer, asked: Asked) -> None:
        tab = self._tab
        effects = read_effects(answer.headers.get("HX-Trigger", ""))
        source = self._still_there(asked)
        tab.journal.announcements += effects.announcements
        tab.journal.messages += effects.messages
        for dom_id in effects.focused:
            tab.focused = tab.document.by_id(dom_id) or tab.focused
        for name in effects.events:
            self.events.fire(name, source)
        self._emit(effects, source)

    def _emit(self, effects: Effects, source: Node) -> None:
        for name, payload in effects.emitted:
            self._tab.journal.emitted.append((name, payload))
            self.events.fire(name, source)
            for root in component_roots(self._tab.document):
                handler = listeners_of(root).get(name)
                if handler and self._tab.document.is_connected(root):
                    self.dispatch(root, handler, payload)

    def dispatch(self, root: Node, event: str, payload: Mapping[str, Any]) -> None:
        """Send an event to a component as the client's own `dispatch` does: to the generic endpoint."""
        scripts = self._tab.document.select(_SCRIPT)
        pattern = attribute(scripts[0], "data-cf-endpoint") if scripts else None
        if pattern:
            entries: Entries = [("event", event), ("payload", json.dumps(payload))]
            self._post(pattern.replace("__name__", name_of(root)), entries, Asked(root, root), root)

    def _still_there(self, asked: Asked) -> Node:
        document = self._tab.document
        if document.is_connected(asked.source):
            return asked.source
        component_id = attribute(asked.root, "data-cf-id") if asked.root is not None else None
        return (root_by_id(document, component_id) if component_id else None) or document.body


def own_entries(request: HtmxRequest, root: Node, fields: Fields) -> Entries:
    """Return what an event carries: its form's entries without the fields of other components in or around it.

    A browser does not send a box without a tick: the server is told by name that it was there.
    """
    entries = list(request.entries)
    for control in request.controls:
        if root_of(control) == root or attribute(control, "name") in request.fixed:
            continue
        for entry in control_entries(fields, control) or submitter_entries(fields, control):
            if entry in entries:
                entries.remove(entry)
    boxes = (control for control in request.controls if root_of(control) == root and is_unticked(fields, control))
    unchecked = [str(attribute(box, "name")) for box in boxes]
    return [*entries, ("_unchecked", " ".join(unchecked))] if unchecked else entries


def _destination(headers: Mapping[str, str], here: str) -> str | None:
    if headers.get("HX-Refresh") == "true":
        return here
    if headers.get("HX-Redirect"):
        return headers["HX-Redirect"]
    location = headers.get("HX-Location")
    if not location:
        return None
    parsed = parse_hcon(location)
    return str(parsed["path"]) if "path" in parsed else location
