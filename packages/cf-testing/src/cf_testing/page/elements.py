"""An element as a test reads it."""

from __future__ import annotations

from ..dom.markup import Node, attribute, has_attribute, squeeze, tag_of
from ..dom.names import Naming, input_type
from ..dom.visibility import disabled_because, hidden_because
from .tab import Tab


class Element:
    """An element of the page at the moment it was found; after a new render, find it again."""

    def __init__(self, tab: Tab, node: Node) -> None:
        self._tab = tab
        self.node = node

    def __repr__(self) -> str:
        return f"<Element {self.tag} {self.name!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Element) and self.node == other.node

    def __hash__(self) -> int:
        return hash(self.node)

    def __getitem__(self, attribute_name: str) -> str:
        value = attribute(self.node, attribute_name)
        if value is None:
            raise KeyError(attribute_name)
        return value

    def __contains__(self, attribute_name: str) -> bool:
        return has_attribute(self.node, attribute_name)

    def get(self, attribute_name: str, default: str | None = None) -> str | None:
        """Return an attribute's value; "" for one without a value."""
        value = attribute(self.node, attribute_name)
        return default if value is None else value

    @property
    def tag(self) -> str:
        """The tag name in lower case."""
        return tag_of(self.node)

    @property
    def text(self) -> str:
        """The text as it reads: nothing hidden, white space as one space."""
        return self._tab.text(self.node)

    @property
    def html(self) -> str:
        """The element's HTML."""
        return self.node.html or ""

    @property
    def name(self) -> str:
        """What a screen reader calls the control; "" for what has no name."""
        names = Naming(self._tab.document, scripting=self._tab.javascript).names_of(self.node)
        return names[0] if names else ""

    @property
    def classes(self) -> frozenset[str]:
        """The words of the class attribute."""
        return frozenset((attribute(self.node, "class") or "").split())

    @property
    def value(self) -> str:
        """What a field holds at the moment, typed text included."""
        return self._tab.fields.value(self.node)

    @property
    def is_checked(self) -> bool:
        """Whether a box is ticked at the moment."""
        return self._tab.fields.is_checked(self.node)

    @property
    def chosen(self) -> list[str]:
        """The texts of a select's chosen options."""
        return [squeeze(option.text(deep=True)) for option in self._tab.fields.selected(self.node)]

    @property
    def is_disabled(self) -> bool:
        """Whether a person cannot use the control."""
        return disabled_because(self.node) is not None

    @property
    def is_visible(self) -> bool:
        """Whether a person sees the element, as far as the markup tells."""
        return self.is_on_page and hidden_because(self.node, scripting=self._tab.javascript) is None

    @property
    def is_focused(self) -> bool:
        """Whether the element has the focus."""
        return self._tab.focused == self.node

    @property
    def is_on_page(self) -> bool:
        """Whether the element is still there: a new render may have taken its place."""
        return self._tab.document.is_connected(self.node)

    @property
    def kind(self) -> str:
        """An input's type, else the tag name."""
        return input_type(self.node) or self.tag
