"""A part of a page, and what a person can see and do there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..dom.components import component_roots, find_root, is_waiting, name_of, root_by_id
from ..dom.errors import Ambiguous, NotOnPage
from ..dom.fields import as_upload, form_of
from ..dom.finding import CHECKBOX, CLICKABLE, CONTROL, FILE, FILLABLE, FORM, RADIO, SELECT, Kind, Place, find_option
from ..dom.markup import Node, attribute, contains, describe, squeeze, tag_of
from ..dom.visibility import hidden_because
from .elements import Element
from .hands import Hands
from .tab import Tab

Target = str | Element
"""What an action works on: a control by its name, or an element found before."""

_ROWS = "tr, li, article, dt, option, [role=row], [role=listitem], [role=article], [data-row]"
_LISTED = 25


class Region:
    """A part of a page. It is looked up anew for every use, so that it outlives the renders of its component."""

    def __init__(self, tab: Tab, hands: Hands, resolve: Callable[[], Node], title: str) -> None:
        self._tab = tab
        self._hands = hands
        self._resolve = resolve
        self._title = title

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._title}>"

    # Looking

    def text(self, what: Target | None = None) -> str:
        """Return the visible text of the region, or of one component or element in it, white space as one space.

        A string is a component's name if one with it stands there, else a CSS selector.
        """
        return self._tab.text(self._resolve() if what is None else self._look_up(what))

    def texts(self, selector: str) -> list[str]:
        """Return the visible text of every element that a CSS selector matches."""
        return [element.text for element in self.all(selector)]

    def html(self, what: Target | None = None) -> str:
        """Return the HTML of the region, or of one component or element in it."""
        return (self._resolve() if what is None else self._look_up(what)).html or ""

    def all(self, selector: str) -> list[Element]:
        """Return the elements that a CSS selector matches, hidden ones included, in document order."""
        return [Element(self._tab, node) for node in self._tab.document.select(selector, self._resolve())]

    def find(self, selector: str) -> Element | None:
        """Return the first element that a CSS selector matches, or None."""
        return next(iter(self.all(selector)), None)

    def one(self, selector: str) -> Element:
        """Return the only element that a CSS selector matches. Raises NotOnPage or Ambiguous."""
        found = self.all(selector)
        if len(found) == 1:
            return found[0]
        if found:
            listed = "\n".join(f"  {describe(element.node)}" for element in found[:_LISTED])
            raise Ambiguous(f"{len(found)} elements on {self._title} match {selector!r}:\n{listed}")
        names = ", ".join(dict.fromkeys(name_of(root) for root in component_roots(self._tab.document)))
        raise NotOnPage(
            f"Nothing on {self._title} matches {selector!r}."
            + (f" Components there: {names}." if names else "")
            + f"\nIts text: {self.text()[:600]!r}"
        )

    def control(self, name: str) -> Element:
        """Return the visible control with this name, disabled or not. Raises NotOnPage or Ambiguous."""
        return Element(self._tab, self._place().find(CONTROL, name))

    def shows(self, name: str) -> bool:
        """Tell whether a control with this name can be seen."""
        try:
            self.control(name)
        except NotOnPage:
            return False
        except Ambiguous:
            return True
        return True

    def by_test_id(self, test_id: str) -> Element:
        """Return the element that `{% test_id %}` marks. Raises NotOnPage or Ambiguous."""
        return self.one(f'[data-testid="{test_id}"]')

    # Parts of it

    def component(self, name: str) -> ComponentRegion:
        """Return the component with this registered name or id. Raises NotOnPage or Ambiguous."""
        root = find_root(self._tab.document, name, url=self._tab.url, within=self._resolve())
        return ComponentRegion(self._tab, self._hands, root)

    def components(self, name: str | None = None) -> list[ComponentRegion]:
        """Return the components there, or those with a name, in document order."""
        roots = component_roots(self._tab.document, self._resolve())
        return [
            ComponentRegion(self._tab, self._hands, root) for root in roots if name is None or name_of(root) == name
        ]

    def within(self, what: Target) -> Region:
        """Return the part of the region that a CSS selector or a component's name names."""
        self._look_up(what)
        return Region(self._tab, self._hands, lambda: self._look_up(what), f"{what!r} of {self._title}")

    def row(self, text: str) -> Region:
        """Return the table row, list entry or article that shows a text. Raises NotOnPage or Ambiguous."""
        self._find_row(text)
        return Region(self._tab, self._hands, lambda: self._find_row(text), f"the row {text!r} of {self._title}")

    # Doing

    def click(self, what: Target, *, expect: int | None = None, confirm: bool = True) -> None:
        """Click a button, link, box, or whatever reacts to clicks.

        `expect` names the error status that the answer is to have; `confirm` answers the question of hx-confirm.
        """
        with self._hands.doing(f"the click on {what!r}", expect=expect, confirm=confirm):
            self._hands.click(self._node(CLICKABLE, what))

    def fill(self, what: Target, value: object, *, leave: bool = True, expect: int | None = None) -> None:
        """Type a value into a field in place of the old one, wait, and leave the field unless `leave` is False."""
        with self._hands.doing(f"filling {what!r}", expect=expect):
            self._hands.type(self._node(FILLABLE, what), str(value))
            if leave:
                self._hands.leave()

    def choose(self, what: Target, *, group: str | None = None, expect: int | None = None) -> None:
        """Choose a radio button; `group` is the legend of its fieldset where names repeat."""
        with self._hands.doing(f"choosing {what!r}", expect=expect):
            self._hands.tick(self._node(RADIO, what, group=group), True)

    def check(self, what: Target, *, expect: int | None = None) -> None:
        """Tick a box; a ticked one is left as it is."""
        with self._hands.doing(f"ticking {what!r}", expect=expect):
            self._hands.tick(self._node(CHECKBOX, what), True)

    def uncheck(self, what: Target, *, expect: int | None = None) -> None:
        """Take the tick from a box."""
        with self._hands.doing(f"unticking {what!r}", expect=expect):
            self._hands.tick(self._node(CHECKBOX, what), False)

    def select(self, what: Target, *options: str, expect: int | None = None) -> None:
        """Choose the options with these texts (or values) in a select, and no others."""
        with self._hands.doing(f"selecting {', '.join(options)} in {what!r}", expect=expect):
            node = self._node(SELECT, what)
            self._hands.pick(node, [find_option(node, option) for option in options])

    def upload(self, what: Target, *files: Any, expect: int | None = None) -> None:
        """Choose files: paths, `(name, bytes)`, or anything with a name that can be read."""
        with self._hands.doing(f"choosing a file for {what!r}", expect=expect):
            self._hands.attach(self._node(FILE, what), [as_upload(file) for file in files])

    def submit(self, what: Target | None = None, *, expect: int | None = None, confirm: bool = True) -> None:
        """Send a form as the Enter key does: the one with this name, or that of this field or button.

        Without a name: the form that was used last, else the only one there.
        """
        with self._hands.doing(
            "sending the form" if what is None else f"sending {what!r}", expect=expect, confirm=confirm
        ):
            self._hands.press_enter(self._form(what))

    def trigger(self, what: Target, event: str, *, expect: int | None = None) -> None:
        """Let a DOM event happen: `page.trigger("#clock", "every")`. What takes time or a filter needs this."""
        with self._hands.doing(f"the event {event} at {what!r}", expect=expect):
            self._hands.trigger(self._look_up(what), event)

    def load_lazy(self, name: str | None = None, *, expect: int | None = None) -> None:
        """Let lazy components come into view, all of them or those with a name. Raises NotOnPage if none waits."""
        waiting = self._waiting(name)
        if not waiting:
            raise NotOnPage(f"No lazy component{f' {name!r}' if name else ''} waits on {self._title}.")
        while waiting:
            with self._hands.doing("scrolling", expect=expect):
                self._hands.trigger(waiting[0], "intersect")
            waiting = [root for root in self._waiting(name) if root not in waiting]

    # Parts

    def _waiting(self, name: str | None) -> list[Node]:
        roots = component_roots(self._tab.document, self._resolve())
        return [root for root in roots if is_waiting(root) and name in {None, name_of(root)}]

    def _place(self) -> Place:
        return self._tab.place(self._resolve(), self._title)

    def _node(self, kind: Kind, what: Target, *, group: str | None = None) -> Node:
        if isinstance(what, Element):
            return what.node
        return self._place().find(kind, what, group=group)

    def _look_up(self, what: Target) -> Node:
        if isinstance(what, Element):
            return what.node
        named = [root for root in component_roots(self._tab.document, self._resolve()) if name_of(root) == what]
        if named:
            return find_root(self._tab.document, what, url=self._tab.url, within=self._resolve())
        return self.one(what).node

    def _form(self, what: Target | None) -> Node:
        document = self._tab.document
        if isinstance(what, Element):
            node: Node | None = what.node
        elif what is None:
            last = self._hands.last_form
            if last is not None and document.is_connected(last):
                return last
            forms = self._place().visible(FORM)
            if len(forms) == 1:
                return forms[0]
            raise (Ambiguous if forms else NotOnPage)(f"{len(forms)} forms on {self._title}: name the one to send.")
        else:
            node = self._named_form_or_control(what)
        if node is not None and tag_of(node) == "form":
            return node
        form = form_of(document, node) if node is not None else None
        if form is None:
            raise NotOnPage(f"{what!r} on {self._title} belongs to no form.")
        return form

    def _named_form_or_control(self, name: str) -> Node:
        try:
            return self._place().find(FORM, name)
        except NotOnPage:
            return self._place().find(CONTROL, name)

    def _find_row(self, text: str) -> Node:
        wanted = squeeze(text)
        rows = [
            node
            for node in self._tab.document.select(_ROWS, self._resolve())
            if hidden_because(node, scripting=self._tab.javascript) is None and wanted in self._tab.text(node)
        ]
        innermost = [row for row in rows if not any(row != other and contains(row, other) for other in rows)]
        if len(innermost) == 1:
            return innermost[0]
        listed = "\n".join(f"  {describe(row)}" for row in innermost[:_LISTED])
        if innermost:
            raise Ambiguous(f"{len(innermost)} rows on {self._title} show {text!r}:\n{listed}")
        raise NotOnPage(f"No row on {self._title} shows {text!r}.\nIts text: {self.text()[:600]!r}")


