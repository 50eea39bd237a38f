"""htmx's extended selectors: `closest form`, `find input`, `next .x`, `this`, and plain CSS."""

from __future__ import annotations

from collections.abc import Callable

from .hcon import split_hcon
from .markup import Document, Node, ancestors, contains, descendants

_ALONE = frozenset({"this", "body", "document", "window", "nextElementSibling", "previousElementSibling"})
_WITH_SELECTOR = frozenset({"closest", "find", "findAll"})


def find_extended(document: Document, node: Node, selector: str) -> list[Node]:
    """Return what htmx's extended selectors name: `closest form`, `find input`, `next .x`, `this`, plain CSS."""
    found: list[Node] = []
    plain: list[str] = []
    for part in split_hcon(selector):
        words = part.strip().removeprefix("global ").strip()
        word, _, rest = words.partition(" ")
        finder = _EXTENDED.get(word)
        if finder is None or (bool(rest) if word in _ALONE else word in _WITH_SELECTOR and not rest):
            plain.append(words.removeprefix("<").removesuffix("/>"))
        else:
            found += finder(document, node, rest)
    if plain:
        found += document.select(",".join(plain))
    return list(dict.fromkeys(found))


def _closest(document: Document, node: Node, selector: str) -> list[Node]:
    matching = set(document.select(selector))
    return next(([element] for element in (node, *ancestors(node)) if element in matching), [])


def _below(document: Document, node: Node, selector: str) -> list[Node]:
    return [element for element in document.select(selector, node) if element != node]


def _sideways(document: Document, node: Node, selector: str, *, forward: bool) -> list[Node]:
    if not selector:
        sibling = node.next if forward else node.prev
        while sibling is not None and not sibling.is_element_node:
            sibling = sibling.next if forward else sibling.prev
        return [sibling] if sibling is not None else []
    order = list(descendants(document.root))
    here = order.index(node)
    matching = [element for element in document.select(selector) if not contains(element, node)]
    if forward:
        return [element for element in matching if order.index(element) > here and not contains(node, element)][:1]
    return [element for element in matching if order.index(element) < here][-1:]


_EXTENDED: dict[str, Callable[[Document, Node, str], list[Node]]] = {
    "closest": _closest,
    "find": lambda document, node, rest: _below(document, node, rest)[:1],
    "findAll": _below,
    "next": lambda document, node, rest: _sideways(document, node, rest, forward=True),
    "nextElementSibling": lambda document, node, rest: _sideways(document, node, "", forward=True),
    "previous": lambda document, node, rest: _sideways(document, node, rest, forward=False),
    "previousElementSibling": lambda document, node, rest: _sideways(document, node, "", forward=False),
    "this": lambda document, node, rest: [node],
    "body": lambda document, node, rest: [document.body],
    "document": lambda document, node, rest: [document.root],
    "window": lambda document, node, rest: [document.root],
}
