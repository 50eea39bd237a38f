"""Put a new render in the place of the old one, keeping what a person did: texts, ticks, choices, open details.

The browser morphs element by element; what a person sees in the end is the same. What was typed stays, except where the
event carried it and the server may change it (component-client's fields.js has the rule), and a child component that is
already mounted stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..dom.components import root_of
from ..dom.fields import Fields, Touched, option_value, options_of
from ..dom.markup import Node, attribute, children, has_attribute, tag_of
from ..dom.names import input_type

Key = tuple[str, ...]
"""What makes a control of the new render the same as one of the old: its id, else its kind, name and place."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The event that a render answers, as far as it decides which typed values the server may replace."""

    root: Node
    source: Node
    is_accepted: bool
    """Whether it was a form's submit and the server took it."""
    controls: frozenset[Node] = frozenset()
    """The controls that it carried."""


@dataclass(frozen=True, slots=True)
class _Kept:
    exact: Key
    rough: Key
    touched: Touched | None
    options: tuple[str, ...] | None
    is_answered: bool
    is_accepted: bool
    is_focused: bool
    is_open: bool | None


def morph(
    fields: Fields, old: Node, new: Node, focused: Node | None = None, sent: Sent | None = None
) -> tuple[Node, Node | None]:
    """Put `new`, an element of an answer, in the place of `old`.

    Returns the root as it now stands in the page and the focused element, which may be a new one.
    """
    document = fields.document
    memory = list(_remember(fields, old, focused, sent))
    mounted = _mounted(document.select("[data-cf-id], [id]", old))
    (root,) = document.insert_before(old, [new])
    # A component inside another is its own master: it stays, be it a placeholder in the new render or in full.
    # What stands in a slot without being a component stays where there is a placeholder for it.
    for place in document.select("[data-cf-keep], [data-cf-id]", root):
        child = mounted.get(attribute(place, "data-cf-keep") or attribute(place, "data-cf-id") or "")
        if place != root and child is not None and child != old and document.is_connected(place):
            document.put_in_place_of(place, child)
    document.remove(old)
    found = _restore(fields, root, memory)
    if focused is not None and document.is_connected(focused):
        found = focused
    return root, found


def _mounted(nodes: list[Node]) -> dict[str, Node]:
    """Return what the server may refer to by `data-cf-keep`: {component id, else DOM id: element}, the outermost."""
    found: dict[str, Node] = {}
    for node in nodes:
        found.setdefault(attribute(node, "data-cf-id") or attribute(node, "id") or "", node)
    return found


def insert(fields: Fields, target: Node, new: list[Node], style: str) -> list[Node]:
    """Put an answer's nodes where one of htmx's swap styles says; returns them as they stand in the page."""
    document = fields.document
    match style:
        case "outerHTML" | "outerMorph" | "outerSync" | "true" | "":
            is_one = len(new) == 1 and new[0].is_element_node
            return [morph(fields, target, new[0])[0]] if is_one else document.replace(target, new)
        case "innerHTML" | "innerMorph" | "textContent":
            for child in list(children(target)):
                document.remove(child)
            return document.append(target, new)
        case "beforebegin" | "before":
            return document.insert_before(target, new)
        case "afterend" | "after":
            return document.insert_after(target, new)
        case "beforeend" | "append":
            return document.append(target, new)
        case "afterbegin" | "prepend":
            first = target.child
            return document.insert_before(first, new) if first is not None else document.append(target, new)
        case "delete":
            document.remove(target)
            return []
        case _:
            return []


def _remember(fields: Fields, root: Node, focused: Node | None, sent: Sent | None) -> Iterator[_Kept]:
    for node in _keepers(fields, root):
        touched = fields.touched.get(node)
        options = None
        if touched is not None and touched.options is not None:
            options = tuple(map(option_value, touched.options))
        yield _Kept(
            exact=_exact_key(node),
            rough=_rough_key(node),
            touched=touched,
            options=options,
            is_answered=sent is not None and _is_answered(node, sent, focused),
            is_accepted=sent is not None and sent.is_accepted,
            is_focused=node == focused,
            is_open=has_attribute(node, "open") if node in fields.toggled else None,
        )


def _is_answered(node: Node, sent: Sent, focused: Node | None) -> bool:
    """Tell whether the event carried the control's value, so that it is the server's to change."""
    if node not in sent.controls or root_of(node) != sent.root:
        return False
    return sent.is_accepted or (node == sent.source and (_is_choice(node) or node != focused))


def _restore(fields: Fields, root: Node, memory: list[_Kept]) -> Node | None:
    focused = None
    for node, kept in _pairs(list(_keepers(fields, root)), memory):
        if kept.is_focused:
            focused = node
        if kept.is_open is not None:
            fields.toggle(node, kept.is_open)
        says_something = kept.is_accepted or _is_choice(node) or has_attribute(node, "value")
        if kept.touched is None or (kept.is_answered and says_something):
            continue
        fields.touched[node] = kept.touched
        if kept.options is not None:
            fields.pick(node, [option for option in options_of(node) if option_value(option) in kept.options])
    return focused


def _pairs(nodes: list[Node], memory: list[_Kept]) -> Iterator[tuple[Node, _Kept]]:
    """Yield each new control with the old one that it is: the one of that id or value, else the next of that name."""
    left = list(memory)
    unmatched = []
    for node in nodes:
        key = _exact_key(node)
        kept = next((kept for kept in left if kept.exact == key), None)
        if kept is None:
            unmatched.append(node)
        else:
            left.remove(kept)
            yield node, kept
    for node in unmatched:
        rough = _rough_key(node)
        kept = next((kept for kept in left if kept.rough == rough), None)
        if kept is not None:
            left.remove(kept)
            yield node, kept


def _is_choice(node: Node) -> bool:
    return tag_of(node) == "select" or input_type(node) in {"checkbox", "radio"}


def _keepers(fields: Fields, root: Node) -> list[Node]:
    return fields.document.select("input, select, textarea, details, button, a", root)


def _exact_key(node: Node) -> Key:
    dom_id = attribute(node, "id")
    if dom_id:
        return ("id", dom_id)
    is_box = input_type(node) in {"checkbox", "radio"}
    return (*_rough_key(node), (attribute(node, "value") or "") if is_box else "")


def _rough_key(node: Node) -> Key:
    return (tag_of(node), input_type(node), attribute(node, "name") or "", attribute(node, "id") or "")
