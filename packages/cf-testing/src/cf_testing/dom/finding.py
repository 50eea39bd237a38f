"""Find controls as a person does: by what they are called, among those that can be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .attributes import triggers_of
from .errors import Ambiguous, NotOnPage
from .fields import option_label, options_of
from .markup import Document, Node, attribute, closest, contains, describe, has_attribute, shorten, squeeze, tag_of
from .names import Naming, input_type
from .visibility import disabled_because, hidden_because

_LISTED = 25
_BUTTON_INPUTS = frozenset({"submit", "button", "reset", "image"})
_TICKED = frozenset({"checkbox", "radio"})
_CLICKED_ROLES = frozenset(
    "button link tab menuitem menuitemcheckbox menuitemradio checkbox radio switch option treeitem".split()
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of control that an action works on."""

    noun: str
    selector: str
    """What is worth a look."""
    fits: Callable[[Node], bool]


def _is_clickable(node: Node) -> bool:
    tag = tag_of(node)
    if tag in {"button", "summary"} or input_type(node) in _BUTTON_INPUTS | _TICKED:
        return True
    if tag == "a":
        return has_attribute(node, "href") or _listens_to_click(node)
    if (attribute(node, "role") or "").strip().lower() in _CLICKED_ROLES:
        return True
    return _listens_to_click(node)


def _listens_to_click(node: Node) -> bool:
    return any(has_attribute(node, name) for name in _REQUEST_ATTRIBUTES) and any(
        trigger.event == "click" and "from" not in trigger.options for trigger in triggers_of(node)
    )


_REQUEST_ATTRIBUTES = tuple(
    f"{prefix}{verb}" for prefix in ("hx-", "data-hx-") for verb in ("get", "post", "put", "patch", "delete", "action")
)


def _is_typed_into(node: Node) -> bool:
    kind = input_type(node)
    return tag_of(node) == "textarea" or bool(kind and kind not in _BUTTON_INPUTS | _TICKED | {"file", "hidden"})


_CLICKABLE_SELECTOR = ",".join(
    ["button", "summary", "input", "a", "[role]", *(f"[{name}]" for name in _REQUEST_ATTRIBUTES)]
)
_FIELD_SELECTOR = "input, select, textarea"

