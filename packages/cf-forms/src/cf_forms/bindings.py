"""What may stand as a form's schema: pydantic models, and what other apps' forms are read as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel

from cf_core.engine.errors import ComponentDefinitionError

from .data import ValidatedData
from .definitions import FormField
from .fields import form_fields
from .validation import Errors, validate


class Outcome(NamedTuple):
    """What a schema said of some data: validated values, or messages by path."""

    data: ValidatedData | None
    errors: Errors


class Binding(Protocol):
    """A way to read one kind of schema."""

    def takes(self, schema: Any) -> bool:
        """Whether the schema is of this kind."""

    def fields(self, schema: Any) -> tuple[FormField, ...]:
        """Return the form's fields."""

    def defaults(self, schema: Any) -> Mapping[str, Any]:
        """Return the values that a new form begins with."""

    def validate(self, schema: Any, data: Mapping[str, Any], fields: Sequence[FormField], context: Any) -> Outcome:
        """Return what the schema says of nested data. `context` is the component."""


class PydanticBinding:
    """Pydantic models as schemas."""

    def takes(self, schema: Any) -> bool:
        """Whether it is a pydantic model."""
        return isinstance(schema, type) and issubclass(schema, BaseModel)

    def fields(self, schema: type[BaseModel]) -> tuple[FormField, ...]:
        """Return the model's fields."""
        return form_fields(schema)

    def defaults(self, schema: type[BaseModel]) -> Mapping[str, Any]:
        """Return the model's defaults, those made by a factory too, but for a factory that wants other values."""
        found = {}
        for name, info in schema.model_fields.items():
            if not info.is_required() and not info.default_factory_takes_validated_data:
                found[name] = info.get_default(call_default_factory=True)
        return found

    def validate(
        self, schema: type[BaseModel], data: Mapping[str, Any], fields: Sequence[FormField], context: Any
    ) -> Outcome:
        """Validate; the model's validators find the component as `info.context["component"]`."""
        model, errors = validate(schema, data, fields, context={"component": context})
        return Outcome(ValidatedData(model) if model is not None else None, errors)


bindings: list[Binding] = [PydanticBinding()]
"""Asked in order. An app adds its own in `AppConfig.ready()`."""


def binding_of(schema: Any, where: str) -> Binding:
    """Return the binding of a schema. Raises ComponentDefinitionError for what none takes."""
    for binding in bindings:
        if binding.takes(schema):
            return binding
    raise ComponentDefinitionError(
        f"{where} has {schema!r} as its schema. Expected a pydantic model, or with 'cf_forms' in INSTALLED_APPS a "
        "Django form class: set `schema`, or return one from get_schema()."
    )
