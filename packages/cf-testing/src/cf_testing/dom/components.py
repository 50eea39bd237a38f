"""Where the live components of a page begin, and how a test names them."""

from __future__ import annotations

import json

from .errors import Ambiguous, NotOnPage
from .markup import Document, Node, ancestors, attribute, closest, describe, has_attribute

STAMP = "data-cf-component"


def component_roots(document: Document, within: Node | None = None) -> list[Node]:
    """Return the root elements of the live components, in document order."""
    return [node for node in document.select(f"[{STAMP}]", within) if root_of(node) == node]


def root_of(node: Node) -> Node | None:
    """Return the root of the component that an element belongs to: the outermost with the nearest stamp's id."""
    root = closest(node, attribute_name=STAMP)
    if root is None:
        return None
    component_id = attribute(root, "data-cf-id")
    for outer in ancestors(root):
        if has_attribute(outer, STAMP) and attribute(outer, "data-cf-id") == component_id:
            root = outer
    return root


def is_waiting(root: Node) -> bool:
    """Tell whether a component's root still shows its placeholder: it loads when it comes into view."""
    trigger = attribute(root, "hx-trigger") or ""
    return trigger.startswith(("intersect", "revealed", "load")) and "_lazy" in (attribute(root, "hx-vals") or "")


def root_by_id(document: Document, component_id: str) -> Node | None:
    """Return the root of the component with this id, if it is on the page."""
    roots = component_roots(document)
    return next((root for root in roots if attribute(root, "data-cf-id") == component_id), None)


def name_of(root: Node) -> str:
    """Return a component's registered name."""
    return attribute(root, STAMP) or ""


def listeners_of(root: Node) -> dict[str, str]:
    """Return to which emitted events the component listens: {event: handler}."""
    value = json.loads(attribute(root, "data-cf-listens") or "{}")
    return {str(name): str(handler) for name, handler in value.items()}


def find_root(document: Document, wanted: str, *, url: str, within: Node | None = None) -> Node:
    """Return the root of the component with this name or id. Raises NotOnPage or Ambiguous."""
    roots = component_roots(document, within)
    found = [root for root in roots if name_of(root) == wanted]
    found = found or [root for root in roots if wanted in {attribute(root, "data-cf-id"), attribute(root, "id")}]
    if len(found) == 1:
        return found[0]
    listed = "\n".join(f"  {name_of(root)}: {describe(root)}" for root in found or roots)
    if found:
        raise Ambiguous(f"{len(found)} components on the page {url} are {wanted!r}:\n{listed}\nName one by its id.")
    standing = f"The components there:\n{listed}" if roots else "There is no component at all."
    raise NotOnPage(f"No component {wanted!r} on the page {url}. {standing}")
