"""From a pydantic model to the fields of its form."""

from __future__ import annotations

import enum
import io
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin
from weakref import WeakKeyDictionary

import pydantic
from pydantic import AnyUrl, BaseModel, EmailStr, NameEmail, SecretBytes, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, to_jsonable_python

from .constraints import html_constraints, is_required, limits_of
from .definitions import EVERYTHING, KINDS, Choices, FileMark, FormField, Kind, Shape, Widget, dressed, field_at, walk

__all__ = [
    "EVERYTHING", "KINDS", "Choices", "FileMark", "FormField", "Kind", "Shape", "Widget", "field_at", "form_fields",
    "walk",
]  # fmt: skip

_TEXTAREA_FROM: Final = 201
"""A text that may be at least so long gets several lines."""

_RADIO_UP_TO: Final = 4
"""So many choices are all in view; more of them are a select."""

_KINDS: Final[Mapping[Any, Kind]] = MappingProxyType(
    {
        EmailStr: "email",
        NameEmail: "email",
        AnyUrl: "url",
        SecretStr: "password",
        SecretBytes: "password",
        datetime: "datetime-local",
        pydantic.PastDatetime: "datetime-local",
        pydantic.FutureDatetime: "datetime-local",
        pydantic.NaiveDatetime: "datetime-local",
        date: "date",
        pydantic.PastDate: "date",
        pydantic.FutureDate: "date",
        time: "time",
    }
)

_SEVERAL: Final = (list, set, frozenset, tuple, Sequence)

_read: WeakKeyDictionary[type[BaseModel], tuple[FormField, ...]] = WeakKeyDictionary()


def form_fields(schema: type[BaseModel]) -> tuple[FormField, ...]:
    """Return the fields of a pydantic model's form, in the order of the model. Read once per model."""
    found = _read.get(schema)
    if found is None:
        found = _read[schema] = tuple(_fields_of(schema, "", (schema,)))
    return found


def _fields_of(schema: type[BaseModel], prefix: str, above: tuple[type, ...]) -> Iterator[FormField]:
    for name, info in schema.model_fields.items():
        path = f"{prefix}{name}"
        read = _Annotation.of(info.annotation, tuple(info.metadata))
        found = _field(name, path, read, above)
        extra = info.json_schema_extra
        if isinstance(extra, dict):
            options = extra.get("options")
            widget = extra.get("widget")
            found = dressed(
                found, widget if isinstance(widget, str) else "", options if isinstance(options, dict) else {}
            )
        default = None if info.default is PydanticUndefined else info.default
        yield replace(
            found,
            label=info.title or found.label,
            help_text=info.description or "",
            required=found.required and info.is_required(),
            has_default=not info.is_required(),
            default=None if default is None else _plain(default),
            alias=_alias(info, name),
        )


def _alias(info: FieldInfo, name: str) -> str:
    alias = info.validation_alias
    return alias if isinstance(alias, str) and alias != name else ""


def _plain(value: Any) -> Any:
    """Return a default as a form shows it."""
    if isinstance(value, (SecretStr, SecretBytes)):
        return None
    return to_jsonable_python(value, fallback=lambda _: None)


@dataclass(frozen=True, slots=True)
class _Annotation:
    """An annotation without `Annotated` and `| None`, and what these said."""

    base: Any
    metadata: tuple[Any, ...]
    nullable: bool

    @classmethod
    def of(cls, annotation: Any, metadata: tuple[Any, ...] = (), nullable: bool = False) -> _Annotation:
        origin = get_origin(annotation)
        if origin is Annotated:
            inner, *more = get_args(annotation)
            return cls.of(inner, (*_unfolded(more), *metadata), nullable)
        if origin in (Union, types.UnionType):
            rest = [arg for arg in get_args(annotation) if arg is not type(None)]
            has_none = len(rest) < len(get_args(annotation))
            if len(rest) == 1:
                return cls.of(rest[0], metadata, nullable or has_none)
            return cls(Union[tuple(rest)], metadata, nullable or has_none)  # noqa: UP007 - built at run time
        if hasattr(annotation, "__value__"):
            # A `type` statement's name for an annotation.
            return cls.of(annotation.__value__, metadata, nullable)
        if origin is Literal and None in get_args(annotation):
            rest = [arg for arg in get_args(annotation) if arg is not None]
            return cls(Literal[tuple(rest)] if rest else type(None), metadata, True)
        return cls(annotation, metadata, nullable)


