"""What a person does with a page, and what the browser makes of it: focus, events in their order, default actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..dom.disclosure import invoke, toggle_details
from ..dom.errors import NotUsable
from ..dom.fields import Upload, controls_of, form_of, sanitise
from ..dom.markup import Node, ancestors, attribute, describe, has_attribute, tag_of
from ..dom.names import Naming, input_type
from ..dom.requests import is_submit_button
from ..dom.validity import first_objection
from ..dom.visibility import disabled_because, hidden_because, inert_because, is_really_disabled
from .live import Live
from .tab import Tab

_TICKED = frozenset({"checkbox", "radio"})
_TYPED = frozenset({"text", "search", "tel", "url", "email", "password", "date", "month", "week", "time",
                    "datetime-local", "number"})  # fmt: skip


class Hands:
    """A person at one tab."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._live = Live(tab)
        self._value_at_focus: str | None = None
        self.last_form: Node | None = None
        """The form of the control that was used last."""

    @contextmanager
    def doing(self, words: str, *, expect: int | None = None, confirm: bool = True) -> Iterator[None]:
        """Span one action: what it asks for is sent, answered and shown before it is over."""
        tab = self._tab
        tab.doing, tab.expect, tab.accepts_confirmation = words, expect, confirm
        self._live.renew()
        try:
            yield
            if tab.javascript:
                self._live.settle()
            if tab.expect is not None:
                raise NotUsable(f"The status {expect} was expected, but {words} asked the server for nothing.")
        finally:
            self._live.events.drop()
            tab.expect, tab.accepts_confirmation = None, True

    def click(self, node: Node) -> None:
        """Click an element. Raises NotUsable where a person could not."""
        self._demand_usable(node)
        self._focus(node)
        self.last_form = form_of(self._tab.document, node)
        self._fire("mousedown", node)
        self._fire("mouseup", node)
        self._activate(node)

    def type(self, node: Node, value: str) -> None:
        """Type a value into a field in place of the old, wait for what follows from that, and stay in the field."""
        self._demand_usable(node)
        self._demand_value_fits(node, value)
        self._focus(node)
        self.last_form = form_of(self._tab.document, node)
        if value or self._tab.fields.value(node):  # who clears an empty field types nothing
            self._tab.fields.write(node, value)
            self._fire("keydown", node)
            self._fire("input", node)
            self._fire("keyup", node)
        if self._tab.javascript:
            self._live.settle()

    def leave(self) -> None:
        """Leave the field in which a person is writing, as the Tab key does."""
        self._leave()

    def tick(self, node: Node, checked: bool) -> None:
        """Have a box ticked or not, or a radio button chosen; nothing happens where it is so already."""
        self._demand_usable(node)
        if self._tab.fields.is_checked(node) != checked:
            self.click(node)

    def pick(self, node: Node, options: Sequence[Node]) -> None:
        """Choose options of a select."""
        self._demand_usable(node)
        for option in options:
            reason = disabled_because(option)
            if reason:
                raise NotUsable(f"The option {describe(option)} cannot be chosen: {reason}.")
        self._focus(node)
        self.last_form = form_of(self._tab.document, node)
        before = self._tab.fields.selected(node)
        self._tab.fields.pick(node, options)
        if before != self._tab.fields.selected(node):
            self._fire("input", node)
            self._fire("change", node)

    def attach(self, node: Node, files: Sequence[Upload]) -> None:
        """Choose files."""
        self._demand_usable(node)
        if len(files) > 1 and not has_attribute(node, "multiple"):
            raise NotUsable(f"{describe(node)} takes one file, not {len(files)}.")
        self._focus(node)
        self.last_form = form_of(self._tab.document, node)
        self._tab.fields.attach(node, files)
        self._fire("input", node)
        self._fire("change", node)

    def press_enter(self, form: Node) -> None:
        """Send a form as the Enter key in one of its fields does: through its first button."""
        self._leave(stay=True)
        document = self._tab.document
        controls = controls_of(document, form)
        button = next((control for control in controls if is_submit_button(control)), None)
        if button is not None:
            if is_really_disabled(button):
                raise NotUsable(f"Enter does nothing in this form: its button is disabled. {describe(button)}")
            self._activate(button)
            return
        fields = [control for control in controls if input_type(control) in _TYPED]
        if len(fields) > 1:
            raise NotUsable(
                f"Enter does nothing in {describe(form)}: it has {len(fields)} fields and no button that sends it."
            )
        self._request_submit(form, None)

    def trigger(self, node: Node, event: str) -> None:
        """Let a DOM event happen at an element; the filters of htmx triggers are taken as passed."""
        if self._tab.javascript:
            self._live.events.fire(event, node, filters_pass=True)

    def dispatch(self, root: Node, event: str, payload: dict[str, object]) -> None:
        """Send an event to a component as the client's script does."""
        self._live.dispatch(root, event, payload)

    # Focus

    def _focus(self, node: Node) -> None:
        if self._tab.focused == node:
            return
        self._leave()
        self._tab.focused = node
        self._value_at_focus = self._tab.fields.value(node) if self._is_field(node) else None
        self._fire("focus", node)
        self._fire("focusin", node)

    def _leave(self, *, stay: bool = False) -> None:
        node = self._tab.focused
        if node is None or not self._tab.document.is_connected(node):
            self._tab.focused = None
            return
        if self._is_field(node) and self._value_at_focus is not None:
            value = self._tab.fields.value(node)
            if value != self._value_at_focus:
                self._value_at_focus = value
                self._fire("change", node)
        if not stay:
            self._fire("blur", node)
            self._fire("focusout", node)
            self._tab.focused = None

    # What the browser makes of it

    def _activate(self, node: Node) -> None:
        tab = self._tab
        is_ticked = input_type(node) in _TICKED
        before = tab.fields.is_checked(node) if is_ticked else False
        if is_ticked:
            tab.fields.tick(node, input_type(node) == "radio" or not before)
        prevented = self._fire("click", node)
        if is_ticked:
            if prevented:
                tab.fields.tick(node, before)
            elif tab.fields.is_checked(node) != before:
                self._fire("input", node)
                self._fire("change", node)
        elif not prevented:
            self._default_action(node)

    def _default_action(self, node: Node) -> None:
        tab = self._tab
        for element in (node, *ancestors(node)):
            tag = tag_of(element)
            if tag == "a" and has_attribute(element, "href"):
                tab.follow_link(element)
                return
            if tag == "summary":
                details = toggle_details(tab.fields, element)
                if details is not None:
                    self._fire("toggle", details)
                return
            if tag == "label":
                control = Naming(tab.document, scripting=tab.javascript).labelled_control(element)
                if control is not None and disabled_because(control) is None:
                    self._activate(control)
                return
            if tag == "button" or input_type(element) in {"submit", "image", "reset", "button"}:
                self._press(element)
                return

    def _press(self, button: Node) -> None:
        document = self._tab.document
        form = form_of(document, button)
        kind = (attribute(button, "type") or "").strip().lower()
        if is_submit_button(button) and form is not None:
            self._request_submit(form, button)
        elif kind == "reset" and form is not None:
            self._tab.fields.reset(form)
            self._fire("reset", form)
        else:
            invoke(document, button)

    def _request_submit(self, form: Node, submitter: Node | None) -> None:
        tab = self._tab
        skips_checks = has_attribute(form, "novalidate") or (
            submitter is not None and has_attribute(submitter, "formnovalidate")
        )
        objection = None if skips_checks else first_objection(tab.fields, form)
        if objection is not None:
            control, reason = objection
            names = Naming(tab.document, scripting=tab.javascript).names_of(control)
            raise NotUsable(
                f"A browser would not send this form: of {names[0] if names else describe(control)!r}, {reason}.\n"
                f"The field: {describe(control)}\nTo see what the server says, have the form say novalidate."
            )
        if not self._fire("submit", form, submitter=submitter):
            tab.submit_plainly(form, submitter)

    def _fire(self, event: str, node: Node, *, submitter: Node | None = None) -> bool:
        if not self._tab.javascript:
            return False
        return self._live.events.fire(event, node, submitter=submitter)

    # What a person cannot do

    def _demand_usable(self, node: Node) -> None:
        tab = self._tab
        if not tab.document.is_connected(node):
            raise NotUsable(f"{describe(node)} is no longer on the page: a new render took its place. Find it again.")
        hidden = hidden_because(node, scripting=tab.javascript)
        if hidden:
            raise NotUsable(f"{describe(node)} cannot be seen: {hidden}.")
        reason = disabled_because(node) or inert_because(node)
        if reason:
            raise NotUsable(f"{describe(node)} on {tab.url} is disabled: {reason}.")

    def _demand_value_fits(self, node: Node, value: str) -> None:
        if has_attribute(node, "readonly"):
            raise NotUsable(f"{describe(node)} is read-only.")
        if sanitise(node, value) != value and input_type(node) not in {"email", "url"}:
            raise NotUsable(f"{describe(node)} takes no {value!r}: its type is {input_type(node)}.")
        longest = attribute(node, "maxlength") or ""
        length = len(value.encode("utf-16-le")) // 2
        if longest.isdigit() and length > int(longest):
            raise NotUsable(f"{describe(node)} takes {longest} characters; these are {length}.")

    def _is_field(self, node: Node) -> bool:
        return tag_of(node) == "textarea" or (
            input_type(node) not in {"", "file"} | _TICKED and tag_of(node) == "input"
        )
