"""The key under which a component's state is cached where its author says nothing else."""

from __future__ import annotations

import inspect
import secrets
import sys
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache, wraps
from operator import attrgetter
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.utils import timezone, translation

from cf_core.engine.admission import checks_of
from cf_core.engine.arguments import Arguments
from cf_core.engine.codec import dumps
from cf_core.engine.component import Component
from cf_core.engine.errors import Invalid, UnserialisableState
from cf_core.engine.ports import current_host

from .digests import canonical, digest
from .generations import name_of

TTL_PARAM = "_cache_ttl"
"""Where a component carries what `cache=` in its tag said; it travels in the token of a lazy one."""
ARGUMENTS = "_cf_cache_arguments"
"""Where a mounted component keeps what its mount was called with."""
REQUEST = "_cf_cache_request"
"""Where a component keeps its request while it has a stand-in that takes note of what is read."""
GIVEN = "_cf_cache_given"
"""Where a component keeps the names of the params that the call itself named: a `user_id` that the address has."""
DEFAULTED = "_cf_cache_defaulted"
"""Set on a component whose default key was asked for."""
SHOWN = "_cf_cache_shown"
"""Where a mounted component keeps the text of the state that it was given, or that was kept of it."""
_PLAIN = (str, int, float, bool, type(None))
_EVERY_COMPONENT_HAS = frozenset((*vars(Component()), *vars(Component), "cached_at"))
"""Attributes that tell nothing of one mount; what stands on an instance besides, somebody put there for it."""


class NoKey(Exception):
    """What a mount depends on cannot be told apart, so that its state is not cached; says why."""


class MountParams(ChainMap[str, Any]):
    """A component's params, and over them what its mount is called with: coerced values, and its defaults."""

    def __init__(self, component: Component, arguments: Mapping[str, Any]) -> None:
        self.component = component
        super().__init__({**_defaults(_function(type(component).mount)), **arguments}, component.params)

    def own(self) -> dict[str, Any]:
        """Return those that are the component's own, without who asks, which is filled in on every call.

        A `user_id` that mount asks for by name is one of them: its value tells entries apart.
        """
        component, arguments = self.component, self.maps[0]
        hidden = {"user", TTL_PARAM, *injected(component)}
        params: Mapping[str, Any] = component.params
        # The dict's own names: those of test helpers have the user too, who is not looked up for nothing.
        names = dict.keys(params) if isinstance(params, dict) else params
        return {
            **{name: params[name] for name in names if name not in hidden},
            **{name: value for name, value in arguments.items() if name != "user"},
        }


def default_key(component: Component, params: Mapping[str, Any], prefix: str) -> str:
    """Return what tells apart all that a mount may depend on: component, params, language, time zone, host, and the
    user wherever permission classes apply. Raises UnserialisableState for params that cannot be told apart, or NoKey.

    Of params that the author put together, all count; and whatever stands on the component before it is mounted.
    """
    cls = type(component)
    own = params.own() if isinstance(params, MountParams) else {**params}
    if "user" in own:
        own["user"] = getattr(own["user"], "pk", None)
    types = cls._type_table()
    return digest(
        "key",
        [name_of(cls), identity_of(cls), cls.state_version, prefix],
        canonical(own, types, name="params"),
        [[name, canonical(value, types, name=f"self.{name}")] for name, value in _put_there(component)],
        [translation.get_language() if settings.USE_I18N else None, timezone.get_current_timezone_name()],
        _origin(_request_of(component)),
        _principal(component),
    )


def get_cache_key(self: Any, name: str, params: Mapping[str, Any], state: Mapping[str, Any]) -> str | None:
    """Return the text that tells this state apart from the component's others; None: it is not cached this time.

    `name` is the registered name, `params` what mount goes by, `state` is empty: mount has not run. An override is
    taken as it is: whatever it leaves out, language and user included, is one entry for all. It never meets another
    component's key. `super().get_cache_key(...)` is the default, to be added to.
    """
    component: Component = self if isinstance(self, Component) else self.cached_component
    vars(component)[DEFAULTED] = True
    return default_key(component, params, getattr(self, "cache_key_prefix", ""))


def authors_key(owner: Any) -> Callable[..., Any] | None:
    """Return the `get_cache_key` that the author of a component or a view wrote; None for the default one."""
    written = getattr(type(owner), "get_cache_key", None)
    found: Callable[..., Any] | None = None if written in (None, get_cache_key) else owner.get_cache_key
    return found


def is_by_user(component: Component) -> bool:
    """Return whether every user has an entry of their own.

    So it is where permission classes apply, the component's, the view's or the default ones, unless they say by
    `varies_by_user = False` that they look at nobody; and where mount asks for the user by name.
    """
    if "user" in type(component)._mount_arguments.names:
        return True
    checks = checks_of(component, component._policy, None, current_host())
    return any(getattr(check, "varies_by_user", True) for check in checks)