def _unfolded(metadata: Sequence[Any]) -> Iterator[Any]:
    for item in metadata:
        if isinstance(item, FieldInfo):
            yield from item.metadata
        else:
            yield item


def _field(name: str, path: str, read: _Annotation, above: tuple[type, ...]) -> FormField:
    """Return the field of an annotation, without what only a model's field says."""
    found = _shaped(name, path, read, above)
    found = replace(found, nullable=read.nullable)
    if read.nullable:
        found = replace(found, required=False)
    for item in read.metadata:
        if isinstance(item, Widget):
            found = dressed(found, item.name, item.options)
    return found


def _shaped(name: str, path: str, read: _Annotation, above: tuple[type, ...]) -> FormField:
    base, limits = read.base, limits_of(read.metadata)
    origin = get_origin(base) or base
    found = FormField(name, path, "text", label=_label(name))
    mark = next((item for item in read.metadata if isinstance(item, FileMark)), None)
    if origin in _SEVERAL and origin is not str:
        return _several(found, read, above, mark)
    if mark is not None or _is_file(origin):
        accept = {"accept": mark.accept} if mark is not None and mark.accept else {}
        return replace(found, kind="file", shape="file", required=True, constraints=MappingProxyType(accept))
    if origin is dict or origin is Mapping:
        item = _item(found, get_args(base)[1:] or (Any,), above)
        return replace(found, kind="textarea", shape="mapping", item=item, required=True)
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        if origin in above:
            # A model inside itself has no end as fields.
            return replace(found, kind="textarea", shape="json", required=True, is_secret=_hides(origin))
        children = tuple(_fields_of(origin, f"{path}.", (*above, origin)))
        return replace(found, kind="group", shape="group", fields=children)
    if base is bool:
        return _flag(found, read)
    choices = _choices_of(base)
    if choices is not None:
        return _chosen(found, base, choices, read)
    return _single(found, base, limits)


def _several(found: FormField, read: _Annotation, above: tuple[type, ...], mark: FileMark | None) -> FormField:
    args = get_args(read.base)
    origin = get_origin(read.base) or read.base
    if origin is tuple and args and args[-1] is not Ellipsis:
        return replace(found, kind="textarea", shape="json", required=True, is_secret=_hides(read.base))
    limits = limits_of(read.metadata)
    found = replace(
        found, multiple=True, required=bool(limits.min_length), min_items=limits.min_length or 0,
        max_items=limits.max_length,
    )  # fmt: skip
    item = _item(found, args[:1] or (Any,), above)
    if mark is not None or item.shape == "file":
        accept = {"accept": mark.accept} if mark is not None and mark.accept else item.constraints
        return replace(found, kind="files", shape="files", constraints=MappingProxyType({**accept}))
    if item.choices:
        plain = replace(item, choices=(), values=MappingProxyType({}))
        return replace(found, kind="checkboxes", shape="many", choices=item.choices, values=item.values, item=plain)
    return replace(found, kind="list", shape="rows", item=item)


def _item(found: FormField, args: Sequence[Any], above: tuple[type, ...]) -> FormField:
    item = _field("*", f"{found.path}.*", _Annotation.of(args[0]), above)
    return replace(item, label=found.label)


def _flag(found: FormField, read: _Annotation) -> FormField:
    if read.nullable:
        pairs = (("true", "Yes"), ("false", "No"))
        return replace(found, kind="select", choices=pairs)
    return replace(found, kind="checkbox", shape="flag")


