"""Django's ModelForms as a further check of what is to be saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.forms import BaseModelForm
from django.utils.datastructures import MultiValueDict

from .fields import RowField
from .saving import ALL


def clean_with_form(
    form_class: type[BaseModelForm[Any]], values: Mapping[str, Any], instance: Model, fields: Sequence[RowField]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return what the form makes of the values, and its messages by field.

    Only the form's fields for `fields` count; what was not given is what the instance holds.
    """
    listed = {field.field.name: field for field in fields}
    given = {name: values.get(field.name, field.read(instance)) for name, field in listed.items()}
    files = {name: [value] for name, value in given.items() if isinstance(value, UploadedFile)}
    # The form writes to its instance while it validates, and the row is the component's to write.
    form = form_class(data=given, files=MultiValueDict(files), instance=copy(instance))
    for name in [name for name in form.fields if name not in listed]:
        del form.fields[name]
    errors = {
        ALL if name == NON_FIELD_ERRORS else listed[name].name: [str(text) for text in texts]
        for name, texts in form.errors.items()
    }
    taken = {name: value for name, value in form.cleaned_data.items() if listed[name].name in values}
    return {listed[name].name: value for name, value in taken.items()}, errors
