"""Components for Django models: one row, its form, and lists."""

from .component import DjangoModelComponent, DjangoModelMixin
from .errors import NotSaved, RowGone
from .versions import Conflict

__all__ = ["Conflict", "DjangoModelComponent", "DjangoModelMixin", "NotSaved", "RowGone"]
