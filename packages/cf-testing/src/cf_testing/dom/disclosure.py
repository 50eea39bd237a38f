"""What opens and closes without any script: details, dialogs and popovers."""

from __future__ import annotations

from .fields import Fields
from .markup import Document, Node, attribute, has_attribute, tag_of
from .visibility import POPOVER_OPEN


def toggle_details(fields: Fields, summary: Node) -> Node | None:
    """Open or close the details of a summary; returns them, or None if the summary stands elsewhere."""
    details = summary.parent
    if details is None or tag_of(details) != "details":
        return None
    fields.toggle(details, not has_attribute(details, "open"))
    return details


def invoke(document: Document, button: Node) -> None:
    """Do what a button's popovertarget or commandfor says."""
    target = attribute(button, "popovertarget")
    action = attribute(button, "popovertargetaction") or "toggle"
    command = attribute(button, "commandfor")
    if command:
        target, action = command, attribute(button, "command") or ""
    found = document.by_id(target) if target else None
    if found is None:
        return
    name = POPOVER_OPEN if has_attribute(found, "popover") else "open"
    is_open = has_attribute(found, name)
    action = action.removesuffix("-popover").removesuffix("-modal").removeprefix("request-")
    if action == "show" or (action == "toggle" and not is_open):
        found.attrs[name] = ""
    elif action in {"hide", "close", "toggle"} and is_open:
        del found.attrs[name]
