"""What a page's htmx attributes say: which elements make requests, and to what events they listen.

A reading of htmx 4.0.1 (`htmx.js`: attributeValue, parseTriggerSpecs, initializeTriggers).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from .hcon import parse_hcon, split_hcon
from .markup import Document, Node, ancestors, attribute, closest, has_attribute, tag_of
from .names import input_type

VERBS = ("get", "post", "put", "patch", "delete", "query")
_ACTIONS = "".join(f"[hx-{verb}],[data-hx-{verb}]," for verb in VERBS) + "[hx-action],[data-hx-action]"
_TRIGGER = re.compile(r"\s*(\S+\[[^\]]*\]|\S+)\s*(.*?)\s*\Z", re.DOTALL)
_FILTER = re.compile(r"([^\[]*)\[([^\]]*)\]")
_EVERY = re.compile(r"^\s*every\s+(\S+?)\s*(\[[^\]]*\])")


@dataclass(frozen=True, slots=True)
class Trigger:
    """One part of an hx-trigger attribute."""

    event: str
    has_filter: bool = False
    options: dict[str, Any] = field(default_factory=dict)


def htmx_elements(document: Document) -> list[Node]:
    """Return the elements that make requests."""
    return [node for node in document.select(_ACTIONS) if closest(node, attribute_name="hx-ignore") is None]


def is_htmx_element(node: Node) -> bool:
    """Tell whether the element makes requests."""
    return any(has_attribute(node, f"{prefix}{verb}") for prefix in ("hx-", "data-hx-") for verb in (*VERBS, "action"))


def own_attribute(node: Node, name: str) -> str | None:
    """Return an htmx attribute of the element itself, in its short or its data- form."""
    value = attribute(node, name)
    return attribute(node, f"data-{name}") if value is None else value


def htmx_attribute(node: Node, name: str) -> str | None:
    """Return what an htmx attribute says for an element: its own, or one marked `:inherited` around it."""
    for suffix in ("", ":inherited"):
        value = own_attribute(node, name + suffix)
        if value is not None:
            return value
    appended = own_attribute(node, f"{name}:append") or own_attribute(node, f"{name}:inherited:append")
    for parent in ancestors(node):
        if any(own_attribute(parent, name + suffix) is not None for suffix in (":inherited", ":inherited:append")):
            inherited = htmx_attribute(parent, name)
            if appended is None:
                return inherited
            return re.sub(r"[{}]", "", f"{inherited},{appended}") if inherited else appended
    return appended


def triggers_of(node: Node) -> list[Trigger]:
    """Return to what events an element reacts, htmx's defaults included."""
    text = htmx_attribute(node, "hx-trigger")
    if not text:
        if tag_of(node) == "form":
            return [Trigger("submit")]
        is_field = tag_of(node) in {"select", "textarea"} or input_type(node) not in {"", "button", "submit"}
        return [Trigger("change" if is_field else "click")]
    return list(_parse_triggers(text))


@lru_cache(maxsize=256)
def _parse_triggers(text: str) -> tuple[Trigger, ...]:
    return tuple(_read_triggers(text))


def _read_triggers(text: str) -> Iterator[Trigger]:
    for part in split_hcon(text):
        match = _TRIGGER.match(_EVERY.sub(r"every\2 \1", part))
        if match is None or not match[1]:
            continue
        named = _FILTER.match(match[1])
        yield Trigger(named[1] if named else match[1], named is not None, parse_hcon(match[2]))
