"""The component of a form: what is sent is held against its schema before any handler of the author's sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic_core import to_jsonable_python

from cf_core.engine.calls import Call
from cf_core.engine.component import Component
from cf_core.engine.errors import Invalid, NotFound
from cf_core.engine.events import EventHandler
from cf_core.engine.ports import Steps

from .bindings import Binding, Outcome, binding_of
from .definitions import EVERYTHING, Choices, FormField, field_at, override, walk
from .formsets import Rows, put_at, row_keys, value_at
from .messages import UNKNOWN, told
from .parsing import parse_form
from .typed import KEY, Typed, keepable


class FormComponent(Component, exposes_events=False):
    """A form: `schema` says what it takes, `on_submit` is called once that is so.

    What does not fit stands in `self.errors`, {dotted path: [messages]}, with what was typed kept; the answer has
    the status 422. Reference: docs/reference/forms.md.
    """

    schema: ClassVar[Any] = None
    """A pydantic model; with cf_forms in INSTALLED_APPS also a Django form class."""
    widgets: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """{path: kind, template, or Widget}, where the schema's own choice does not do."""
    labels: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """{path: label}."""
    help_texts: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """{path: help text}."""
    choices: ClassVar[Mapping[str, Choices]] = MappingProxyType({})
    """{path: values, (value, label) pairs, or what returns them}; anything else is refused."""
    read_only_fields: ClassVar[Collection[str]] = ()
    """Fields whose value is that of `get_initial()`, whatever is sent; see `get_read_only_fields`."""
    form_template: ClassVar[str | None] = None
    """The template of the whole form, for `{% component_form %}`; default `cf_forms/form.html`."""
    field_templates: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """{path, name or kind of a field: template that renders it, label and errors included}."""
    fallback_templates: ClassVar[Sequence[str]] = ("cf_forms/component.html",)
    """Rendered where the class names no template and has none under its registered name."""

    _lent_events: ClassVar[Mapping[str, str]] = MappingProxyType({"submit": "on_submit"})
    _frame_events: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "_validate": "_on_validate",
            "_add_row": "_on_add_row",
            "_remove_row": "_on_remove_row",
            "_move_row": "_on_move_row",
        }
    )
    _takes_payload: ClassVar[bool] = True

    def __init__(self, *, component_id: str | None = None, **params: Any) -> None:
        """Make an instance that is not mounted yet."""
        super().__init__(component_id=component_id, **params)
        self.validated_data: Any = None
        """The validated values, in `on_submit`; before it None."""
        self._fields: tuple[FormField, ...] | None = None
        self._sent: Mapping[str, Any] = {}
        self._leads_to: str | None = None
        """The path of the field that gets the focus with the next render: the button that was pressed may be gone."""

    # -- what authors override

    def on_submit(self) -> Any:
        """Do what the form is for, with `self.validated_data`. Called only once it is valid."""

    def form_invalid(self) -> Any:
        """Do what is to be done about a form that was sent and does not fit; `self.errors` says what."""

    def get_schema(self) -> Any:
        """Return the schema; override it where that depends on who asks."""
        return self.schema

    def get_initial(self) -> Mapping[str, Any]:
        """Return the values that the form begins with: the state's of the same names, else the schema's defaults."""
        schema = self.get_schema()
        found = dict(self._binding(schema).defaults(schema))
        names = [field.name for field in self._binding(schema).fields(schema)]
        return found | {name: self.state[name] for name in names if name in self.state and name != KEY}

    def get_read_only_fields(self) -> Collection[str]:
        """Return the names of the fields that this user cannot set: not shown, they keep their initial value."""
        return self.read_only_fields

    def get_form_kwargs(self) -> Mapping[str, Any]:
        """Return what a Django form is made with, besides data and files: `{"instance": ...}` for a model form."""
        return {}

    # -- what handlers and templates call

    def form_fields(self) -> tuple[FormField, ...]:
        """Return the fields that are shown, with what the class says about them."""
        hidden = self.get_read_only_fields()
        return tuple(field for field in self._all_fields() if field.name not in hidden)

    def form_values(self) -> dict[str, Any]:
        """Return what the form shows, in JSON's types: what was typed, else the initial values; no secrets."""
        initial = to_jsonable_python(dict(self.get_initial()), fallback=_nothing)
        names = {field.name for field in self.form_fields()}
        typed = {name: value for name, value in self._typed.values.items() if name in names}
        return keepable(initial, self.form_fields()) | typed

    def row_keys(self, path: str, count: int) -> list[str]:
        """Return a key for each row of the list at a path, which it keeps while others come and go."""
        return row_keys(self._typed, path, count)

    def add_error(self, path: str, message: Any) -> None:
        """Say what is wrong with a field, by its path, or with `"__all__"` about the form."""
        self.errors.setdefault(path, []).append(message)

    def set_value(self, path: str, value: Any) -> None:
        """Set what the form shows at a path, as if it had been typed. Raises KeyError for a field that there is not."""
        if field_at(self.form_fields(), path) is None:
            known = ", ".join(field.path for field in walk(self.form_fields()))
            raise KeyError(f"The form has no field {path!r}. Expected one of: {known}.")
        values = self.form_values()
        put_at(values, path, to_jsonable_python(value, fallback=_nothing))
        self._typed.keep(values, self.form_fields())

    def reset_form(self) -> None:
        """Forget what was typed: the form shows its initial values again, without errors."""
        self._typed.forget()
        self.errors = {}

    # -- how it is run

    @property
    def _typed(self) -> Typed:
        return Typed(self.state)

    def _binding(self, schema: Any) -> Binding:
        return binding_of(schema, type(self).__name__)

    def _all_fields(self) -> tuple[FormField, ...]:
        if self._fields is None:
            schema = self.get_schema()
            self._fields = override(
                self._binding(schema).fields(schema),
                widgets=self.widgets,
                labels=self.labels,
                help_texts=self.help_texts,
                choices=self.choices,
                where=type(self).__name__,
            )
        return self._fields

    def _take_payload(self, call: Call, handler: EventHandler) -> Steps:
        """Read the form that comes with an event of its own, and validate what is submitted.

        Returns the handler's arguments, or None where the event ends with the errors.
        """
        if handler.event != "submit" and handler.event[:1] != "_":
            if call.is_form:
                return handler.arguments.from_form(call.payload, call.unchecked)
            return handler.arguments.coerce(call.payload)
        fields = self.form_fields()
        names = handler.arguments.names
        own = {name: value for name, value in call.payload.items() if name in names}
        if call.is_form:
            arguments = handler.arguments.from_form(own, call.unchecked)
            data = parse_form(call.payload, fields, call.unchecked)
        else:
            arguments = handler.arguments.coerce(own)
            shown = {field.name for field in fields}
            data = {name: value for name, value in call.payload.items() if name not in names or name in shown}
        self._sent = data
        self._typed.keep(data, fields)
        if handler.event != "submit":
            return arguments
        outcome = self._validate(data)
        if not call.is_form:
            self._refuse_unknown(data, outcome)
        if outcome.errors:
            self.errors.update(outcome.errors)
            self._typed.submit()
            pending = self.form_invalid()
            if pending is not None:
                yield pending
            return None
        self._typed.settle()
        self.validated_data = outcome.data
        return arguments

    def _refuse_unknown(self, data: Mapping[str, Any], outcome: Outcome) -> None:
        """Have JSON's unknown names refused, which in a form are buttons and neighbours."""
        fields = self.form_fields()
        hidden = set(self.get_read_only_fields())
        if set(data) - {name for field in fields for name in (field.name, field.alias)} - hidden:
            names = ", ".join(field.name for field in fields)
            outcome.errors.setdefault(EVERYTHING, []).append(told(UNKNOWN, names=names))

    def _validate(self, data: Mapping[str, Any]) -> Outcome:
        schema, fields = self.get_schema(), self._all_fields()
        hidden = self.get_read_only_fields()
        if hidden:
            initial = self.get_initial()
            data = {name: value for name, value in data.items() if name not in hidden} | {
                name: initial[name] for name in hidden if name in initial
            }
        return self._binding(schema).validate(schema, data, fields, self)

    # -- the framework's own events

    def _on_validate(self, _field: list[str] | None = None) -> Any:
        """Validate what was typed so far; only fields that were left show their errors.

        The whole form comes with it, so that it also brings back a half-filled form to a server that lost it.
        """
        fields = self.form_fields()
        left = {path: field for path in _field or () if (field := field_at(fields, path)) is not None}
        self._typed.touch(left)
        self._show_errors(self._validate(self._sent).errors)
        # The focus is somewhere else by now: who does not see the messages hears them.
        said = [f"{field.label}: {text}" for path, field in left.items() for text in self.errors.get(path, ())]
        if said:
            self.announce(" ".join(said))
        return self._tell_change(next(iter(left))) if len(left) == 1 else None

    def _on_add_row(self, _list: str, _index: int | None = None) -> None:
        """Add an empty row to a list, before the row `_index` or last."""
        self._change_rows(_list, lambda rows: rows.add(_index))
        self._lead_to_row(_list, _index)

    def _on_remove_row(self, _list: str, _index: int) -> None:
        """Remove a row of a list."""
        self._change_rows(_list, lambda rows: rows.remove(_index))
        self._leads_to = _list

    def _on_move_row(self, _list: str, _index: int, _to: int) -> None:
        """Move a row of a list to another place."""
        self._change_rows(_list, lambda rows: rows.move(_index, _to))
        self._lead_to_row(_list, _to)

    def _change_rows(self, path: str, change: Callable[[Rows], str | None]) -> None:
        fields = self.form_fields()
        field = field_at(fields, path)
        if field is None or field.shape != "rows":
            raise NotFound(f"{type(self).__name__} has no list of rows {path!r}")
        self._typed.keep(self.form_values(), fields)
        try:
            refused = change(Rows(self._typed, field, path))
        except (IndexError, ValueError):
            # A row around the list is gone: so is the list.
            raise NotFound(f"The form has no rows at {path!r}") from None
        top = path.partition(".")[0]
        self._show_errors(self._validate({**self._sent, top: self._typed.values.get(top)}).errors)
        if refused is not None:
            self.add_error(path, refused)

    def _lead_to_row(self, path: str, index: int | None) -> None:
        """Have the focus go to a row, the last one where there is none of that number."""
        rows = value_at(self._typed.values, path)
        last = len(rows) - 1 if isinstance(rows, list) else 0
        self._leads_to = f"{path}.{last if index is None else max(0, min(index, last))}"

    def _show_errors(self, found: Mapping[str, list[str]]) -> None:
        """Show the errors of the fields that were left; after a submit all of them."""
        touched = self._typed.touched
        for path, messages in found.items():
            if self._typed.is_submitted or any(path == one or path.startswith(f"{one}.") for one in touched):
                self.errors[path] = messages

    def _tell_change(self, path: str) -> Any:
        """Call `on_change_<field>` of a field that was left and is right; of a row's field without the row's number."""
        parts = path.split(".")
        handler = type(self)._events.get("change_" + "_".join(part for part in parts if not part.isdigit()))
        if handler is None or path in self.errors:
            return None
        given = {"value": value_at(self._sent, path), "path": path}
        index = next((int(part) for part in reversed(parts) if part.isdigit()), None)
        if index is not None:
            given["index"] = index
        try:
            arguments = handler.arguments.pick(given)
        except Invalid as refused:
            for messages in refused.errors.values():
                self.errors.setdefault(path, []).extend(messages)
            return None
        return getattr(self, handler.method)(**arguments)


def _nothing(value: Any) -> None:
    """Stand in for a value that no form could show."""
