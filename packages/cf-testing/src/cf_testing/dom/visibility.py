"""What a person can see and use: hidden and disabled elements, and text as it reads.

Only the markup counts. Style sheets are not loaded, so that an element hidden by a class alone is taken as visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .markup import Node, ancestors, attribute, children, descendants, has_attribute, squeeze, tag_of

_NEVER_SHOWN = frozenset({"head", "script", "style", "template", "noembed", "noframes", "title", "datalist", "param"})
_NO_DISPLAY = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_CAN_BE_DISABLED = frozenset({"button", "fieldset", "input", "optgroup", "option", "select", "textarea"})
POPOVER_OPEN = "data-cf-testing-open"
"""Marks an open popover: the standard keeps that state out of the markup."""

_BLOCKS = frozenset(
    "address article aside blockquote body br button dd details dialog div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol option p pre section select summary table tbody td tfoot "
    "th thead tr ul".split()
)


def hidden_because(node: Node, *, scripting: bool = True) -> str | None:
    """Return why nobody sees the element, e.g. `its <div> has the attribute hidden`, or None if they do."""
    inner: Node | None = None
    for element in (node, *ancestors(node)):
        reason = hides_itself(element, scripting=scripting) or _hides_child(element, inner)
        if reason:
            return reason if element == node else f"it stands in <{tag_of(element)}>, and {reason}"
        inner = element
    return None


def inert_because(node: Node) -> str | None:
    """Return why the element takes no clicks and no focus although it is seen, or None if it does."""
    for element in (node, *ancestors(node)):
        if has_attribute(element, "inert"):
            return "it is inert" if element == node else f"it stands in an inert <{tag_of(element)}>"
    return None


def disabled_because(node: Node) -> str | None:
    """Return why a control is disabled, or None if it is not."""
    tag = tag_of(node)
    if tag in _CAN_BE_DISABLED and has_attribute(node, "disabled"):
        return "it has the attribute disabled"
    if is_really_disabled(node):
        return f"it stands in a disabled {'optgroup' if tag == 'option' else 'fieldset'}"
    for element in (node, *ancestors(node)):
        if (attribute(element, "aria-disabled") or "").lower() == "true":
            return 'it has aria-disabled="true"' if element == node else 'it stands in aria-disabled="true"'
    return None


def is_really_disabled(node: Node) -> bool:
    """Tell whether the browser itself holds the control for disabled: such controls are not submitted."""
    tag = tag_of(node)
    if tag not in _CAN_BE_DISABLED:
        return False
    if tag == "option":
        parent = node.parent
        in_group = parent is not None and tag_of(parent) == "optgroup" and has_attribute(parent, "disabled")
        return in_group or has_attribute(node, "disabled")
    return has_attribute(node, "disabled") or _in_disabled_fieldset(node)


def visible_text(node: Node, *, scripting: bool = True) -> str:
    """Return the text below an element as it reads: no scripts, nothing hidden, white space as one space."""
    return squeeze("".join(_visible_pieces(node, scripting=scripting)))


def hides_itself(node: Node, *, scripting: bool = True) -> str | None:
    """Return why the element itself, whatever stands around it, is not shown, or None if it is."""
    tag = tag_of(node)
    if tag in _NEVER_SHOWN or (tag == "noscript" and scripting):
        return f"a <{tag}> is never shown"
    if tag == "input" and (attribute(node, "type") or "").strip().lower() == "hidden":
        return 'it is an input of type="hidden"'
    if has_attribute(node, "hidden"):
        return "it has the attribute hidden"
    if tag == "dialog" and not has_attribute(node, "open"):
        return "the dialog is not open"
    if has_attribute(node, "popover") and not has_attribute(node, POPOVER_OPEN):
        return "the popover is not open"
    if _NO_DISPLAY.search(attribute(node, "style") or ""):
        return "its style hides it"
    return None


def _visible_pieces(node: Node, *, scripting: bool) -> Iterator[str]:
    if node.is_text_node:
        yield node.text_content or ""
        return
    if not node.is_element_node or tag_of(node) == "textarea" or hides_itself(node, scripting=scripting):
        return
    is_block = tag_of(node) in _BLOCKS
    if is_block:
        yield "\n"
    for child in children(node):
        if child.is_text_node and tag_of(node) == "details" and not has_attribute(node, "open"):
            continue
        if child.is_element_node and _hides_child(node, child):
            continue
        yield from _visible_pieces(child, scripting=scripting)
    if is_block:
        yield "\n"


def _hides_child(node: Node, child: Node | None) -> str | None:
    if child is None or tag_of(node) != "details" or has_attribute(node, "open"):
        return None
    first = next((inner for inner in children(node) if tag_of(inner) == "summary"), None)
    return None if child == first else "the details are closed"


def _in_disabled_fieldset(node: Node) -> bool:
    for fieldset in ancestors(node):
        if tag_of(fieldset) != "fieldset" or not has_attribute(fieldset, "disabled"):
            continue
        legend = next((child for child in children(fieldset) if tag_of(child) == "legend"), None)
        # Controls in the fieldset's first legend stay usable, so says the HTML standard.
        if legend is None or not any(inner == node for inner in descendants(legend)):
            return True
    return False
