"""How values of an author's classes are taken apart and put together, without running the author's code."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, Flag
from inspect import getattr_static
from typing import Any, Protocol

from pydantic import BaseModel

from ..errors import UnserialisableState


class Form(Protocol):
    """How the values of one class are taken apart and put together, without calling any of its methods."""

    def take_apart(self, value: Any) -> list[object]:
        """Return what makes up the value. Raises UnserialisableState if something of it would be lost."""

    def put_together(self, parts: list[object]) -> object:
        """Return the value of these parts. Raises ValueError unless they have the exact shape."""


@dataclass(frozen=True, slots=True)
class _EnumForm:
    """A member stands under its name: a value may be anything, and looking one up may run the author's code."""

    cls: type[Enum]

    def take_apart(self, value: Enum) -> list[object]:
        return [value._name_]

    def put_together(self, parts: list[object]) -> object:
        [name] = parts
        if not isinstance(name, str) or name not in self.cls.__members__:
            raise ValueError("no such member")
        return self.cls.__members__[name]


@dataclass(frozen=True, slots=True)
class _FlagForm:
    """Flags stand under their number: combinations have no name of their own."""

    cls: type[Flag]

    def take_apart(self, value: Flag) -> list[object]:
        return [value._value_]

    def put_together(self, parts: list[object]) -> object:
        [number] = parts
        if type(number) is int:
            flags = self.cls(number)
            if type(flags) is self.cls and flags._value_ == number:
                return flags
        raise ValueError("no such flags")


@dataclass(frozen=True, slots=True)
class _NamedTupleForm:
    cls: type[Any]
    names: tuple[str, ...]

    def take_apart(self, value: Any) -> list[object]:
        _refuse_surplus(value, ())
        return [dict(zip(self.names, value, strict=True))]

    def put_together(self, parts: list[object]) -> object:
        values = _exact(parts, self.names)
        return tuple.__new__(self.cls, [values[name] for name in self.names])


@dataclass(frozen=True, slots=True)
class _DataclassForm:
    """All fields, `init=False` too; made without `__init__` and `__post_init__`, which may change what they get."""

    cls: type[Any]
    names: tuple[str, ...]

    def take_apart(self, value: Any) -> list[object]:
        _refuse_surplus(value, self.names)
        return [{name: _field(value, name) for name in self.names}]

    def put_together(self, parts: list[object]) -> object:
        values = _exact(parts, self.names)
        made = object.__new__(self.cls)
        for name in self.names:
            object.__setattr__(made, name, values[name])
        return made


@dataclass(frozen=True, slots=True)
class _ModelForm:
    """Fields, extra fields and private attributes as they are.

    No validator runs: what is read was valid when it was written, a validator may change what it sees, and a model
    made by `model_construct` or changed since would not be the same again. `state_schema` is what validates.
    """

    cls: type[BaseModel]
    names: tuple[str, ...]

    def take_apart(self, value: BaseModel) -> list[object]:
        _refuse_surplus(value, self.names)
        held = {name: _field(value, name) for name in self.names}
        is_full = value.model_fields_set == set(self.names)
        given = None if is_full else sorted(value.model_fields_set)
        return [held, given, value.__pydantic_extra__, value.__pydantic_private__]

    def put_together(self, parts: list[object]) -> object:
        held, given, *rest = parts
        extra, private = map(_copied, rest)
        values = _exact([held], self.names)
        if (extra is not None) != (self.cls.model_config.get("extra") == "allow"):
            raise ValueError("wrong extra fields")
        if private is not None and not private.keys() <= self.cls.__private_attributes__.keys():
            raise ValueError("wrong private attributes")
        if given is not None and not (isinstance(given, list) and all(isinstance(name, str) for name in given)):
            raise ValueError("wrong names of given fields")
        made = self.cls.__new__(self.cls)
        BaseModel.__setstate__(
            made,
            {
                "__dict__": {name: values[name] for name in self.names},
                "__pydantic_fields_set__": set(self.names if given is None else given),
                "__pydantic_extra__": extra,
                "__pydantic_private__": private,
            },
        )
        return made


def form_of(cls: type) -> Form | None:
    """Return how values of a class come apart; None for a class that a state cannot keep."""
    if issubclass(cls, Flag):
        return _FlagForm(cls) if cls.__members__ else None
    if issubclass(cls, Enum):
        return _EnumForm(cls) if cls.__members__ else None
    if issubclass(cls, BaseModel):
        return _ModelForm(cls, tuple(cls.model_fields)) if cls is not BaseModel else None
    if issubclass(cls, tuple):
        names = getattr(cls, "_fields", None)
        return _NamedTupleForm(cls, names) if isinstance(names, tuple) else None
    if is_dataclass(cls) and _is_bare(cls):
        return _DataclassForm(cls, tuple(field.name for field in fields(cls)))
    return None


def _is_bare(cls: type) -> bool:
    """Whether an instance is nothing but its attributes: not for subclasses of list, Exception and the like."""
    try:
        object.__new__(cls)
    except TypeError:
        return False
    return True


def _field(value: object, name: str) -> object:
    try:
        return getattr(value, name)
    except AttributeError:
        raise UnserialisableState(
            f"has no value for its field {name!r}. Set it, or give the field a default."
        ) from None


def _refuse_surplus(value: object, names: Collection[str]) -> None:
    """Refuse attributes that are no fields; what a cached property remembers is left behind."""
    for name in getattr(value, "__dict__", {}).keys() - names:
        descriptor = getattr_static(type(value), name, None)
        if not (hasattr(descriptor, "__set_name__") and hasattr(descriptor, "__get__")):
            raise UnserialisableState(f"has the attribute {name!r}, which is no field. Declare it as a field.")


def _exact(parts: list[object], names: tuple[str, ...]) -> dict[str, Any]:
    [values] = parts
    if not isinstance(values, dict) or values.keys() != set(names):
        raise ValueError("other fields")
    return values


def _copied(values: object) -> dict[str, Any] | None:
    """Return a dict of the value's own: what was decoded may share its dicts with the data."""
    if values is None:
        return None
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise ValueError("not names and values")
    return dict(values)
