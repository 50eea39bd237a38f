"""What a form came to, once it is valid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel


class ValidatedData:
    """The validated values of a form: `data["email"]`, `data.email`, `**data`, `data.model_dump()`.

    Values are those of the schema: nested models stay models. A field may be called `items` or `values`; the
    methods of a mapping are there for names that no field has.
    """

    __slots__ = ("_source", "_values")

    def __init__(self, source: BaseModel | Mapping[str, Any], *, model: Any = None) -> None:
        self._source = source if model is None else model
        if isinstance(source, BaseModel):
            names = [*type(source).model_fields, *(source.model_extra or {})]
            self._values = {name: getattr(source, name) for name in names}
        else:
            self._values = dict(source)

    @property
    def model(self) -> Any:
        """The schema's own object: the pydantic model, or the Django form."""
        return self._source

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """Return plain values, nested models too; takes what pydantic's `model_dump` takes."""
        if isinstance(self._source, BaseModel):
            return self._source.model_dump(**options)
        return dict(self._values)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a field, or the default if there is no such field."""
        return self._values.get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __getattr__(self, name: str) -> Any:
        values: dict[str, Any] = object.__getattribute__(self, "_values")
        if name in values:
            return values[name]
        if name in ("keys", "items", "values"):
            method: Callable[[], Any] = getattr(values, name)
            return method
        raise AttributeError(f"The form has no field {name!r}. Its fields: {', '.join(values) or 'none'}.")

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ValidatedData):
            return self._values == other._values
        return self._values == other if isinstance(other, Mapping) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # values may be changed

    def __repr__(self) -> str:
        return f"ValidatedData({', '.join(self._values)})"
