"""Who acts in a test that names nobody: one user for each test, made when first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from .surroundings import surroundings


class _Acting:
    """Says `user=` was not given."""

    def __repr__(self) -> str:
        return "ACTING"


ACTING: Final = _Acting()
"""The default of `user=`: the test's acting user. None is a visitor."""


class _Present:
    """The acting user of the test that runs."""

    user: Any = None


def acting_user() -> Any:
    """Return the user who acts where a test names none; the same one for the whole test.

    A saved user with an unusable password where the database may be used, else one in memory.
    `CF_TESTING["ACTING_USER"]` names a function that makes another.
    """
    if _Present.user is None:
        _Present.user = surroundings().make_user()
    return _Present.user


def forget_acting_user() -> None:
    """Have the next test make its own."""
    _Present.user = None


def resolve_user(user: Any) -> Any:
    """Return the user that `user=` means."""
    if user is ACTING:
        return acting_user()
    return surroundings().nobody() if user is None else user


class ActingParams(dict[str, Any]):
    """Params whose `user` and `user_id` are looked up when asked for, so that nobody is made for nothing."""

    def __init__(self, params: dict[str, Any], find_user: Callable[[], Any]) -> None:
        super().__init__(params)
        self._find_user = find_user

    def __missing__(self, name: str) -> Any:
        if name == "user":
            return self._find_user()
        if name == "user_id":
            return getattr(self._find_user(), "pk", None)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return name in {"user", "user_id"} or super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        yield from super().__iter__()
        yield from (name for name in ("user", "user_id") if not super(ActingParams, self).__contains__(name))

    def keys(self) -> Any:
        """Return all names, the user's included."""
        return list(self)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a param, or the default."""
        try:
            return self[name]
        except KeyError:
            return default
