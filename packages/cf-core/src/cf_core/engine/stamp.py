"""The root element of a render: found, checked to be the only one, and stamped with whose it is."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from html import escape, unescape
from html.parser import HTMLParser
from typing import NamedTuple

from .errors import ComponentDefinitionError

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,120}\Z")
_LEAD = re.compile(r"\s*(?:<!--.*?-->\s*)*", re.S)
_START = re.compile(r"""<([a-zA-Z][^\s/>]*)((?:[^>"']++|"[^"]*"|'[^']*')*+)>""")
_ATTRIBUTE = re.compile(r"""[\s/]+([^\s=>/"']++)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?""")
_TAIL = re.compile(r"\s*(?:<!--.*?-->\s*)*\Z", re.S)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_UNBALANCED = frozenset("p li dt dd option tr td th tbody thead tfoot colgroup html body head".split())
"""Tags that may be left open: counting them proves nothing."""

TOKEN_MARK = f"cf-token-{secrets.token_hex(16)}"
"""Stands in the output of `{% component_state %}` until the token exists. Nobody else can write it: in a picture's
address that a user chose, the token would be carried away."""


class Rendered(NamedTuple):
    """A stamped root without its token: the string that splices refer to."""

    html: str
    token_at: int
    """Where `data-cf-state` goes; -1 where the template wrote it itself."""
    tag: str
    dom_id: str

    def with_token(self, token: str) -> str:
        """Return the HTML as the browser gets it."""
        html, at = self.html, self.token_at
        if token and at >= 0:
            html = f'{html[:at]} data-cf-state="{token}"{html[at:]}'
        return html.replace(TOKEN_MARK, token) if TOKEN_MARK in html else html


class Stamp(NamedTuple):
    """The attributes that every root of one component class gets, ready to be written."""

    name: str
    before_id: str
    after_id: str

    @classmethod
    def of(cls, name: str, fallback: str, listens: Mapping[str, str]) -> Stamp:
        """Return the stamp of a registered name; `fallback` stands for a class that has none."""
        told = f' data-cf-listens="{escape(json.dumps(dict(listens)))}"' if listens else ""
        return cls(name, f' data-cf-component="{name or fallback}" data-cf-id="', f'"{told}')


def checked_id(component_id: object) -> str:
    """Return the text of a component's id. Raises ComponentDefinitionError for what cannot stand in a root."""
    text = str(component_id)
    if not _ID.match(text):
        raise ComponentDefinitionError(
            f"{component_id!r} is no component id: 1 to 120 letters, digits, `_`, `-`, `.` or `:`."
        )
    return text


_SYNC = ' hx-sync:inherited="this:queue all"'
"""Without it htmx drops the third quick click (measured)."""


def stamp(html: str, stamp: Stamp, component_id: str, where: str) -> Rendered:
    """Add the attributes and, where it has none, an id to the one root element of `html`.

    Comments and white space before it are dropped. `where` names the template in errors. Raises
    ComponentDefinitionError if there is no root element, or more than one.
    """
    start = _START.match(html)
    if start is None:
        lead = _LEAD.match(html)
        start = _START.match(html, lead.end() if lead else 0)
    if start is None:
        raise ComponentDefinitionError(f"{where} has no root element. Wrap what it renders in one element.")
    end = _end_of_root(html, start)
    if end is None:
        raise ComponentDefinitionError(
            f"{where} has more than one root element, or text beside it. Wrap what it renders in one element."
        )
    tag, written = start.groups()
    dom_id, added = component_id, f"{stamp.before_id}{component_id}{stamp.after_id}{_SYNC}"
    token_at = 0
    if written and _may_matter(written.lower()):
        own = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(written)}
        dom_id = unescape(own.get("id") or "") or component_id
        if "data-cf-id" in own:
            added = added.partition(component_id)[2].removeprefix('"')
        if any(name.startswith("hx-sync") for name in own):
            added = added.removesuffix(_SYNC)
        if "data-cf-state" in own:
            token_at = -1
    if dom_id is component_id:
        added += f' id="{component_id}"'
    head = f"<{tag}{added}"
    return Rendered(f"{head}{html[start.end(1) : end]}", token_at or len(head), tag, dom_id)


def _may_matter(written: str) -> bool:
    """Whether attributes may hold one that the stamp has to know: most roots have none."""
    return "id=" in written or "id " in written or "cf-" in written or "hx-sync" in written


def _end_of_root(html: str, start: re.Match[str]) -> int | None:
    """Return where the root element ends, or None if it is not all there is."""
    tag = start.group(1).lower()
    end = len(html) if html[-1] == ">" else len(html.rstrip())
    if tag in _VOID:
        return start.end() if _TAIL.match(html, start.end()) else None
    close = f"</{tag}>"
    if html.endswith(close, 0, end) and tag not in _UNBALANCED and f"</{tag[0].upper()}" not in html:
        if html.find(f"</{tag}", start.end(), end - len(close)) < 0:
            return end
        if _is_balanced(html[start.end() : end - len(close)], tag):
            return end
    return _parsed_end(html, start.start(), end)


def _is_balanced(inner: str, tag: str) -> bool:
    """Whether the inside of a root never closes the root itself: counts the tags of its name."""
    depth = 0
    for match in re.finditer(rf"<(/?){tag}(?=[\s/>])", inner):
        depth += -1 if match.group(1) else 1
        if depth < 0:
            return False
    return depth == 0


class _Roots(HTMLParser):
    """Counts root elements and finds text beside them; used only where counting tags cannot tell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.roots = 0
        self.has_stray_text = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.open:
            self.roots += 1
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.open and data.strip(" \t\n\r\f"):
            self.has_stray_text = True


def _parsed_end(html: str, begin: int, end: int) -> int | None:
    parser = _Roots()
    parser.feed(html[begin:end])
    parser.close()
    return end if parser.roots == 1 and not parser.has_stray_text else None
