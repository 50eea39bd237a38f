"""From what a person does to the requests that follow: DOM events, who listens to them, and in which order.

Time does not pass: what htmx delays (`delay:400ms`) is sent at the end of the action, the newest of an element only;
`every` and a `load` with a delay fire when a test says so. A trigger with a filter never fires by itself, because a
filter is JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..dom.attributes import Trigger, htmx_elements, triggers_of
from ..dom.fields import Fields, form_of
from ..dom.markup import Document, Node, ancestors, attribute, closest, contains, has_attribute, tag_of
from ..dom.names import input_type
from ..dom.requests import HtmxRequest, build_request, is_submit_button
from ..dom.selectors import find_extended
from ..dom.visibility import is_really_disabled

_STAY_WHERE_THEY_ARE = frozenset(
    "blur every focus intersect invalid load mouseenter mouseleave pointerenter pointerleave revealed toggle".split()
)


@dataclass(frozen=True, slots=True)
class _Waiting:
    node: Node
    submitter: Node | None
    event: str


class Events:
    """The listeners of one document and the requests that they have made."""

    def __init__(self, document: Document, fields: Fields) -> None:
        self.document = document
        self._fields = fields
        self._due: list[HtmxRequest] = []
        self._delayed: dict[Node, _Waiting] = {}
        self._fired_once: set[tuple[Node, str]] = set()
        self._last_values: dict[tuple[Node, Node], str] = {}
        self._loaded: set[Node] = set()

    def fire(self, event: str, target: Node, *, submitter: Node | None = None, filters_pass: bool = False) -> bool:
        """Let an event happen at an element; returns whether a listener keeps the browser from its own reaction."""
        prevented = False
        for node, trigger, current in list(self._listeners(event, target)):
            prevented = prevented or _prevents(self.document, current, event) or _says_prevent(trigger)
            if (trigger.has_filter and not filters_pass) or not self._passes(node, trigger, target):
                continue
            if trigger.options.get("once"):
                if (node, trigger.event) in self._fired_once:
                    continue
                self._fired_once.add((node, trigger.event))
            self._delayed.pop(node, None)
            if "delay" in trigger.options:
                self._delayed[node] = _Waiting(node, submitter, event)
            else:
                self._due.append(self._build(_Waiting(node, submitter, event)))
            if any(trigger.options.get(name) for name in ("consume", "stop", "halt")):
                break
        return prevented

    def fire_loads(self) -> None:
        """Let `load` happen at elements that are new on the page."""
        for node in htmx_elements(self.document):
            if node in self._loaded:
                continue
            self._loaded.add(node)
            for trigger in triggers_of(node):
                if trigger.event == "load" and not trigger.has_filter and "delay" not in trigger.options:
                    self._due.append(self._build(_Waiting(node, None, "load")))

    def take(self) -> list[HtmxRequest]:
        """Return the requests to send now; the delayed ones when there are no others."""
        due, self._due = self._due, []
        if not due:
            for waiting in self._delayed.values():
                if self.document.is_connected(waiting.node):
                    due.append(self._build(waiting))
            self._delayed.clear()
        return due

    def drop(self) -> None:
        """Forget what is not sent yet."""
        self._due.clear()
        self._delayed.clear()

    def _build(self, waiting: _Waiting) -> HtmxRequest:
        is_submit = waiting.event == "submit"
        return build_request(self.document, self._fields, waiting.node, waiting.submitter, is_submit=is_submit)

    def _listeners(self, event: str, target: Node) -> Iterator[tuple[Node, Trigger, Node]]:
        """Yield (element, trigger, the element at which it hears the event), nearest first."""
        path = [target] if event in _STAY_WHERE_THEY_ARE else [target, *ancestors(target)]
        depth = {node: index for index, node in enumerate(path)}
        found: list[tuple[int, Node, Trigger, Node]] = []
        for node in htmx_elements(self.document):
            for trigger in triggers_of(node):
                heard = "intersect" if trigger.event == "revealed" else trigger.event
                if heard != event:
                    continue
                for current in self._hears_at(node, trigger, target):
                    if current in depth:
                        found.append((depth[current], node, trigger, current))
        found.sort(key=lambda listener: listener[0])
        yield from ((node, trigger, current) for _, node, trigger, current in found)

    def _hears_at(self, node: Node, trigger: Trigger, target: Node) -> list[Node]:
        source = trigger.options.get("from")
        if source is None:
            return [node]
        if source == "self":
            return [node] if target == node else []
        if source == "outside":
            return [] if contains(node, target) else [self.document.root]
        return find_extended(self.document, node, str(source))

    def _passes(self, node: Node, trigger: Trigger, target: Node) -> bool:
        wanted = trigger.options.get("target")
        if wanted and target not in self.document.select(str(wanted)):
            return False
        if trigger.options.get("changed") and input_type(target) not in {"checkbox", "radio"}:
            value = self._fields.value(target) if tag_of(target) in {"input", "select", "textarea"} else ""
            if self._last_values.get((node, target)) == value:
                return False
            self._last_values[node, target] = value
        return True


def _says_prevent(trigger: Trigger) -> bool:
    return bool(trigger.options.get("prevent") or trigger.options.get("halt"))


def _prevents(document: Document, node: Node, event: str) -> bool:
    """Tell whether htmx calls preventDefault for an event that it hears at a node (htmx.js: shouldCancel)."""
    if event == "submit":
        return tag_of(node) == "form"
    if event != "click":
        return False
    button = closest(node, tag="button") or (node if is_submit_button(node) else None)
    is_usable = button is not None and is_submit_button(button) and not is_really_disabled(button)
    if is_usable and button is not None and form_of(document, button) is not None:
        return True
    link = closest(node, tag="a")
    href = attribute(link, "href") if link is not None and has_attribute(link, "href") else None
    return href is not None and not (href.startswith("#") and len(href) > 1)
