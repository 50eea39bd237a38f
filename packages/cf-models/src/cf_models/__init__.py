"""Components for Django models: one row, its form, and lists."""

from .component import DjangoModelComponent, DjangoModelMixin
from .conflicts import Conflict
from .errors import NotSaved, RowGone
from .forms import ModelFormComponent
from .schemas import schema_from_model

__all__ = [
    "Conflict",
    "DjangoModelComponent",
    "DjangoModelMixin",
    "ModelFormComponent",
    "NotSaved",
    "RowGone",
    "schema_from_model",
]
