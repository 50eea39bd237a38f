"""Components for Django models: one row, its form, and lists."""

from .component import DjangoModelComponent, DjangoModelMixin
from .conflicts import Conflict
from .errors import NotSaved, RowGone

__all__ = ["Conflict", "DjangoModelComponent", "DjangoModelMixin", "NotSaved", "RowGone"]
