"""What stands in a page's controls at the moment: typed texts, ticked boxes, chosen options and files.

The markup says with what a control begins; what a person did to it since is kept here, and survives a new render of the
same control as it does in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .markup import Document, Node, attribute, closest, descendants, has_attribute, squeeze, tag_of
from .names import input_type
from .visibility import is_really_disabled

_ONE_LINE = frozenset({"text", "search", "tel", "url", "email", "password"})
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")
_TEMPORAL = {
    "date": re.compile(r"\d{4,}-\d\d-\d\d\Z"),
    "month": re.compile(r"\d{4,}-\d\d\Z"),
    "week": re.compile(r"\d{4,}-W\d\d\Z"),
    "time": re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,3})?)?\Z"),
    "datetime-local": re.compile(r"\d{4,}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?\Z"),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was chosen in an input."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(slots=True)
class Touched:
    """What a person did to one control; None where they did not."""

    value: str | None = None
    checked: bool | None = None
    options: tuple[Node, ...] | None = None
    files: tuple[Upload, ...] | None = None


@dataclass(slots=True)
class Fields:
    """The live side of the controls of one document."""

    document: Document
    touched: dict[Node, Touched] = field(default_factory=dict)
    toggled: set[Node] = field(default_factory=set)
    """The details elements that a person opened or closed."""

    def value(self, node: Node) -> str:
        """Return what a text control holds, or what a box or option stands for."""
        state = self.touched.get(node)
        if state is not None and state.value is not None:
            return state.value
        tag = tag_of(node)
        if tag == "textarea":
            return default_value(node)
        if tag == "select":
            chosen = self.selected(node)
            return option_value(chosen[0]) if chosen else ""
        if input_type(node) in {"checkbox", "radio"}:
            value = attribute(node, "value")
            return "on" if value is None else value
        return sanitise(node, default_value(node))

    def write(self, node: Node, value: str) -> None:
        """Type a value into a text control."""
        self._touch(node).value = sanitise(node, value)

    def is_checked(self, node: Node) -> bool:
        """Tell whether a box is ticked or a radio button chosen."""
        state = self.touched.get(node)
        if state is not None and state.checked is not None:
            return state.checked
        if not has_attribute(node, "checked"):
            return False
        # Of several radio buttons that the markup calls checked the browser keeps the last.
        return input_type(node) != "radio" or self._is_last_default(node)

    def tick(self, node: Node, checked: bool) -> None:
        """Tick a box or choose a radio button; the others of its group are left."""
        if checked and input_type(node) == "radio":
            for other in self.radio_group(node):
                self._touch(other).checked = False
        self._touch(node).checked = checked

    def radio_group(self, node: Node) -> list[Node]:
        """Return the radio buttons of which only one can be chosen, this one included."""
        name = attribute(node, "name")
        if not name:
            return [node]
        owner = form_of(self.document, node)
        return [
            other
            for other in self.document.select("input")
            if input_type(other) == "radio"
            and attribute(other, "name") == name
            and form_of(self.document, other) == owner
        ]

    def selected(self, node: Node) -> list[Node]:
        """Return the chosen options of a select."""
        options = options_of(node)
        state = self.touched.get(node)
        if state is not None and state.options is not None:
            return [option for option in options if option in state.options]
        marked = [option for option in options if has_attribute(option, "selected")]
        if has_attribute(node, "multiple"):
            return marked
        if marked:
            return marked[-1:]
        if _display_size(node) > 1:
            return []
        return [option for option in options if not is_really_disabled(option)][:1]

    def pick(self, node: Node, options: Iterable[Node]) -> None:
        """Choose options of a select."""
        self._touch(node).options = tuple(options)

    def files(self, node: Node) -> tuple[Upload, ...]:
        """Return the files chosen in a file input."""
        state = self.touched.get(node)
        return (state.files or ()) if state is not None else ()

    def attach(self, node: Node, files: Iterable[Upload]) -> None:
        """Choose files."""
        self._touch(node).files = tuple(files)

    def toggle(self, details: Node, is_open: bool) -> None:
        """Open or close a details element."""
        self.toggled.add(details)
        if is_open:
            details.attrs["open"] = ""
        elif has_attribute(details, "open"):
            del details.attrs["open"]

    def take_back(self, node: Node) -> None:
        """Have a box or list show again what the markup says: the server refused the event that it made."""
        if input_type(node) == "radio":
            for other in self.radio_group(node):
                self.touched.pop(other, None)
        elif input_type(node) == "checkbox" or tag_of(node) == "select":
            self.touched.pop(node, None)

    def reset(self, form: Node) -> None:
        """Put a form's controls back to what the markup says."""
        for node in controls_of(self.document, form):
            self.touched.pop(node, None)

    def is_changed(self, node: Node) -> bool:
        """Tell whether the control differs from what the markup says."""
        state = self.touched.get(node)
        if state is None:
            return False
        return (
            (state.value is not None and state.value != sanitise(node, default_value(node)))
            or (state.checked is not None and state.checked != has_attribute(node, "checked"))
            or state.options is not None
            or bool(state.files)
        )

    def _touch(self, node: Node) -> Touched:
        return self.touched.setdefault(node, Touched())

    def _is_last_default(self, node: Node) -> bool:
        later = False
        for other in self.radio_group(node):
            if other == node:
                later = True
            elif later and has_attribute(other, "checked"):
                return False
        return True


