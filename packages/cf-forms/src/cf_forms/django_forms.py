"""Django's forms and model forms as schemas of a FormComponent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.core.files.base import File
from django.utils.datastructures import MultiValueDict
from pydantic_core import to_jsonable_python

from cf_core.engine.errors import ComponentDefinitionError

from .bindings import Outcome
from .data import ValidatedData
from .definitions import FormField, Kind, Shape

_KINDS: Final[Sequence[tuple[type[forms.Widget], Kind, Shape]]] = (
    (forms.HiddenInput, "hidden", "value"),
    (forms.Textarea, "textarea", "value"),
    (forms.EmailInput, "email", "value"),
    (forms.URLInput, "url", "value"),
    (forms.PasswordInput, "password", "value"),
    (forms.NumberInput, "number", "value"),
    (forms.DateTimeInput, "datetime-local", "value"),
    (forms.DateInput, "date", "value"),
    (forms.TimeInput, "time", "value"),
    (forms.CheckboxInput, "checkbox", "flag"),
    (forms.CheckboxSelectMultiple, "checkboxes", "many"),
    (forms.RadioSelect, "radio", "value"),
    (forms.SelectMultiple, "select", "many"),
    (forms.Select, "select", "value"),
    (forms.FileInput, "file", "file"),
    (forms.TextInput, "text", "value"),
)
"""The nearest class counts, in this order."""


class DjangoFormBinding:
    """Django form classes: their fields are shown like those of a pydantic model, `is_valid()` says what is wrong.

    `validated_data` holds `cleaned_data`, and the form itself as `validated_data.model`, for its `save()`. What the
    form is made with besides data and files is the component's `get_form_kwargs()`.
    """

    def takes(self, schema: Any) -> bool:
        """Whether it is a Django form class."""
        return isinstance(schema, type) and issubclass(schema, forms.BaseForm)

    def fields(self, schema: Any) -> tuple[FormField, ...]:
        """Return the form's fields. Raises ComponentDefinitionError for a widget of several inputs."""
        return tuple(_field(name, field) for name, field in schema.base_fields.items())

    def defaults(self, schema: Any) -> Mapping[str, Any]:
        """Return the initial values that the fields name."""
        initial = {
            name: field.initial() if callable(field.initial) else field.initial
            for name, field in schema.base_fields.items()
        }
        return {name: value for name, value in initial.items() if value is not None}

    def validate(self, schema: Any, data: Mapping[str, Any], fields: Sequence[FormField], context: Any) -> Outcome:
        """Return what the form says of the data."""
        texts: MultiValueDict[str, Any] = MultiValueDict()
        files: MultiValueDict[str, Any] = MultiValueDict()
        for field in fields:
            for value in _sent(field, data.get(field.name)):
                (files if isinstance(value, File) else texts).appendlist(field.name, value)
        form = schema(data=texts, files=files, **context.get_form_kwargs())
        if form.is_valid():
            return Outcome(ValidatedData(form.cleaned_data, model=form), {})
        return Outcome(None, {name: [str(text) for text in found] for name, found in form.errors.items()})


def _sent(field: FormField, value: Any) -> Iterator[Any]:
    """Yield a value as Django's widgets would read it from a request."""
    if value is None or (field.shape == "flag" and value in (False, "", "false")):
        return
    for one in value if isinstance(value, (list, tuple)) else (value,):
        yield one if isinstance(one, (str, File)) else str(to_jsonable_python(one, fallback=str))


def _field(name: str, field: forms.Field) -> FormField:
    widget = field.widget
    if isinstance(widget, forms.MultiWidget):
        raise ComponentDefinitionError(
            f"The form's field {name!r} has a {type(widget).__name__}, which is made of several inputs. "
            "Give it a widget of one."
        )
    kind, shape = next(((kind, shape) for known, kind, shape in _KINDS if isinstance(widget, known)), ("text", "value"))
    attributes = {**widget.attrs, **field.widget_attrs(widget)}
    constraints = {key: value for key, value in attributes.items() if key in _CONSTRAINTS and value is not None}
    if kind == "number":
        constraints.setdefault("step", "any")
    if getattr(widget, "allow_multiple_selected", False) and kind == "file":
        kind, shape = "files", "files"
    return FormField(
        name,
        name,
        kind,
        label=str(field.label) if field.label is not None else name.replace("_", " ").capitalize(),
        help_text=str(field.help_text),
        required=field.required,
        constraints=MappingProxyType(constraints),
        choices=tuple(_flat(getattr(field, "choices", ()))) if kind in ("select", "radio", "checkboxes") else (),
        multiple=shape in ("many", "files"),
        has_default=not field.required,
        options=MappingProxyType({key: value for key, value in attributes.items() if key not in _CONSTRAINTS}),
        shape=shape,
        takes_text=not field.required,
        is_secret=kind == "password",
    )


_CONSTRAINTS: Final = frozenset({"min", "max", "step", "minlength", "maxlength", "pattern", "accept"})


def _flat(choices: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Yield (value as sent, label); groups of choices are shown one after the other."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flat(label)
        else:
            yield "" if value is None else str(value), label
