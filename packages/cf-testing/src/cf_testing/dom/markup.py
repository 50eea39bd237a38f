"""The page as a browser parses it: the one module that knows the HTML parser.

Lexbor (through selectolax) builds the tree that the HTML standard describes, foster parenting and implied end tags
included, so that a template which a browser would rearrange is rearranged here too; lxml's parser is not that strict.
It also parses `<noscript>` for either kind of browser and knows the selectors of today (`:has`, `:is`, `:disabled`).
"""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from .errors import BadSelector

Node = LexborNode
"""An element, text or comment. Equal and equally hashed for the same place in the tree."""

_SUMMARY_LENGTH = 60
_NOTABLE_ATTRIBUTES = ("id", "class", "type", "name", "value", "href", "hx-post", "hx-get", "hx-vals", "role")


class Document:
    """One page's tree. Elements that leave it stay readable, so that a test may hold on to them."""

    def __init__(self, html: str, *, scripting: bool = True) -> None:
        self._scripting = scripting
        self._parser = LexborHTMLParser(html, scripting=scripting)
        # Removed nodes are moved here, never freed: a wrapper of a freed node would read freed memory.
        self._removed = self._parser.create_node("div")

    @property
    def root(self) -> Node:
        """Return the html element; a parser makes one for every input."""
        root = self._parser.root
        if root is None:  # the parser's types allow it; its tree construction does not
            raise BadSelector("The page has no html element")
        return root

    @property
    def body(self) -> Node:
        """Return the body element, or the root of a frameset page."""
        return self._parser.body or self.root

    def html(self) -> str:
        """Return the tree as it stands, written out again."""
        return self._parser.html or ""

    def select(self, selector: str, within: Node | None = None) -> list[Node]:
        """Return what matches a CSS selector below (and including) `within`, in document order.

        Raises BadSelector.
        """
        top = within if within is not None else self.root
        try:
            # A node that several alternatives match is found several times.
            return list(dict.fromkeys(top.css(selector)))
        except SelectolaxError:
            raise BadSelector(f"{selector!r} is not a CSS selector that the parser understands.") from None

    def by_id(self, dom_id: str) -> Node | None:
        """Return the first element with this id."""
        for node in self.root.css("[id]"):
            if attribute(node, "id") == dom_id:
                return node
        return None

    def is_connected(self, node: Node) -> bool:
        """Tell whether the node still stands in the page."""
        root = self.root
        return node == root or any(parent == root for parent in ancestors(node))

    def insert_before(self, place: Node, nodes: list[Node]) -> list[Node]:
        """Put copies of a fragment's nodes before `place`; returns the copies."""
        copies = []
        for node in nodes:
            place.insert_before(node)
            copy = place.prev
            if copy is not None:
                copies.append(copy)
        return copies

    def insert_after(self, place: Node, nodes: list[Node]) -> list[Node]:
        """Put copies of a fragment's nodes after `place`; returns the copies."""
        copies = []
        for node in nodes:
            place.insert_after(node)
            copy = place.next
            if copy is not None:
                copies.append(copy)
                place = copy
        return copies

    def append(self, parent: Node, nodes: list[Node]) -> list[Node]:
        """Put copies of a fragment's nodes at the end of `parent`; returns the copies."""
        copies = []
        for node in nodes:
            parent.insert_child(node)
            copy = parent.last_child
            if copy is not None:
                copies.append(copy)
        return copies

    def replace(self, old: Node, nodes: list[Node]) -> list[Node]:
        """Put copies of a fragment's nodes in the place of `old`; returns the copies."""
        copies = self.insert_before(old, nodes)
        self.remove(old)
        return copies

    def put_in_place_of(self, placeholder: Node, node: Node) -> None:
        """Move an element of this page to where `placeholder` stands."""
        placeholder.insert_before(node, move=True)
        self.remove(placeholder)

    def remove(self, node: Node) -> None:
        """Take the node out of the page."""
        self._removed.insert_child(node, move=True)

    def detach(self, node: Node) -> None:
        """Take the node out of the page for a while; `put_in_place_of` brings it back."""
        self.remove(node)

    def fragment(self, html: str) -> Fragment:
        """Parse the HTML of an answer as htmx does: as the content of a template element."""
        return Fragment(html, scripting=self._scripting)


class Fragment:
    """The parsed HTML of an answer, not yet part of a page."""

    def __init__(self, html: str, *, scripting: bool = True) -> None:
        self._parser = LexborHTMLParser(html, is_fragment=True, fragment_tag="template", scripting=scripting)

    def nodes(self) -> list[Node]:
        """Return the top nodes: elements, and texts that are more than white space."""
        node = self._parser.root
        found = []
        while node is not None:
            if node.is_element_node or (node.is_text_node and (node.text_content or "").strip()):
                found.append(node)
            node = node.next
        return found

    def elements(self) -> list[Node]:
        """Return the top elements."""
        return [node for node in self.nodes() if node.is_element_node]


def attribute(node: Node, name: str) -> str | None:
    """Return an attribute's value, "" for one without a value, None if it is not there."""
    attrs = node.attrs
    return (attrs.get(name) or "") if name in attrs else None


def has_attribute(node: Node, name: str) -> bool:
    """Tell whether the attribute is there, whatever its value."""
    return name in node.attrs


def tag_of(node: Node) -> str:
    """Return the tag name in lower case, "" for what is no element."""
    return (node.tag or "").lower() if node.is_element_node else ""


def children(node: Node) -> Iterator[Node]:
    """Yield child nodes, texts included."""
    child = node.child
    while child is not None:
        following = child.next
        yield child
        child = following


def ancestors(node: Node) -> Iterator[Node]:
    """Yield the elements around a node, nearest first."""
    parent = node.parent
    while parent is not None and parent.is_element_node:
        yield parent
        parent = parent.parent


def closest(node: Node, *, attribute_name: str = "", tag: str = "") -> Node | None:
    """Return the nearest element, the node included, that has the attribute or the tag."""
    for candidate in (node, *ancestors(node)):
        if attribute_name and has_attribute(candidate, attribute_name):
            return candidate
        if tag and tag_of(candidate) == tag:
            return candidate
    return None


def descendants(node: Node) -> Iterator[Node]:
    """Yield the elements below a node in document order, the node itself first."""
    if node.is_element_node:
        yield node
    for child in children(node):
        if child.is_element_node:
            yield from descendants(child)


def contains(outer: Node, inner: Node) -> bool:
    """Tell whether `inner` is `outer` or stands below it."""
    return inner == outer or any(parent == outer for parent in ancestors(inner))


def outermost(nodes: list[Node]) -> list[Node]:
    """Return those that stand in no other of them."""
    known = set(nodes)
    return [node for node in nodes if not any(parent in known for parent in ancestors(node))]


def squeeze(text: str) -> str:
    """Return a text as it reads: white space runs are one space, none at the ends."""
    return " ".join(text.split())


def describe(node: Node) -> str:
    """Return a short start tag and the beginning of the text, for error messages."""
    parts = [tag_of(node)]
    for name in _NOTABLE_ATTRIBUTES:
        value = attribute(node, name)
        if value is not None:
            parts.append(f'{name}="{shorten(value)}"' if '"' not in value else f"{name}='{shorten(value)}'")
    text = squeeze(node.text(deep=True, separator=" "))
    return f"<{' '.join(parts)}>" + (f" {shorten(text)}" if text else "")


def shorten(text: str, limit: int = _SUMMARY_LENGTH) -> str:
    """Return a text cut to `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
