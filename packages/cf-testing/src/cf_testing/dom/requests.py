"""The request that an htmx element makes: method, address and form data at the moment of the event.

A reading of htmx 4.0.1 (`htmx.js`: determineMethodAndAction, handleTriggerEvent, collectFormData). Nothing that htmx
would evaluate as JavaScript is evaluated: `js:` values need eval, which a strict policy forbids.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .attributes import VERBS, htmx_attribute
from .errors import NotUsable
from .fields import Fields, controls_of, form_of, option_value
from .hcon import as_form_value, parse_hcon
from .markup import Document, Node, attribute, closest, descendants, describe, has_attribute, tag_of
from .names import input_type
from .selectors import find_extended
from .submission import Entries, form_entries, submitter_entries
from .visibility import is_really_disabled


@dataclass(slots=True)
class HtmxRequest:
    """A request that an element makes, with the form data of the moment at which it was triggered."""

    source: Node
    method: str
    url: str
    entries: Entries
    is_multipart: bool
    headers: dict[str, str]
    confirm: str | None
    fixed: frozenset[str] = frozenset()
    """The names that hx-vals set."""
    controls: list[Node] = field(default_factory=list)
    """The controls of the form, or of the element itself, whose values the entries may hold."""
    is_submit: bool = False
    """Whether it answers a form's submit event."""


def build_request(
    document: Document, fields: Fields, node: Node, submitter: Node | None = None, *, is_submit: bool = False
) -> HtmxRequest:
    """Return the request that an element makes when one of its triggers fires."""
    method, url = method_and_url(node, submitter)
    in_query = method in {"GET", "DELETE"}
    if in_query:
        form = node if tag_of(node) == "form" else None
    else:
        form = form_of(document, node) or closest(node, tag="form")
    entries = collect_entries(document, fields, node, form, submitter, in_query=in_query)
    fixed = _values(node, "hx-vals")
    for name, value in fixed.items():
        entries = set_entry(entries, name, as_form_value(value))
    encoding = htmx_attribute(node, "hx-encoding") or (attribute(form, "enctype") if form is not None else None)
    return HtmxRequest(
        source=node,
        method=method,
        url=url.split("#")[0],
        entries=entries,
        is_multipart=encoding == "multipart/form-data",
        headers={name: as_form_value(value) for name, value in _values(node, "hx-headers").items()},
        confirm=htmx_attribute(node, "hx-confirm"),
        fixed=frozenset(fixed),
        controls=controls_of(document, form) if form is not None else list(descendants(node)),
        is_submit=is_submit,
    )


def method_and_url(node: Node, submitter: Node | None = None) -> tuple[str, str]:
    """Return an element's method in capitals and its address."""
    method = htmx_attribute(node, "hx-method")
    url = htmx_attribute(node, "hx-action")
    if not url:
        for verb in VERBS:
            found = htmx_attribute(node, f"hx-{verb}")
            if found is not None:
                method, url = verb, found
                break
    if not method and submitter is not None:
        method = attribute(submitter, "formmethod")
    return (method or attribute(node, "method") or "get").upper(), url or ""


def collect_entries(
    document: Document, fields: Fields, node: Node, form: Node | None, submitter: Node | None, *, in_query: bool
) -> Entries:
    """Return the form data that htmx sends for an element, hx-include included."""
    if submitter is None and form is not None and is_submit_button(node):
        submitter = node
    entries: Entries = []
    included: set[Node] = set()
    if form is not None:
        entries += form_entries(fields, form)
        included.update(controls_of(document, form))
    else:
        entries += _values_below(fields, node, included, in_query=in_query)
    if submitter is not None:
        entries += submitter_entries(fields, submitter)
        included.add(submitter)
    include = htmx_attribute(node, "hx-include")
    if include:
        for target in find_extended(document, node, include):
            entries += _values_below(fields, target, included, in_query=False)
    return entries


def set_entry(entries: Entries, name: str, value: str) -> Entries:
    """Return the entries with one value for a name, in the place of its first as `FormData.set` does."""
    changed: Entries = []
    done = False
    for key, old in entries:
        if key != name:
            changed.append((key, old))
        elif not done:
            changed.append((name, value))
            done = True
    return changed if done else [*changed, (name, value)]


def is_submit_button(node: Node) -> bool:
    """Tell whether a click on the element sends its form."""
    if tag_of(node) == "button":
        return (attribute(node, "type") or "submit").lower() not in {"button", "reset"}
    return input_type(node) in {"submit", "image"}


def _values_below(fields: Fields, node: Node, included: set[Node], *, in_query: bool) -> Entries:
    """Return the values of a control, or of every control below another element (for a POST)."""
    tag = tag_of(node)
    if tag == "button":
        name = attribute(node, "name")
        if not name or is_really_disabled(node) or node in included:
            return []
        included.add(node)
        return [(name, attribute(node, "value") or "")]
    if in_query and tag not in {"input", "select", "textarea", "fieldset"}:
        return []
    entries: Entries = []
    for control in descendants(node):
        name = attribute(control, "name")
        if tag_of(control) not in {"input", "select", "textarea"} or not name:
            continue
        if is_really_disabled(control) or control in included:
            continue
        included.add(control)
        entries += _control_values(fields, control, name)
    return entries


def _control_values(fields: Fields, control: Node, name: str) -> Entries:
    if tag_of(control) == "select":
        options = fields.selected(control)
        if has_attribute(control, "multiple"):
            return [(name, option_value(option)) for option in options]
        return [(name, fields.value(control))]
    kind = input_type(control)
    if kind in {"checkbox", "radio"}:
        return [(name, fields.value(control))] if fields.is_checked(control) else []
    if kind == "file":
        return [(name, file) for file in fields.files(control)]
    return [(name, fields.value(control))]


def _values(node: Node, name: str) -> dict[str, Any]:
    text = htmx_attribute(node, name)
    if not text:
        return {}
    if text.startswith(("js:", "javascript:")):
        raise NotUsable(f"{describe(node)} has {name} that begins with js:. It needs eval, which the policy forbids.")
    try:
        return parse_hcon(text)
    except ValueError as error:
        raise NotUsable(f"{describe(node)} has {name} that htmx cannot read: {error}") from None