class ComponentRegion(Region):
    """A live component on the page, known by its id through all its renders."""

    def __init__(self, tab: Tab, hands: Hands, root: Node) -> None:
        self.name = name_of(root)
        """The registered name."""
        self.id = attribute(root, "data-cf-id") or ""
        """The component's id."""
        super().__init__(tab, hands, self._find, f"the component {self.name!r} of the page {tab.url}")

    @property
    def token(self) -> str:
        """The newest state token."""
        return attribute(self._find(), "data-cf-state") or ""

    @property
    def is_loaded(self) -> bool:
        """Whether a lazy component has come into view."""
        return not is_waiting(self._find())

    @property
    def is_on_page(self) -> bool:
        """Whether the component is still there."""
        return root_by_id(self._tab.document, self.id) is not None

    def dispatch(self, event: str, payload: dict[str, Any] | None = None, *, expect: int | None = None) -> None:
        """Send an event that no control of the template stands for, as a script on the page would."""
        with self._hands.doing(f"the event {event!r} of {self.name!r}", expect=expect):
            self._hands.dispatch(self._find(), event, payload or {})

    def _find(self) -> Node:
        root = root_by_id(self._tab.document, self.id)
        if root is None:
            raise NotOnPage(f"The component {self.name!r} ({self.id}) is no longer on the page {self._tab.url}.")
        return root
