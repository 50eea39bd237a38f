"""What a user has typed so far: kept in the component's state, so that it outlives requests, servers and morphs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic_core import to_jsonable_python

from .definitions import FormField

KEY: Final = "form"
"""The state key under which all of it stands."""

_NOT_KEPT: Final[Any] = object()


class Typed:
    """`state["form"]`: `values` as typed, the `touched` paths, whether it was `submitted`, the `keys` of rows.

    A view on the state; what is not needed is not there.
    """

    __slots__ = ("_state",)

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state

    @property
    def _held(self) -> dict[str, Any]:
        found = self._state.get(KEY)
        if not isinstance(found, dict):
            found = self._state[KEY] = {"values": {}, "touched": [], "submitted": False}
        return found

    @property
    def is_begun(self) -> bool:
        """Whether anything was typed."""
        return isinstance(self._state.get(KEY), dict)

    @property
    def values(self) -> dict[str, Any]:
        """The nested values, of JSON types; the caller changes them in place."""
        found: dict[str, Any] = self._held["values"] if self.is_begun else {}
        return found

    @property
    def touched(self) -> list[str]:
        """The paths of the fields that the user has left."""
        found: list[str] = self._held["touched"] if self.is_begun else []
        return found

    @property
    def is_submitted(self) -> bool:
        """Whether the form was sent and refused: then all errors are shown."""
        return self.is_begun and bool(self._held["submitted"])

    @property
    def keys(self) -> dict[str, list[str]]:
        """The keys of the rows by the path of their list."""
        found: dict[str, list[str]] = self._held.setdefault("keys", {}) if self.is_begun else {}
        return found

    def keep(self, data: Mapping[str, Any], fields: Iterable[FormField]) -> None:
        """Take over what was typed; files and secrets are left out."""
        self._held["values"] = {**self.values, **keepable(data, fields)}

    def touch(self, paths: Iterable[str]) -> None:
        """Note that fields were left."""
        held = self._held
        held["touched"] = sorted({*held["touched"], *paths})

    def submit(self) -> None:
        """Note that the form was sent and refused."""
        self._held["submitted"] = True

    def settle(self) -> None:
        """Note that the form was sent and is right: nothing is touched any more."""
        self._held.update(touched=[], submitted=False)

    def new_key(self) -> str:
        """Return a key that no row had before."""
        held = self._held
        held["next"] = held.get("next", 0) + 1
        return f"r{held['next']}"

    def forget(self) -> None:
        """Begin anew."""
        self._state.pop(KEY, None)


def keepable(data: Mapping[str, Any], fields: Iterable[FormField]) -> dict[str, Any]:
    """Return the values that may be kept and shown again, in JSON's types."""
    found = {}
    for field in fields:
        if field.name in data:
            value = _kept(data[field.name], field)
            if value is not _NOT_KEPT:
                found[field.name] = value
    return found


def _kept(value: Any, field: FormField) -> Any:
    if field.is_secret or field.shape in ("file", "files"):
        return _NOT_KEPT
    if field.fields and isinstance(value, Mapping):
        return keepable(value, field.fields)
    if field.item is not None:
        if isinstance(value, Mapping):
            pairs = ((str(key), _kept(one, field.item)) for key, one in value.items())
            return {key: one for key, one in pairs if one is not _NOT_KEPT}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [one for one in (_kept(one, field.item) for one in value) if one is not _NOT_KEPT]
    return to_jsonable_python(value, fallback=_nothing)


def _nothing(value: Any) -> None:
    """Stand in for a value that no form could show."""