CLICKABLE = Kind("button, link or other thing to click", _CLICKABLE_SELECTOR, _is_clickable)
FILLABLE = Kind("field to type into", "input, textarea", _is_typed_into)
CHECKBOX = Kind("checkbox", "input", lambda node: input_type(node) == "checkbox")
RADIO = Kind("radio button", "input", lambda node: input_type(node) == "radio")
SELECT = Kind("select", "select", lambda node: True)
FILE = Kind("file input", "input", lambda node: input_type(node) == "file")
FORM = Kind("form", "form", lambda node: True)
CONTROL = Kind(
    "control",
    f"{_FIELD_SELECTOR}, {_CLICKABLE_SELECTOR}",
    lambda node: tag_of(node) in {"input", "select", "textarea"} or _is_clickable(node),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: a part of a page, with words for messages."""

    document: Document
    root: Node
    title: str
    scripting: bool = True
    hint: str = ""

    def find(self, kind: Kind, name: str, *, group: str | None = None) -> Node:
        """Return the one visible control of a kind with this name.

        An exact name wins over one that differs in case only, and that over one that contains the words.
        Raises NotOnPage or Ambiguous.
        """
        wanted = squeeze(name)
        naming = Naming(self.document, scripting=self.scripting)
        seen = self.visible(kind)
        if group is not None:
            seen = [node for node in seen if _in_group(naming, node, squeeze(group))]
        named = [(node, naming.names_of(node)) for node in seen]
        for fits in (_exactly, _in_any_case, _as_words):
            found = [node for node, names in named if any(fits(wanted, name) for name in names)]
            if len(found) == 1:
                return found[0]
            if found:
                return self._only(naming, name, found)
        raise NotOnPage(self._missing(naming, kind, name, named, group))

    def visible(self, kind: Kind) -> list[Node]:
        """Return every control of a kind that can be seen."""
        return [node for node in self._all(kind) if hidden_because(node, scripting=self.scripting) is None]

    def _all(self, kind: Kind) -> list[Node]:
        return [node for node in self.document.select(kind.selector, self.root) if kind.fits(node)]

    def _only(self, naming: Naming, name: str, found: Sequence[Node]) -> Node:
        # A clickable element inside another that takes its name from it is the same thing to a person.
        innermost = [node for node in found if not any(other != node and contains(node, other) for other in found)]
        if len(innermost) == 1:
            return innermost[0]
        lines = "\n".join(f"  {_line(naming, node)}" for node in found[:_LISTED])
        raise Ambiguous(
            f"{len(found)} things on {self.title} are called {name!r}:\n{lines}\n"
            "Look in a part of the page: page.within(selector), page.row(text) or page.component(name)."
        )

    def _missing(
        self, naming: Naming, kind: Kind, name: str, named: Sequence[tuple[Node, tuple[str, ...]]], group: str | None
    ) -> str:
        where = f" in the group {group!r}" if group is not None else ""
        lines = [f"No {kind.noun} called {name!r}{where} on {self.title}."]
        lines += self._near_misses(naming, kind, squeeze(name))
        if named:
            lines.append(f"What stands there ({kind.noun}):")
            lines += [f"  {_line(naming, node)}" for node, _ in named[:_LISTED]]
            lines += [f"  ... and {len(named) - _LISTED} more"] if len(named) > _LISTED else []
        else:
            lines.append(f"There is no visible {kind.noun} at all.")
        return "\n".join([*lines, self.hint] if self.hint else lines)

    def _near_misses(self, naming: Naming, kind: Kind, name: str) -> list[str]:
        lines = []
        for node in self._all(kind):
            reason = hidden_because(node, scripting=self.scripting)
            if reason and name in naming.names_of(node):
                lines.append(f"There is one, but nobody can see it: {reason}. {describe(node)}")
        for node in self.visible(CONTROL):
            if not kind.fits(node) and name in naming.names_of(node):
                lines.append(f"Something else has that name: {describe(node)}")
        return lines


def find_option(select: Node, wanted: str) -> Node:
    """Return the option of a select with this text or value. Raises NotOnPage or Ambiguous."""
    options = options_of(select)
    by_text = [option for option in options if option_label(option) == wanted]
    by_value = [option for option in options if attribute(option, "value") == wanted]
    in_any_case = [option for option in options if _in_any_case(wanted, option_label(option))]
    found = by_text or by_value or in_any_case
    if len(found) == 1:
        return found[0]
    if found:
        raise Ambiguous(f"{len(found)} options of {describe(select)} are called {wanted!r}.")
    listed = ", ".join(repr(option_label(option)) for option in options[:_LISTED]) or "none"
    raise NotOnPage(f"No option {wanted!r} in {describe(select)}. Its options: {listed}.")


def _line(naming: Naming, node: Node) -> str:
    title = " / ".join(repr(shorten(name)) for name in naming.names_of(node)) or "(without a name)"
    component = closest(node, attribute_name="data-cf-component")
    owner = f" in {attribute(component, 'data-cf-component')}" if component is not None else ""
    return f"{title}{owner}: {describe(node)}" + (" [disabled]" if disabled_because(node) else "")


def _in_group(naming: Naming, node: Node, group: str) -> bool:
    return any(_exactly(group, name) or _in_any_case(group, name) for name in naming.group_names(node))


def _exactly(wanted: str, name: str) -> bool:
    return wanted == name


def _in_any_case(wanted: str, name: str) -> bool:
    return wanted.casefold() == name.casefold()


def _as_words(wanted: str, name: str) -> bool:
    """Tell whether the wanted words stand in the name, not as parts of other words."""
    wanted, name = wanted.casefold(), name.casefold()
    start = name.find(wanted) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        before = name[start - 1] if start else " "
        after = name[end] if end < len(name) else " "
        if not (before.isalnum() and wanted[0].isalnum()) and not (after.isalnum() and wanted[-1].isalnum()):
            return True
        start = name.find(wanted, start + 1)
    return False
