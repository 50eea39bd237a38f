"""By what name a person calls a control: its label, its text, its placeholder."""

from __future__ import annotations

from .markup import Document, Node, ancestors, attribute, children, contains, descendants, squeeze, tag_of
from .visibility import hides_itself, visible_text

_BUTTON_TYPES = frozenset({"submit", "button", "reset", "image"})
_DEFAULT_CAPTIONS = {"submit": "Submit", "reset": "Reset", "image": "Submit"}
_LABELLED = frozenset({"input", "select", "textarea", "button", "meter", "output", "progress"})
_GROUP_HEADINGS = {"fieldset": "legend", "table": "caption", "figure": "figcaption"}
_RUNNING_TEXT = frozenset("a abbr b bdi bdo cite code em i kbd mark q s samp span strong sub sup u var wbr".split())


def input_type(node: Node) -> str:
    """Return an input's type as the browser reads it; "" for other elements."""
    if tag_of(node) != "input":
        return ""
    return (attribute(node, "type") or "text").strip().lower() or "text"


class Naming:
    """The names of one page's controls, for as long as the page stays as it is."""

    def __init__(self, document: Document, *, scripting: bool = True) -> None:
        self.document = document
        self.scripting = scripting
        self._by_id: dict[str, Node] = {}
        for node in document.select("[id]"):
            self._by_id.setdefault(attribute(node, "id") or "", node)
        self._labels: dict[Node, list[Node]] = {}
        for label in document.select("label"):
            control = self.labelled_control(label)
            if control is not None:
                self._labels.setdefault(control, []).append(label)

    def names_of(self, node: Node) -> tuple[str, ...]:
        """Return all that a person may call a control, each once; the first is what a screen reader says."""
        labels = [content_name(label, without=node, scripting=self.scripting) for label in self._labels.get(node, ())]
        found = [
            self._labelled_by(node),
            squeeze(attribute(node, "aria-label") or ""),
            squeeze(" ".join(labels)),
            *labels,
            _own_content(node, scripting=self.scripting),
            squeeze(attribute(node, "title") or ""),
            squeeze(attribute(node, "placeholder") or ""),
        ]
        return tuple(dict.fromkeys(name for name in found if name))

    def labelled_control(self, label: Node) -> Node | None:
        """Return what a click on a label activates."""
        target = attribute(label, "for")
        if target is not None:
            found = self._by_id.get(target)
            return found if found is not None and _takes_label(found) else None
        return next((element for element in descendants(label) if _takes_label(element)), None)

    def group_names(self, node: Node) -> list[str]:
        """Return the names of the groups around an element, nearest first: legends, captions, labelled groups."""
        names = []
        for element in ancestors(node):
            name = self._labelled_by(element) or squeeze(attribute(element, "aria-label") or "")
            if not name:
                heading = _GROUP_HEADINGS.get(tag_of(element))
                inner = next((child for child in children(element) if heading and tag_of(child) == heading), None)
                name = visible_text(inner, scripting=self.scripting) if inner is not None else ""
            if name:
                names.append(name)
        return names

    def _labelled_by(self, node: Node) -> str:
        targets = [self._by_id.get(dom_id) for dom_id in (attribute(node, "aria-labelledby") or "").split()]
        return squeeze(
            " ".join(
                attribute(target, "aria-label") or content_name(target, scripting=self.scripting)
                for target in targets
                if target is not None
            )
        )


def content_name(node: Node, *, without: Node | None = None, scripting: bool = True) -> str:
    """Return an element's text with what its images and labelled children stand for.

    `without` leaves one descendant out: a label's name does not repeat the options of the select that it wraps.
    """
    pieces: list[str] = []
    _collect(node, pieces, without=without, scripting=scripting)
    return squeeze("".join(pieces))


def _takes_label(node: Node) -> bool:
    return tag_of(node) in _LABELLED and input_type(node) != "hidden"


def _own_content(node: Node, *, scripting: bool) -> str:
    tag = tag_of(node)
    if tag == "input":
        kind = input_type(node)
        if kind == "image":
            return squeeze(attribute(node, "alt") or attribute(node, "value") or "") or _DEFAULT_CAPTIONS[kind]
        if kind in _BUTTON_TYPES:
            value = attribute(node, "value")
            return squeeze(value) if value is not None else _DEFAULT_CAPTIONS.get(kind, "")
        return ""
    if tag in {"select", "textarea", "fieldset"}:
        return ""
    return content_name(node, scripting=scripting)


def _collect(node: Node, pieces: list[str], *, without: Node | None, scripting: bool) -> None:
    for child in children(node):
        if child.is_text_node:
            pieces.append(child.text_content or "")
        elif child.is_element_node and child != without:
            _collect_element(child, pieces, without=without, scripting=scripting)


def _collect_element(node: Node, pieces: list[str], *, without: Node | None, scripting: bool) -> None:
    if (attribute(node, "aria-hidden") or "").lower() == "true" or hides_itself(node, scripting=scripting):
        return
    tag = tag_of(node)
    label = squeeze(attribute(node, "aria-label") or "")
    if without is not None and contains(node, without):
        _collect(node, pieces, without=without, scripting=scripting)
    elif label:
        pieces.append(f" {label} ")
    elif tag == "img":
        pieces.append(f" {attribute(node, 'alt') or ''} ")
    elif tag == "svg":
        title = next((child for child in children(node) if tag_of(child) == "title"), None)
        pieces.append(f" {title.text()} " if title is not None else "")
    elif tag not in {"select", "textarea"}:
        gap = "" if tag in _RUNNING_TEXT else " "
        pieces.append(gap)
        _collect(node, pieces, without=without, scripting=scripting)
        pieces.append(gap)
