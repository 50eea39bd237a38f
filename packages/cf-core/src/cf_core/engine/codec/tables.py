"""Which classes of an author a state may keep, under which names."""

from __future__ import annotations

import sys
import typing
from collections.abc import Iterable, Mapping
from enum import Enum
from types import ModuleType

from pydantic import BaseModel

from ..errors import ComponentDefinitionError
from .forms import Form, form_of
from .scalars import SCALAR_WRITERS

_BUILT_IN = {*SCALAR_WRITERS, dict, list, tuple, set, frozenset}
_ALIAS_TYPES: tuple[type, ...] = ()
if sys.version_info >= (3, 12):  # `type Name = ...`
    _ALIAS_TYPES = (typing.TypeAliasType,)


class TypeTable:
    """The classes that a component may keep in its state: enums, dataclasses, pydantic models, named tuples.

    A class stands in a state under its qualified name; where two have the same, the module's name goes before it.
    Nothing is ever imported by name: what is not in the table cannot be read.
    """

    __slots__ = ("_by_name", "_forms", "_names")

    def __init__(self, types: Iterable[type]) -> None:
        self._forms: dict[type, Form] = {}
        for cls in types:
            form = form_of(cls)
            if form is not None:
                self._forms[cls] = form
            elif cls not in _BUILT_IN:
                raise ComponentDefinitionError(
                    f"A state cannot keep values of {cls.__module__}.{cls.__qualname__}. Expected an enum, a dataclass "
                    "or a pydantic model that can be made without arguments of a built-in type, or a named tuple."
                )
        short = [cls.__qualname__ for cls in self._forms]
        self._names: dict[type, str] = {
            cls: cls.__qualname__ if short.count(cls.__qualname__) == 1 else f"{cls.__module__}.{cls.__qualname__}"
            for cls in self._forms
        }
        self._by_name: dict[str, type] = {name: cls for cls, name in self._names.items()}

    @classmethod
    def of_module(cls, *modules: ModuleType, extra: Iterable[object] = ()) -> TypeTable:
        """Return the classes that the modules' globals and the annotations in `extra` reach.

        Of a module: its globals, and the classes directly inside them (`Order.Status`). Of an annotation: every
        class in it. Of both, what the fields of dataclasses and pydantic models are annotated with.
        """
        search = _Search()
        for module in modules:
            search.module(module)
        for annotation in extra:
            search.annotation(annotation)
        return cls(search.found)

    def name_of(self, cls: type) -> str | None:
        """Return the name under which a class stands in a state; None if it is not declared."""
        return self._names.get(cls)

    def find(self, name: str) -> type | None:
        """Return the class of a name; None if there is none."""
        return self._by_name.get(name)

    def form_of(self, cls: type) -> Form | None:
        """Return how values of a class come apart; None if it is not declared."""
        return self._forms.get(cls)


def _is_class(value: object) -> typing.TypeGuard[type]:
    # isinstance() would ask a lazy object for its __class__, which evaluates it.
    return issubclass(type(value), type)


class _Search:
    """Collects the declarable classes in annotations and in the fields of those classes."""

    def __init__(self) -> None:
        self.found: dict[type, None] = {}
        self._seen: list[object] = []

    def module(self, module: ModuleType) -> None:
        """Look at the module's globals and at the classes directly inside them."""
        for value in list(vars(module).values()):
            if _is_class(value):
                self.annotation(value)
                for base in value.__mro__:
                    for inner in list(vars(base).values()):
                        if _is_class(inner):
                            self.annotation(inner)

    def annotation(self, annotation: object) -> None:
        """Look at whatever may stand after the colon of a field."""
        if _is_class(annotation):
            self._class(annotation)
            return
        origin = typing.get_origin(annotation)
        if origin is typing.Literal:
            self._all(map(type, typing.get_args(annotation)))
        elif origin is typing.Annotated:
            self.annotation(typing.get_args(annotation)[0])
        elif origin is not None:
            self._all((origin, *typing.get_args(annotation)))
        elif isinstance(annotation, typing.NewType):
            self.annotation(annotation.__supertype__)
        elif isinstance(annotation, typing.TypeVar):
            self._all((annotation.__bound__, *annotation.__constraints__))
        elif isinstance(annotation, _ALIAS_TYPES) and not self._is_known(annotation):
            self.annotation(getattr(annotation, "__value__", None))

    def _class(self, cls: type) -> None:
        if cls in self.found:
            return
        if form_of(cls) is not None:
            self.found[cls] = None
            if issubclass(cls, BaseModel):
                self._all([field.annotation for field in cls.model_fields.values()])
            elif not issubclass(cls, Enum):
                self._all(_hints(cls).values())
        elif typing.is_typeddict(cls) and not self._is_known(cls):
            self._all(_hints(cls).values())

    def _all(self, annotations: Iterable[object]) -> None:
        for annotation in annotations:
            self.annotation(annotation)

    def _is_known(self, annotation: object) -> bool:
        """Whether this was asked before: aliases and typed dicts may name themselves."""
        if any(seen is annotation for seen in self._seen):
            return True
        self._seen.append(annotation)
        return False


def _hints(cls: type) -> Mapping[str, object]:
    try:
        return typing.get_type_hints(cls, include_extras=True)
    except (NameError, TypeError, AttributeError, SyntaxError):
        # A name that only exists for type checkers; the annotations that are no text still count.
        return dict(getattr(cls, "__annotations__", {}))