def subject(cls: type[Component], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the own params that make a mount what it is: what it takes, or all where it takes none."""
    asked = asked_of(cls)
    return {name: own[name] for name in asked if name in own} if asked else dict(own)


def injected(component: Component) -> set[str]:
    """Return the names of the params that say who asks, and were filled in for the call."""
    given: frozenset[str] = vars(component).get(GIVEN, frozenset())
    return set(component._injected) - given


def asked_of(cls: type[Component]) -> list[str]:
    """Return the names of what mount takes, without the user."""
    return [name for name in cls._mount_arguments.names if name != "user"]


def with_defaults(cls: type[Component], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the own params and the defaults of what mount takes besides, as long as these can be told apart."""
    types, found = cls._type_table(), dict(own)
    for parameter in inspect.signature(cls.mount).parameters.values():
        if parameter.name not in found and parameter.default is not parameter.empty and parameter.name != "user":
            with suppress(UnserialisableState):  # nobody can name it, to drop entries with it
                canonical(parameter.default, types, name=parameter.name)
                found[parameter.name] = parameter.default
    return found


def coerced(cls: type[Component], params: Mapping[str, Any]) -> dict[str, Any]:
    """Return some of mount's arguments in the types that it names; those that it would refuse, as they are."""
    values = dict(params)
    for name in values:
        with suppress(Invalid):
            values |= _optional(_function(cls.mount)).pick({name: params[name]})
    return values


def identity_of(cls: type[Component]) -> str:
    """Return what tells the class from all others: its path; one that neither a name nor its path leads to, as a
    function makes them, has a mark of its own, which no other process knows.
    """
    path = f"{cls.__module__}.{cls.__qualname__}"
    if cls.component_name or _at(cls.__module__, cls.__qualname__) is cls:
        return path
    return f"{path} {_marks.setdefault(cls, secrets.token_hex(6))}"


_marks: WeakKeyDictionary[type[Component], str] = WeakKeyDictionary()


def _at(module: str, name: str) -> Any:
    try:
        return attrgetter(name)(sys.modules.get(module))
    except AttributeError:
        return None


def mounted_with(component: Component) -> Mapping[str, Any]:
    """Return what the component's mount was called with, or would be. Raises Invalid where params are missing."""
    known: Mapping[str, Any] | None = vars(component).get(ARGUMENTS)
    return type(component)._mount_arguments.pick(component.params) if known is None else known


def bound_arguments(component: Component, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return what a bare `component.mount(...)` was given, by name. Raises TypeError as the call itself would."""
    if not args:
        return kwargs
    signature = inspect.signature(type(component).mount)
    bound = signature.bind(component, *args, **kwargs).arguments
    return dict(list(bound.items())[1:])


def _principal(component: Component) -> list[Any] | None:
    """Return who it is for, and what they may: whoever is given to mount by name, else whoever asks."""
    if not is_by_user(component):
        return None
    request, params = _request_of(component), component.params
    arguments: Mapping[str, Any] = vars(component).get(ARGUMENTS, {})
    if "user" in arguments and arguments["user"] is not getattr(request, "user", None):
        request, params = None, {"user": arguments["user"]}
    identity = current_host().identify(request, params)
    rights = [bool(getattr(identity.user, name, False)) for name in ("is_staff", "is_superuser")]
    return [identity.user_id, identity.auth_hash, *rights]


def _request_of(component: Component) -> Any:
    return vars(component).get(REQUEST, component.request)


def _put_there(component: Component) -> Iterator[tuple[str, Any]]:
    """Yield what a view, a permission or the author's own `__init__` has put on the component, its state too."""
    for name, value in sorted(vars(component).items()):
        if name not in _EVERY_COMPONENT_HAS and not name.startswith("_cf_"):
            yield name, value
    state = component.state
    # Mounted once more, it still has what the cache has put there itself.
    if state and (SHOWN not in vars(component) or dumps(state, component._type_table()) != vars(component)[SHOWN]):
        yield "state", state


def _origin(request: Any) -> list[str] | None:
    """Return scheme and host: states hold absolute addresses, and projects serve a tenant to a host. Raises NoKey."""
    if request is None:
        return None
    try:
        # Requests on sockets have only headers.
        host = request.get_host() if hasattr(request, "get_host") else request.headers["host"]
    except (AttributeError, KeyError) as error:
        raise NoKey("its request names no host.") from error
    return [getattr(request, "scheme", ""), host]


def _function(method: Any) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(method, "__func__", method)
    return found


@lru_cache(maxsize=1024)
def _optional(function: Callable[..., Any]) -> Arguments:
    """Return the arguments of a mount, none of them required."""

    @wraps(function)
    def stub() -> None: ...

    signature = inspect.signature(function)
    parameters = [parameter.replace(default=None) for parameter in signature.parameters.values()]
    vars(stub)["__signature__"] = signature.replace(parameters=parameters)
    return Arguments(stub, where=function.__qualname__)


@lru_cache(maxsize=1024)
def _defaults(function: Callable[..., Any]) -> Mapping[str, Any]:
    """Return {name: default} of the arguments whose default is a plain value, so that giving it changes nothing."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return MappingProxyType({p.name: p.default for p in parameters if isinstance(p.default, _PLAIN)})
