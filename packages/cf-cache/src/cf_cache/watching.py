"""A look over mount's shoulder: what it reads of the request that its cache key does not tell apart.

A state that was made from somebody's session must not be shown to somebody else. So while a component is mounted for
the cache under the default key, its request, params and id are stand-ins that take note.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from cf_core.engine.component import Component
from cf_core.engine.errors import ComponentDefinitionError

from .keys import ARGUMENTS, REQUEST, injected, is_by_user

_IN_KEY = frozenset(
    "LANGUAGE_CODE _current_scheme_host _get_raw_host _get_scheme current_app encoding get_host get_port "
    "is_secure method scheme urlconf".split()
)
"""What a mount may read of the request: it is in the key, or tells nothing about who asks."""
_USER = frozenset(("user", "auser"))
_USER_READS = frozenset(("request.user", "request.auser", 'params["user"]'))
_GET_ID = "get_component_id"


class Reads:
    """What was read that is not in the key: `request.session`."""

    def __init__(self, component: Component, allowed: Collection[str] = (), *, is_quiet: bool = False) -> None:
        self.found: list[tuple[str, str]] = []
        """What was read, and by which method, oldest first."""
        self.is_over = False
        self.method = "mount"
        """The method that is running."""
        self._component = component
        self._allowed = allowed
        self._is_quiet = is_quiet

    def note(self, what: str) -> None:
        """Take note; in development and in tests raise ComponentDefinitionError, where the author sees the line."""
        if self.is_over or what in self._allowed:
            return
        self.found.append((self.method, what))
        if not self._is_quiet:
            tell_author(self.explain())

    def explain(self) -> str:
        """Return what is wrong, and what to do."""
        name = type(self._component).__name__
        method, what = self.found[0]
        return (
            f"{name}.{method} reads {what}, which its cache key does not tell apart: others would be shown the "
            f"same. Read it in before_render() or in the template, name it as an argument of mount, or say in "
            f"{name}.get_cache_key() what tells its entries apart."
        )


@contextmanager
def watched(component: Component, allowed: Collection[str] = ()) -> Iterator[Reads]:
    """Have the component take note of what is read as long as the block runs, besides what is allowed."""
    reads = Reads(component, allowed)
    by_user = is_by_user(component) or not _USER_READS.isdisjoint(allowed)
    with _stand_ins(component, reads, by_user):
        component_id = _watch_id(component, reads)
        try:
            yield reads
        finally:
            reads.is_over = True
            vars(component).pop(_GET_ID, None)
            if component._id is None:
                component._id = component_id


@contextmanager
def asked_for_key(component: Component, owner: Any) -> Iterator[Reads]:
    """Take note of what `get_cache_key` reads, the component's or the view's: that is in the key then."""
    reads = Reads(component, is_quiet=True)
    request = vars(owner).get("request") if owner is not component else None
    with _stand_ins(component, reads, is_by_user(component)):
        if request is not None:
            owner.request = component.request
        try:
            yield reads
        finally:
            if request is not None:
                owner.request = request


@contextmanager
def _stand_ins(component: Component, reads: Reads, by_user: bool) -> Iterator[None]:
    request, params = component.request, component.params
    asked, given = _Request(request, reads, by_user), _Params(params, reads, component, by_user)
    if request is not None:
        vars(component)[REQUEST] = request
        component.request = asked
    component.params = given
    try:
        yield
    finally:
        vars(component).pop(REQUEST, None)
        # What mount has put there instead stays.
        if component.request is asked:
            component.request = request
        if component.params is given:
            component.params = params


def unwatched(component: Component) -> tuple[Any, dict[str, Any]]:
    """Return the component's request and params, those themselves that the stand-ins stand for."""
    params = component.params
    request = vars(component).get(REQUEST, component.request)
    return request, vars(params)["_params"] if isinstance(params, _Params) else params


