"""What a form is made of: one description per field, read from the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from cf_core.engine.errors import ComponentDefinitionError

Kind = Literal[
    "text", "textarea", "email", "url", "password", "number", "date", "datetime-local", "time", "checkbox",
    "select", "radio", "checkboxes", "file", "files", "group", "list", "hidden",
]  # fmt: skip
"""What the field looks like."""

KINDS: Final[frozenset[str]] = frozenset(get_args(Kind))

Shape = Literal["value", "flag", "many", "mapping", "group", "rows", "json", "file", "files"]
"""What the field's data is: one value; yes or no; several values of one name; keys and values; a model; rows; any
JSON; an upload; several."""

EVERYTHING: Final = "__all__"
"""The path under which the messages stand that belong to no field."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    return _NOTHING


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form: what it is called, what it looks like, what it takes."""

    name: str
    path: str
    """Dotted, from the top of the schema: `address.street`; in the definition of rows `items.*.qty`."""
    kind: Kind
    label: str = ""
    help_text: str = ""
    required: bool = False
    """Whether an empty input cannot be right."""
    constraints: Mapping[str, Any] = field(default_factory=_nothing)
    """HTML attributes: `min max step minlength maxlength pattern accept`."""
    choices: tuple[tuple[str, Any], ...] = ()
    """Values as a form sends them, each with its label."""
    multiple: bool = False
    default: Any = None
    has_default: bool = False
    """Whether the schema does without it; a default that is made anew each time is not told here."""
    fields: tuple[FormField, ...] = ()
    """Of a group."""
    item: FormField | None = None
    """Of a list: the definition of a row. Of a mapping and of several values: that of one of them."""
    widget: str | None = None
    """A template of the author's for this field; None for that of its kind."""
    options: Mapping[str, Any] = field(default_factory=_nothing)
    """What the author said for the widget, e.g. `rows=5`."""
    shape: Shape = "value"
    nullable: bool = False
    """Whether None is a value; an empty input means it then."""
    takes_text: bool = False
    """Whether an empty text is a value."""
    is_secret: bool = False
    """Whether what was typed must never be kept or shown again."""
    is_number: bool = False
    alias: str = ""
    """The name that the schema itself wants, where it is another one."""
    min_items: int = 0
    max_items: int | None = None
    values: Mapping[str, Any] = field(default_factory=_nothing, repr=False)
    """The value that each choice's text stands for, where that is not the text itself."""
    is_closed: bool = False
    """Whether the author's own choices are all there is; those of a type the schema itself checks."""


class Widget:
    """Metadata of an annotation: `bio: Annotated[str, Widget("textarea", rows=5)]`.

    The name is one of KINDS, or a template's. Options go to the widget.
    """

    __slots__ = ("name", "options")

    def __init__(self, name: str = "", /, **options: Any) -> None:
        self.name = name
        self.options = options

    def __repr__(self) -> str:
        return f"Widget({self.name!r}, {self.options!r})"


class FileMark:
    """Metadata of an annotation that makes it a file field; what checks uploads derives from it."""

    accept: str = ""
    """The HTML attribute of that name."""


Choices = Sequence[Any] | Callable[[], Iterable[Any]]
"""Values, or (value, label) pairs, or what returns them."""


def dressed(found: FormField, widget: str, options: Mapping[str, Any] = _NOTHING) -> FormField:
    """Return the field with another widget: one of KINDS, or a template's name."""
    merged = MappingProxyType({**found.options, **options})
    if not widget:
        return replace(found, options=merged)
    if widget in KINDS:
        kind: Kind = widget  # type: ignore[assignment]  # narrowed by the line above
        return replace(found, kind=kind, options=merged)
    return replace(found, widget=widget, options=merged)


def override(
    fields: tuple[FormField, ...],
    *,
    widgets: Mapping[str, Any] = _NOTHING,
    labels: Mapping[str, str] = _NOTHING,
    help_texts: Mapping[str, str] = _NOTHING,
    choices: Mapping[str, Choices] = _NOTHING,
    where: str = "",
) -> tuple[FormField, ...]:
    """Return the fields with what an author says about some of them, by path (`items.*.unit` in rows).

    Raises ComponentDefinitionError for a path that there is not.
    """
    wanted = {*widgets, *labels, *help_texts, *choices}
    if not wanted:
        return fields
    unknown = sorted(wanted - {found.path for found in walk(fields)})
    if unknown:
        known = ", ".join(found.path for found in walk(fields))
        raise ComponentDefinitionError(f"{where} names the field {unknown[0]!r}. Expected one of: {known}.")

    def change(found: FormField) -> FormField:
        path = found.path
        if found.fields:
            found = replace(found, fields=tuple(change(child) for child in found.fields))
        if found.item is not None:
            found = replace(found, item=change(found.item))
        if path in labels:
            found = replace(found, label=labels[path])
        if path in help_texts:
            found = replace(found, help_text=help_texts[path])
        if path in choices:
            found = _with_choices(found, choices[path])
        if path in widgets:
            chosen = widgets[path]
            found = (
                dressed(found, chosen.name, chosen.options) if isinstance(chosen, Widget) else dressed(found, chosen)
            )
        return found

    return tuple(change(found) for found in fields)


def _with_choices(found: FormField, given: Choices) -> FormField:
    pairs = [
        (str(one[0]), one[1]) if isinstance(one, (tuple, list)) else (str(one), str(one))
        for one in (given() if callable(given) else given)
    ]
    is_many = found.shape in ("many", "rows")
    kind: Kind = "checkboxes" if is_many else found.kind if found.kind in ("select", "radio") else "select"
    shape: Shape = "many" if is_many else found.shape
    return replace(
        found, kind=kind, shape=shape, multiple=is_many, choices=tuple(pairs), values=_NOTHING, is_closed=True
    )


def walk(fields: Iterable[FormField]) -> Iterator[FormField]:
    """Yield every field, those inside groups and rows too."""
    for found in fields:
        yield found
        yield from walk(found.fields)
        if found.item is not None:
            yield from walk((found.item,))


def field_at(fields: Iterable[FormField], path: str) -> FormField | None:
    """Return the definition that holds at a path such as `items.0.qty`, or None."""
    level = {found.name: found for found in fields}
    found: FormField | None = None
    for part in path.split("."):
        if found is not None and found.item is not None:
            if found.shape in ("rows", "many") and not (part.isascii() and part.isdigit()):
                return None
            found = found.item
        else:
            found = level.get(part)
        if found is None:
            return None
        level = {child.name: child for child in found.fields}
    return found
