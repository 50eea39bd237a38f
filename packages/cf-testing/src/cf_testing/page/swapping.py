"""Put an answer's HTML into the page: the component's render, and parts that say where they belong."""

from __future__ import annotations

from dataclasses import dataclass

from ..dom.attributes import htmx_attribute
from ..dom.errors import NotUsable
from ..dom.markup import Node, attribute, children, describe, has_attribute, tag_of
from ..dom.selectors import find_extended
from .answers import Answer
from .morphing import Sent, insert, morph
from .tab import Tab

_OUTER = frozenset({"true", "outerHTML", "outerMorph", "outerSync"})
_PARTIAL = "hx-partial"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is the answer to: the element that asked, and the component whose event it was."""

    source: Node
    root: Node | None = None
    is_submit: bool = False
    controls: frozenset[Node] = frozenset()
    """The controls whose values were sent."""


def swap(tab: Tab, answer: Answer, asked: Asked) -> None:
    """Put the answer into the page and take over its token."""
    token = answer.headers.get("X-Component-State")
    if asked.root is not None and token:
        asked.root.attrs["data-cf-state"] = token
    if answer.status in {204, 304} or not answer.text.strip():
        return
    nodes = tab.document.fragment(answer.text).nodes()
    main = [node for node in nodes if not _belongs_elsewhere(node)]
    elsewhere = [node for node in nodes if _belongs_elsewhere(node)]
    if asked.root is not None:
        _swap_component(tab, answer, asked, asked.root, main)
    elif main:
        _swap_plainly(tab, asked.source, main)
    for node in elsewhere:
        _swap_elsewhere(tab, node, asked.source)


def _swap_component(tab: Tab, answer: Answer, asked: Asked, root: Node, main: list[Node]) -> None:
    target = _own_target(tab, asked.source, root)
    style = _style(htmx_attribute(asked.source, "hx-swap"), "outerMorph")
    render = next((node for node in main if node.is_element_node), None)
    if style == "none":
        token = attribute(render, "data-cf-state") if render is not None else None
        if token:
            root.attrs["data-cf-state"] = token
    elif target != root:
        insert(tab.fields, target, main, style)
    elif style == "delete":
        tab.document.remove(root)
    elif render is not None:
        sent = Sent(root, asked.source, asked.is_submit and answer.status == 200, asked.controls)
        _, tab.focused = morph(tab.fields, root, render, tab.focused, sent)


def _own_target(tab: Tab, source: Node, root: Node) -> Node:
    selector = htmx_attribute(source, "hx-target")
    found = find_extended(tab.document, source, selector) if selector else []
    return root if not found or found[0] == source else found[0]


def _swap_plainly(tab: Tab, source: Node, nodes: list[Node]) -> None:
    selector = htmx_attribute(source, "hx-target") or "this"
    targets = find_extended(tab.document, source, selector)
    if not targets:
        raise NotUsable(f"hx-target={selector!r} of {describe(source)} names nothing on the page {tab.url}.")
    wanted = htmx_attribute(source, "hx-select")
    if wanted:
        nodes = [found for node in nodes if node.is_element_node for found in tab.document.select(wanted, node)]
    style = _style(htmx_attribute(source, "hx-swap"), "innerHTML")
    if style != "none":
        insert(tab.fields, targets[0], nodes, style)


def _belongs_elsewhere(node: Node) -> bool:
    return node.is_element_node and (has_attribute(node, "hx-swap-oob") or tag_of(node) == _PARTIAL)


def _swap_elsewhere(tab: Tab, node: Node, source: Node) -> None:
    """Swap an out-of-band root (`hx-swap-oob`) or an `<hx-partial>` where it says it belongs."""
    is_partial = tag_of(node) == _PARTIAL
    style = (attribute(node, "hx-swap") or "innerHTML") if is_partial else (attribute(node, "hx-swap-oob") or "true")
    selector = attribute(node, "hx-target") if is_partial else None
    if not is_partial:
        before, colon, after = style.partition(":")
        if colon and " " not in before:
            style, selector = before, after
        del node.attrs["hx-swap-oob"]
    dom_id = attribute(node, "id")
    if selector:
        targets = find_extended(tab.document, source, selector)
    else:
        found = tab.document.by_id(dom_id) if dom_id else None
        targets = [found] if found is not None else []
    style = _style(style, "outerHTML")
    content = [node] if style in _OUTER and not is_partial else list(children(node))
    for target in targets:
        insert(tab.fields, target, content, style)


def _style(text: str | None, default: str) -> str:
    words = (text or "").split()
    return words[0] if words and ":" not in words[0] else default