def default_value(node: Node) -> str:
    """Return what the markup writes into a text control."""
    if tag_of(node) == "textarea":
        return node.text(deep=True).replace("\r\n", "\n")
    return attribute(node, "value") or ""


def sanitise(node: Node, value: str) -> str:
    """Return what the browser makes of a value: one line for texts, nothing for what is no number or date."""
    kind = input_type(node)
    if kind in _ONE_LINE:
        value = value.replace("\r", "").replace("\n", "")
        return value.strip() if kind in {"url", "email"} else value
    if kind == "number":
        return value if _NUMBER.match(value) else ""
    if kind in _TEMPORAL:
        return value if _TEMPORAL[kind].match(value) else ""
    if kind == "color":
        return value.lower() if re.match(r"#[0-9a-fA-F]{6}\Z", value) else "#000000"
    if kind == "range" and not _NUMBER.match(value):
        low, high = (float(attribute(node, name) or default) for name, default in (("min", "0"), ("max", "100")))
        return f"{low + max(0.0, high - low) / 2:g}"
    return value


def form_of(document: Document, node: Node) -> Node | None:
    """Return the form that a control belongs to: the one its `form` attribute names, else the one around it."""
    name = attribute(node, "form")
    if name is not None and tag_of(node) != "form":
        target = document.by_id(name) if name else None
        return target if target is not None and tag_of(target) == "form" else None
    return closest(node, tag="form")


def controls_of(document: Document, form: Node) -> list[Node]:
    """Return a form's controls in document order."""
    listed = document.select("button, fieldset, input, object, output, select, textarea")
    return [node for node in listed if form_of(document, node) == form]


def options_of(select: Node) -> list[Node]:
    """Return the options of a select."""
    return [node for node in descendants(select) if tag_of(node) == "option"]


def option_value(option: Node) -> str:
    """Return what an option sends."""
    value = attribute(option, "value")
    return squeeze(option.text(deep=True)) if value is None else value


def option_label(option: Node) -> str:
    """Return what a person reads in the list."""
    return attribute(option, "label") or squeeze(option.text(deep=True))


def as_upload(file: Any) -> Upload:
    """Return what a test gives for a file as an Upload: a path, `(name, bytes)`, or anything with name and read()."""
    match file:
        case Upload():
            return file
        case Path():
            return Upload(file.name, file.read_bytes())
        case (str(name), bytes(content)):
            return Upload(name, content)
        case (str(name), bytes(content), str(content_type)):
            return Upload(name, content, content_type)
        case _:
            content = file.read()
            return Upload(
                Path(file.name).name,
                content.encode() if isinstance(content, str) else content,
                getattr(file, "content_type", None) or "application/octet-stream",
            )


def _display_size(select: Node) -> int:
    size = attribute(select, "size") or ""
    return int(size) if size.isdigit() and int(size) > 0 else 1
