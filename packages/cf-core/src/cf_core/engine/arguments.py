"""Payloads and params, coerced to the annotations of the method that takes them."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, NamedTuple, NotRequired, Required, Union, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError, with_config
from pydantic_core import PydanticCustomError, from_json
from typing_extensions import TypedDict

from .errors import ComponentDefinitionError, Invalid
from .ports import translate

_CONFIG = ConfigDict(extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True)
_EVERYTHING = "__all__"
"""The field name under which messages stand that belong to no field."""


def _refuse_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("number_type", "Input should be a valid number")
    return value


_NOT_BOOL = BeforeValidator(_refuse_bool)


def _strict_numbers(annotation: Any) -> Any:
    """Return the annotation with bool refused wherever a number is wanted (pydantic's lax mode takes it)."""
    if annotation in (int, float):
        return Annotated[annotation, _NOT_BOOL]
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return Annotated[(_strict_numbers(args[0]), *args[1:])]
    if origin in (Union, types.UnionType):
        return Union[tuple(_strict_numbers(arg) for arg in args)]  # noqa: UP007 - built at run time
    if _is_a(origin, Collection):
        return origin[tuple(arg if arg is Ellipsis else _strict_numbers(arg) for arg in args)]
    return annotation


def _is_a(origin: Any, kind: type) -> bool:
    return isinstance(origin, type) and issubclass(origin, kind)


def _takes_several(origin: Any) -> bool:
    """Whether an annotation of this origin wants every value of a form field's name."""
    return _is_a(origin, Collection) and not issubclass(origin, (str, bytes, bytearray, Mapping))


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _bare(annotation: Any) -> Any:
    """Return the annotation without Annotated and without `| None`."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if _is_union(annotation):
        rest = [arg for arg in get_args(annotation) if arg is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else annotation
    return annotation


class Arguments:
    """The named arguments of one method: what they are called, and how raw values become theirs.

    Made when the class is created, so that a signature nobody can call is an error there; the annotations
    are read at first use, when every name in them exists.
    """

    def __init__(self, function: Callable[..., Any], *, where: str, skip_first: bool = True) -> None:
        """`where` names the method in errors. Raises ComponentDefinitionError for `*args` and `**kwargs`."""
        self._function = function
        self._where = where
        parameters = list(inspect.signature(function).parameters.values())[1 if skip_first else 0 :]
        for parameter in parameters:
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
                raise ComponentDefinitionError(
                    f"{where} takes {parameter}: name every argument, so that unknown ones can be refused."
                )
        self.names = tuple(parameter.name for parameter in parameters)
        self._required = frozenset(p.name for p in parameters if p.default is p.empty)
        self._hints: dict[str, Any] | None = None
        self._fields: dict[str, _FormField] | None = None
        self._adapter: TypeAdapter[Any] | None = None

    def coerce(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values in the types that the annotations name. Raises Invalid with messages by field."""
        if not self.names:
            if values:
                raise Invalid(errors={_EVERYTHING: [self._unexpected()]})
            return {}
        adapter = self._adapter or self._build()
        try:
            result: dict[str, Any] = adapter.validate_python(dict(values))
        except ValidationError as error:
            raise Invalid(errors=self._messages(error)) from None
        return result

    def pick(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Coerce those of the values that the method names; the others are not its business."""
        return self.coerce({name: values[name] for name in self.names if name in values})

    def from_form(self, fields: Mapping[str, Any], unchecked: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Coerce form fields, which map each name to its list of texts.

        Undeclared names are dropped; a list-like argument takes every value of its name, another one the last;
        a checkbox that the form shows but does not send is False; an empty text is None where None will do.
        """
        if self._fields is None:
            self._fields = {name: _FormField.of(hint) for name, hint in self.hints().items()}
        values: dict[str, Any] = {}
        for name, field in self._fields.items():
            if name in fields:
                raw = fields[name]
                values[name] = field.value(raw if isinstance(raw, list) else [raw])
            elif field.is_box and (name in unchecked or name in self._required):
                values[name] = False
        return self.coerce(values)

    def hints(self) -> dict[str, Any]:
        """Return {name: annotation}. Raises ComponentDefinitionError for one that cannot be read."""
        if self._hints is None:
            self._hints = self._read_hints()
        return self._hints

    def _read_hints(self) -> dict[str, Any]:
        try:
            found = get_type_hints(self._function, include_extras=True)
        except NameError as error:
            raise ComponentDefinitionError(
                f"{self._where}: the annotation names {error.name!r}, which its module does not have at run time "
                "(imported under TYPE_CHECKING only?)."
            ) from error
        return {name: found.get(name, Any) for name in self.names}

    def _build(self) -> TypeAdapter[Any]:
        fields = {
            name: (Required if name in self._required else NotRequired)[_strict_numbers(hint)]
            for name, hint in self.hints().items()
        }
        payload = with_config(_CONFIG)(TypedDict("Payload", fields))  # type: ignore[operator]  # made at run time
        self._adapter = TypeAdapter(payload)
        return self._adapter

    def _unexpected(self) -> str:
        if not self.names:
            return translate("Takes no arguments.")
        return translate("Unknown argument. Known: {names}.").format(names=", ".join(self.names))

    def _messages(self, error: ValidationError) -> dict[str, list[str]]:
        messages: dict[str, list[str]] = {}
        for item in error.errors(include_url=False, include_input=False, include_context=False):
            if item["type"] == "extra_forbidden" and len(item["loc"]) == 1:
                found = messages.setdefault(_EVERYTHING, [])
                if not found:
                    found.append(self._unexpected())
                continue
            field = ".".join(str(part) for part in item["loc"] if not str(part).startswith("function-"))
            messages.setdefault(field or _EVERYTHING, []).append(translate(item["msg"]))
        return messages


class _FormField(NamedTuple):
    """What an argument's annotation makes of the texts of a form field."""

    takes_several: bool
    takes_text: bool
    takes_none: bool
    is_box: bool

    @classmethod
    def of(cls, hint: Any) -> _FormField:
        """Read the annotation once."""
        bare = _bare(hint)
        origin = get_origin(bare) or bare
        takes_none = _is_union(hint) and type(None) in get_args(hint)
        return cls(_takes_several(origin), origin in (str, Any), takes_none, bare is bool)

    def value(self, texts: list[Any]) -> Any:
        """Return the value to coerce: all texts of the name, the last one, the JSON it holds, or None for nothing."""
        text = texts[-1] if texts else ""
        if self.takes_several:
            is_json = len(texts) == 1 and isinstance(text, str) and text[:1] == "["
            return _json_or(text, texts) if is_json else texts
        if self.takes_text or not isinstance(text, str):
            return text
        if text == "" and self.takes_none:
            return None
        return _json_or(text, text) if text[:1] in ("{", "[") else text


def _json_or(text: str, otherwise: Any) -> Any:
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        return otherwise
