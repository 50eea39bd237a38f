"""An app's own settings: one dict in the project's settings, read into a frozen dataclass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.conf import settings
from django.core import checks
from django.core.signals import setting_changed

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["AppSettings"]

S = TypeVar("S", bound="DataclassInstance")


class AppSettings(Generic[S]):
    """Called, it returns the settings as they are now: `conf().STATE_MAX_AGE`.

    They are read at first use, and again when a test has changed them; unknown keys are left to the system checks.
    """

    def __init__(self, name: str, cls: type[S]) -> None:
        """`name` is that of the project's dict; `cls` is a dataclass that has a default for every key."""
        self.name = name
        self.keys = frozenset(field.name for field in fields(cls))
        self._cls = cls
        self._read: S | None = None
        setting_changed.connect(self._forget, dispatch_uid=f"cf_core.app_settings.{name}")

    def __call__(self) -> S:
        """Return the project's values, and the defaults of what it does not name."""
        if self._read is None:
            self._read = self._cls(**self.known())
        return self._read

    def given(self) -> dict[str, Any]:
        """Return the project's dict as it stands."""
        return dict(getattr(settings, self.name, None) or {})

    def known(self) -> dict[str, Any]:
        """Return the project's dict without the keys that there are not."""
        return {key: value for key, value in self.given().items() if key in self.keys}

    def unknown_keys(self, check_id: str) -> Iterator[checks.CheckMessage]:
        """Yield an error for each key that there is not, with the nearest known one as a hint."""
        for key in self.given():
            if key not in self.keys:
                near = get_close_matches(key, self.keys, 1)
                hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(self.keys))}."
                yield checks.Error(f"{self.name} has no key {key!r}.", hint=hint, id=check_id)

    def _forget(self, *, setting: str, **kwargs: Any) -> None:
        if setting == self.name:
            self._read = None