def tell_author(problem: str) -> None:
    """Raise ComponentDefinitionError in development and in tests; elsewhere the caller logs."""
    if is_developing():
        raise ComponentDefinitionError(problem)


def is_developing() -> bool:
    """Return whether this is development or a test: Django's test runners set up a mailbox."""
    return settings.DEBUG or hasattr(sys.modules.get("django.core.mail"), "outbox")


def _watch_id(component: Component, reads: Reads) -> str | None:
    """Have the component's id asked for anew, and take note; returns the one it has. Every page has an id of its own:
    only one that the class makes, of params for example, may be kept.
    """
    known = component._id
    is_made_by_class = type(component).get_component_id is not Component.get_component_id

    def get_component_id() -> str:
        made = type(component).get_component_id(component) if known is None or is_made_by_class else known
        if not is_made_by_class or (known is not None and made != known):
            reads.note("self.id")
        return made if known is None else known

    component._id = None
    vars(component)[_GET_ID] = get_component_id
    return known


class _Request:
    """Stands for a request; passes everything on."""

    def __init__(self, request: Any, reads: Reads, by_user: bool) -> None:
        vars(self).update(_request=request, _reads=reads, _allowed=_IN_KEY | _USER if by_user else _IN_KEY)

    @property  # type: ignore[misc]  # what isinstance() asks for
    def __class__(self) -> Any:
        return type(self._request)

    def __getattr__(self, name: str) -> Any:
        if name == "build_absolute_uri":
            return self._absolute
        value = getattr(self._request, name)
        if name not in self._allowed and not name.startswith("_cf_"):
            self._reads.note(f"request.{name}")
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._request, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._request, name)

    def _absolute(self, location: str | None = None) -> str:
        if location is None or not _is_absolute(str(location)):
            self._reads.note("request.build_absolute_uri() of the page")
        address: str = self._request.build_absolute_uri(location)
        return address


def _is_absolute(location: str) -> bool:
    """Return whether an address is the same on every page of the host."""
    parts = urlsplit(location)
    return bool(parts.netloc) or parts.path.startswith("/")


if TYPE_CHECKING:
    _Dict = dict[str, Any]
else:

    class _Dict(MutableMapping, dict):
        """A dict that does everything by the methods which a MutableMapping must have."""

        def __or__(self, other):
            return {**self, **other}

        def __ror__(self, other):
            return {**other, **self}

        def __ior__(self, other):
            self.update(other)
            return self


class _Params(_Dict):
    """Stands for the params; passes everything on. What mount was called with is there as it was given to mount, as
    that is what the key tells apart. A dict too, since code asks for one, with the names alone for its own.
    """

    def __init__(self, params: dict[str, Any], reads: Reads, component: Component, by_user: bool) -> None:
        dict.__init__(self, dict.fromkeys(dict.keys(params)))
        self._params = params
        self._reads = reads
        self._arguments = dict(vars(component).get(ARGUMENTS, {}))
        self._hidden = set() if by_user else {"user", *injected(component)}
        if "user_id" not in dict.keys(params):
            self._hidden.add("user_id")

    def __getitem__(self, name: str) -> Any:
        value = self._params[name]
        if name in self._hidden:
            self._reads.note(f'params["{name}"]')
        return self._arguments.get(name, value)

    def __setitem__(self, name: str, value: Any) -> None:
        self._params[name] = value
        self._arguments.pop(name, None)
        dict.__setitem__(self, name, None)

    def __delitem__(self, name: str) -> None:
        del self._params[name]
        dict.__delitem__(self, name)

    def __contains__(self, name: object) -> bool:
        return name in self._params

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._params)

    def __len__(self) -> int:
        return len(self._params)

    def __repr__(self) -> str:
        return repr({**self})

    def __reduce__(self) -> Any:
        return dict, ({**self},)

    def copy(self) -> dict[str, Any]:
        """Return a dict of them."""
        return {**self}
