"""Form components: one Pydantic schema validates and renders the form."""

from .component import FormComponent
from .data import ValidatedData
from .fields import FormField, Widget, form_fields

__all__ = ["FormComponent", "FormField", "ValidatedData", "Widget", "form_fields"]