def _chosen(found: FormField, base: Any, choices: list[tuple[Any, Any]], read: _Annotation) -> FormField:
    if [value for value, _ in choices] == [True] and not read.nullable:
        # Literal[True]: terms that have to be accepted.
        return replace(found, kind="checkbox", shape="flag", required=True)
    pairs = tuple((_text(value), label) for value, label in choices)
    values = {text: value for (text, _), (value, _) in zip(pairs, choices, strict=True) if text != value}
    kind: Kind = "radio" if len(pairs) <= _RADIO_UP_TO and not read.nullable else "select"
    takes_text = any(value == "" for value, _ in choices)
    return replace(
        found, kind=kind, choices=pairs, values=MappingProxyType(values), takes_text=takes_text,
        required=not takes_text,
    )  # fmt: skip


def _single(found: FormField, base: Any, limits: Any) -> FormField:
    is_union = get_origin(base) in (Union, types.UnionType)
    members = get_args(base) if is_union else (base,)
    if any(_has_parts(member) for member in members):
        return replace(found, kind="textarea", shape="json", required=True, is_secret=_hides(base))
    if base is Any or base is object:
        return replace(found, shape="json", takes_text=True)
    is_number = all(member in (int, float, Decimal) for member in members)
    is_secret = any(member in (SecretStr, SecretBytes) for member in members)
    takes_text = any(member in (str, Any, bytes, SecretStr, SecretBytes) for member in members)
    kind: Kind = "number" if is_number else "text" if is_union else _kind_of(base)
    if base is str and (limits.max_length or 0) >= _TEXTAREA_FROM:
        kind = "textarea"
    return replace(
        found, kind=kind, is_number=is_number, is_secret=is_secret, takes_text=takes_text,
        required=is_required(limits, takes_text=takes_text),
        constraints=MappingProxyType(html_constraints(kind, base, limits)),
    )  # fmt: skip


def _kind_of(base: Any) -> Kind:
    kind = _KINDS.get(base)
    if kind is None and isinstance(base, type):
        kind = next((kind for known, kind in _KINDS.items() if issubclass(base, known)), None)
    return kind or "text"


def _has_parts(base: Any) -> bool:
    """Whether a value of the annotation is more than one text can say."""
    origin = get_origin(base) or base
    if origin is Annotated:
        return _has_parts(get_args(base)[0])
    return isinstance(origin, type) and issubclass(origin, (list, tuple, set, frozenset, dict, BaseModel))


def _hides(base: Any, seen: frozenset[type] = frozenset()) -> bool:
    """Whether there is a secret anywhere in an annotation."""
    if isinstance(base, type) and issubclass(base, (SecretStr, SecretBytes)):
        return True
    if isinstance(base, type) and issubclass(base, BaseModel) and base not in seen:
        return any(_hides(info.annotation, seen | {base}) for info in base.model_fields.values())
    return any(_hides(arg, seen) for arg in get_args(base))


def _choices_of(base: Any) -> list[tuple[Any, Any]] | None:
    """Return the values, with labels, of an enumeration; None for anything else."""
    if get_origin(base) is Literal:
        return [_choice(value) for value in get_args(base)]
    if isinstance(base, type) and issubclass(base, enum.Enum):
        return [_choice(member) for member in base]
    return None


def _choice(value: Any) -> tuple[Any, Any]:
    if isinstance(value, enum.Enum):
        # Django's own enumerations have translated labels.
        return value.value, getattr(value, "label", _label(value.name.lower()))
    return value, _label(value) if isinstance(value, str) else str(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _label(name: str) -> str:
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def _is_file(base: Any) -> bool:
    """Whether a class is that of files: Python's own, or one like Django's that is read in chunks."""
    return isinstance(base, type) and (issubclass(base, io.IOBase) or hasattr(base, "chunks"))
