"""A form of a row: validated by its schema, saved with its model's rules, then the author's `on_submit`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from django.db.models import FileField, ForeignKey, ManyToManyField, Model, QuerySet
from django.forms import BaseModelForm
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import BaseModel

from cf_core.engine.calls import Call
from cf_core.engine.errors import ComponentDefinitionError, NotFound
from cf_core.engine.events import EventHandler
from cf_core.engine.ports import Steps
from cf_forms.component import FormComponent
from cf_forms.definitions import FormField, override

from .component import DjangoModelMixin
from .conf import conf
from .errors import NotSaved
from .fields import RowField
from .related import are_among, related_choices, search_rows
from .schemas import schema_from_model

_SEARCH_TEMPLATE = "cf_models/widgets/related.html"
_SEARCHES = "_searches"
"""The state key of what is looked for in relations, by field."""
_QUERY_LENGTH = 200


class ModelFormComponent(DjangoModelMixin, FormComponent, exposes_events=False):
    """A form of one row: that of the param `pk`, or a new one.

    What is submitted is validated by the schema and by the model, and saved, in the event's transaction; then
    `on_submit` is called. Without a `schema` one is made from the `state_fields`.
    """

    schema_fields: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """{name: annotation, or (annotation, default)} where the schema made from the model does not do."""

    _made_schema: ClassVar[type[BaseModel] | None] = None
    _frame_events: ClassVar[Mapping[str, str]] = MappingProxyType({"_search": "_on_search"})
    _query = ""

    # -- what authors override

    def get_instance(self) -> Model | None:
        """Return the row that the form is about; without a key a new one."""
        found = super().get_instance()
        return self._model()() if found is None else found

    def get_related_queryset(self, name: str) -> QuerySet[Any]:
        """Return the rows that the relation `name` may be set to."""
        field = next(field.field for field in self._state_fields() if field.name == name)
        if not isinstance(field, ForeignKey | ManyToManyField):
            raise ComponentDefinitionError(f"{self._where}: {name!r} is no relation.")
        rows: QuerySet[Any] = field.related_model._default_manager.using(self.using)
        return rows.complex_filter(field.get_limit_choices_to())

    def search_related(self, name: str, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        """Return those of the rows for the relation `name` that the user looks for."""
        return search_rows(rows, query)

    def before_save(self) -> Sequence[str] | None:
        """Set on `self.instance` what the form does not ask for; it holds what was submitted.

        Return the names of these columns where the row may exist already. `add_error` refuses to save.
        """

    # -- how it is run

    def get_schema(self) -> Any:
        """Return `schema`, else the one made from the model."""
        return self.schema if self.schema is not None else self._schema_of_model()

    def get_initial(self) -> Mapping[str, Any]:
        """Return the row's values as a form shows them: times in the reader's zone."""
        return {name: _local(value) for name, value in super().get_initial().items()}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        """Return what a Django ModelForm that stands as the schema is made with: a copy, for the row is not its own."""
        given = dict(super().get_form_kwargs())
        if isinstance(self.schema, type) and issubclass(self.schema, BaseModelForm):
            given["instance"] = copy(self.instance)
        return given

    @classmethod
    def _schema_of_model(cls) -> type[BaseModel]:
        found = cls.__dict__.get("_made_schema")
        if found is None:
            if not cls.state_fields:
                raise ComponentDefinitionError(
                    f"{cls.__name__} has neither a schema nor state_fields, and a form of all columns would let "
                    "anybody write them: list the fields, state_fields = [...]."
                )
            found = cls._made_schema = schema_from_model(cls._model(), cls.state_fields, cls.schema_fields)
        schema: type[BaseModel] = found
        return schema

    def _all_fields(self) -> tuple[FormField, ...]:
        if self._fields is None:
            fields = super()._all_fields()
            if self.schema is None:
                known = {field.name: field for field in self._state_fields()}
                fields = tuple(self._with_model(field, known[field.name]) for field in fields)
            self._fields = fields
        return self._fields

    def _with_model(self, found: FormField, field: RowField) -> FormField:
        """Return the form's field with what the model says about it, unless the class says otherwise."""
        name = found.name
        if name not in self.labels:
            found = replace(found, label=field.label)
        if name not in self.help_texts:
            found = replace(found, help_text=str(field.field.help_text))
        if name in self.choices or name in self.schema_fields:
            return found
        if isinstance(field.field, ForeignKey | ManyToManyField):
            return self._with_rows(found)
        if field.field.choices:
            pairs = tuple((str(value), label) for value, label in field.field.flatchoices if value not in (None, ""))
            return self._offering(found, (("", "—"), *pairs) if found.takes_text and field.field.blank else pairs)
        return found

    def _with_rows(self, found: FormField) -> FormField:
        """Return a relation's field with the rows to choose from; of many rows with a search among them."""
        name, rows = found.name, self.get_related_queryset(found.name)
        query = self._searches.get(name, "")
        offered = related_choices(
            rows,
            self.search_related(name, rows, query) if query else None,
            conf().RELATED_LIMIT,
            held=_several(self.state.get(name)),
            typed=_several(self._typed.values.get(name)),
        )
        offering = self._offering(found, offered.pairs)
        if offered.is_complete:
            return offering
        searching = replace(
            offering, kind="select", is_closed=False, options={**found.options, "search": {"query": query}}
        )
        return searching if name in self.widgets else replace(searching, widget=_SEARCH_TEMPLATE)

    @property
    def _searches(self) -> dict[str, str]:
        found: dict[str, str] = self.state.get(_SEARCHES, {})
        return found

    def _on_search(self, _field: str) -> None:
        """Look for rows of a relation; the query came with the form."""
        if _field not in {field.name for field in self.form_fields()}:
            raise NotFound(f"{self._where} has no field {_field!r}")
        self.state[_SEARCHES] = {**self._searches, _field: self._query}
        self._fields = None

    def _offering(self, found: FormField, pairs: tuple[tuple[str, Any], ...]) -> FormField:
        offering = override((found,), choices={found.path: pairs})[0]
        return replace(offering, widget=found.widget) if found.name in self.widgets else offering

    def _take_payload(self, call: Call, handler: EventHandler) -> Steps:
        arguments = yield from super()._take_payload(call, handler)
        if handler.event == "_search" and arguments is not None:
            query = _several(call.payload.get(f"_query.{arguments['_field']}"))
            self._query = str(query[-1])[:_QUERY_LENGTH] if query else ""
        if arguments is None or handler.event != "submit":
            return arguments
        if self._save_submitted():
            self._typed.forget()
            return arguments
        self._typed.submit()
        pending = self.form_invalid()
        if pending is not None:
            yield pending
        return None

    def _save_submitted(self) -> bool:
        """Set what was submitted on the row, and save it; False with `errors` if the user has to mend something."""
        row = self._bound()
        for field, value in self._submitted():
            if row.is_new or not row.shown.holds(field, value):
                self._set(field, value)
        try:
            also = self.before_save() or ()
            return not self.errors and self._save(also)
        except NotSaved as refused:
            self.errors.update(refused.errors)
            return False

    def _submitted(self) -> Iterator[tuple[RowField, Any]]:
        hidden = self.get_read_only_fields()
        row = self._bound()
        for field in self._state_fields():
            name = field.name
            if name not in self.validated_data or name in hidden or not field.is_writable:
                continue
            value = self.validated_data[name]
            if isinstance(field.field, FileField) and value is None:
                continue
            if isinstance(field.field, ForeignKey | ManyToManyField) and not row.shown.holds(field, value):
                keys = [getattr(one, "pk", one) for one in (value if field.is_many else [value]) if one is not None]
                if not are_among(self.get_related_queryset(name), keys):
                    self.add_error(name, _("Choose one of those that are offered."))
                    continue
            yield field, value


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def _local(value: Any) -> Any:
    """Return a time in the reader's zone, without it: the input of a form knows none."""
    is_aware = isinstance(value, datetime) and timezone.is_aware(value)
    return timezone.localtime(value).replace(tzinfo=None) if is_aware else value
