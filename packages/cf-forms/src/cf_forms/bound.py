"""A form with its values and errors, as templates see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.template import Template
from django.urls import reverse
from django.utils.safestring import SafeString

from cf_core.engine.ports import translate

from .controls import attribute_text, control_attributes, described, live_attributes, row_button
from .definitions import EVERYTHING, FormField, walk
from .ids import control_id, option_id, summary_id
from .showing import is_ticked, shown_text, shown_texts, value_in
from .typed import Typed

if TYPE_CHECKING:
    from .component import FormComponent

SUBMIT = "submit"
_FILES = frozenset({"file", "files"})
_LISTS = frozenset({"list"})


class BoundOption(NamedTuple):
    """One choice of a select, of radio buttons or of checkboxes."""

    value: str
    label: Any
    id: str
    is_selected: bool


class SummaryLine(NamedTuple):
    """One message in the error summary."""

    target: str
    """DOM id of the control that it is about; empty for messages about the form."""
    label: str
    message: str


class BoundForm:
    """The form of a component: iterate over its fields, or take one by its dotted path."""

    def __init__(self, component: FormComponent, *, is_live: bool = True, action: str | None = None) -> None:
        """`is_live`: fields are validated as they are left. `action`: default, the component's endpoint."""
        self.component = component
        self.id = component.id
        self.is_live = is_live
        self.action = action or reverse("component_endpoint", args=[type(component).component_name])
        typed = Typed(component.state)
        self._touched = frozenset(typed.touched)
        is_refused = component._event == SUBMIT and bool(component.errors)
        self.is_submitted = typed.is_submitted or is_refused
        definitions = component.form_fields()
        self.has_files = _any_kind(definitions, _FILES)
        self.has_rows = _any_kind(definitions, _LISTS)
        values = component.form_values()
        self.templates: dict[tuple[str, ...], Template] = {}
        """Those of its fields, by the names that they may have: found once."""
        self.fields = [BoundField(self, one, one.name, one.name, value_in(values, one.name)) for one in definitions]
        self._by_path = {found.path: found for found in self.walk()}
        self.other_errors: list[SummaryLine] = []
        """Messages that belong to no field that is shown."""
        self._place_errors(component.errors)
        led_to = self._by_path.get(component._leads_to or "")
        if (is_refused or led_to) and not (component._effects or {}).get("focus"):
            # Here, because handlers may add errors until the last moment; what an author chose stays.
            component.focus(led_to.entry_id if led_to else self.first_error_id)

    def __iter__(self) -> Iterator[BoundField]:
        """Yield the fields of the top level in order."""
        return iter(self.fields)

    def __getitem__(self, path: str) -> BoundField:
        """Return the field at a dotted path. Raises KeyError that names the fields there are."""
        try:
            return self._by_path[path]
        except KeyError:
            known = ", ".join(self._by_path) or "none"
            raise KeyError(f"The form has no field {path!r}. Expected one of: {known}.") from None

    @property
    def summary_id(self) -> str:
        """The DOM id of the error summary."""
        return summary_id(self.id)

    @property
    def summary(self) -> list[SummaryLine]:
        """What the error summary says: everything after a submit, before it only what belongs to no field."""
        if not self.is_submitted:
            return self.other_errors
        lines = [
            SummaryLine(field.target_id, field.full_label, message) for field in self.walk() for message in field.errors
        ]
        return [*self.other_errors, *lines]

    @property
    def first_error_id(self) -> str:
        """The DOM id of the first control with an error; without one that of the summary."""
        return next((field.target_id for field in self.walk() if field.errors), self.summary_id)

    def is_touched(self, path: str) -> bool:
        """Whether the user has left the field at a path once, or sent the form."""
        return self.is_submitted or path in self._touched

    def walk(self) -> Iterator[BoundField]:
        """Yield every field, those in groups and rows too."""
        pending = list(reversed(self.fields))
        while pending:
            found = pending.pop()
            yield found
            pending += reversed(found.children)

    def _place_errors(self, errors: Mapping[str, Any]) -> None:
        """Give each message to the field of its path, or to the nearest one around it."""
        for path, messages in errors.items():
            near: str | None = path
            while near and near not in self._by_path:
                near = near.rpartition(".")[0]
            texts = [str(text) for text in ([messages] if isinstance(messages, str) else messages)]
            found = self._by_path.get(near) if near else None
            if found is not None and found.kind != "hidden":
                found.errors += [text for text in texts if text not in found.errors]
            else:
                label = "" if path == EVERYTHING else path
                self.other_errors += [SummaryLine("", label, text) for text in texts]


class BoundField:
    """One field with its value and messages."""

    def __init__(
        self,
        form: BoundForm,
        definition: FormField,
        path: str,
        keyed: str,
        value: Any,
        *,
        label: str = "",
        within: str = "",
    ) -> None:
        """`path` counts rows, `keyed` names them by their keys, so that a row that moves keeps its DOM ids.

        `within` is the label of the row or group around it.
        """
        self.form = form
        self.definition = definition
        self.path = path
        self.id = control_id(form.id, keyed)
        self.value = value
        self.kind = definition.kind
        self.label = label or definition.label
        self.full_label = f"{within}: {self.label}" if within else str(self.label)
        self.help_text = definition.help_text
        self.is_required = definition.required
        self.errors: list[str] = []
        self.rows: list[BoundRow] = []
        if self.kind == "list" and definition.item is not None:
            self.rows = list(_rows(self, definition.item, keyed))
        self.fields = [
            BoundField(
                form,
                one,
                f"{path}.{one.name}",
                f"{keyed}.{one.name}",
                value_in(value, one.name),
                within=self.full_label,
            )
            for one in (definition.fields if self.kind == "group" else ())
        ]

    @property
    def children(self) -> Sequence[BoundField]:
        """The fields below this one: of a group, or of all rows."""
        return [row.field for row in self.rows] if self.rows else self.fields

    @property
    def html_name(self) -> str:
        """The name under which the control is sent."""
        return self.path

    @property
    def is_touched(self) -> bool:
        """Whether its errors may be shown."""
        return self.form.is_touched(self.path)

    @property
    def target_id(self) -> str:
        """The DOM id of what a link in the summary leads to: the control, or the first of several."""
        return self.options[0].id if self.kind in ("radio", "checkboxes") and self.options else self.id

    @property
    def entry_id(self) -> str:
        """The DOM id of where one begins to fill it in: of a group its first control, of a list the list."""
        return self.fields[0].entry_id if self.fields else self.target_id

    @property
    def text(self) -> str:
        """The value as the control shows it."""
        return "" if self.definition.is_secret else shown_text(self.value, self.kind)

    @property
    def is_checked(self) -> bool:
        """Whether a checkbox has its tick."""
        return is_ticked(self.value)

    @cached_property
    def options(self) -> list[BoundOption]:
        """The choices."""
        is_many = self.definition.multiple or self.kind == "checkboxes"
        chosen = shown_texts(self.value, self.kind) if is_many else {shown_text(self.value, self.kind)}
        return [
            BoundOption(value, label, option_id(self.id, at), value in chosen)
            for at, (value, label) in enumerate(self.definition.choices)
        ]

    @property
    def needs_empty_option(self) -> bool:
        """Whether a select offers to choose nothing: where nothing may be chosen, or nothing is yet."""
        if self.definition.multiple or any(not value for value, _ in self.definition.choices):
            return False
        return not self.is_required or not any(option.is_selected for option in self.options)

    @property
    def empty_label(self) -> str:
        """What stands for choosing nothing."""
        return str(self.definition.options.get("empty_label", "---------"))

    @property
    def attrs(self) -> SafeString:
        """The attributes of the control, without id and value."""
        return attribute_text(control_attributes(self))

    @property
    def group_attrs(self) -> SafeString:
        """The attributes of the fieldset around several controls."""
        told = described(self)
        told.pop("aria-invalid", None)
        if self.kind == "radio":
            told = {"role": "radiogroup", **told, "aria-required": "true" if self.is_required else None}
            if self.errors:
                told["aria-invalid"] = "true"
        return attribute_text(told)

    @property
    def live_attrs(self) -> SafeString:
        """The attributes that have the field validated as it is left, for templates that write the others."""
        return attribute_text(live_attributes(self))

    @property
    def add_attrs(self) -> SafeString:
        """The attributes of a list's button for another row."""
        return row_button(self.form, "_add_row", self.path)

    @property
    def can_add(self) -> bool:
        """Whether a list takes another row."""
        limit = self.definition.max_items
        return limit is None or len(self.rows) < limit

    @property
    def can_remove(self) -> bool:
        """Whether a list may lose a row."""
        return len(self.rows) > self.definition.min_items


@dataclass(frozen=True, slots=True)
class BoundRow:
    """One row of a list."""

    field: BoundField
    index: int
    key: str
    id: str
    title: str
    is_first: bool
    is_last: bool
    list_path: str

    @property
    def remove_attrs(self) -> SafeString:
        """The attributes of the button that takes the row away."""
        return row_button(self.field.form, "_remove_row", self.list_path, index=self.index)

    @property
    def up_attrs(self) -> SafeString:
        """The attributes of the button that moves the row towards the first."""
        return row_button(self.field.form, "_move_row", self.list_path, index=self.index, to=self.index - 1)

    @property
    def down_attrs(self) -> SafeString:
        """The attributes of the button that moves the row towards the last."""
        return row_button(self.field.form, "_move_row", self.list_path, index=self.index, to=self.index + 1)


def _rows(parent: BoundField, item: FormField, keyed: str) -> Iterator[BoundRow]:
    values = parent.value if isinstance(parent.value, (list, tuple)) else ()
    keys = parent.form.component.row_keys(parent.path, len(values))
    name = parent.definition.options.get("row_label", parent.label)
    for index, (value, key) in enumerate(zip(values, keys, strict=True)):
        title = translate("{label} {number}").format(label=name, number=index + 1)
        field = BoundField(parent.form, item, f"{parent.path}.{index}", f"{keyed}.{key}", value, label=title)
        last = index == len(values) - 1
        yield BoundRow(field, index, key, f"{field.id}-row", title, index == 0, last, parent.path)


def _any_kind(definitions: Sequence[FormField], kinds: frozenset[str]) -> bool:
    return any(one.kind in kinds for one in walk(definitions))
