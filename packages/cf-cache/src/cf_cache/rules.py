"""How one component is cached: what its class, its view and its tag say, and the place of its entry."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cf_core.engine.component import Component
from cf_core.engine.errors import ComponentDefinitionError, UnserialisableState

from . import generations
from .conf import conf
from .digests import digest
from .keys import (
    ARGUMENTS,
    DEFAULTED,
    TTL_PARAM,
    MountParams,
    NoKey,
    asked_of,
    authors_key,
    default_key,
    identity_of,
    subject,
    with_defaults,
)
from .mixins import CacheMixin
from .states import tell_once
from .watching import asked_for_key

_KEY = "cf_cache:e:"


@dataclass(frozen=True, slots=True)
class CacheRule:
    """How long a component's state is kept, and under what."""

    ttl: float
    """Seconds for which it is fresh."""
    stale: float
    """Seconds after that for which it is shown while somebody makes a new one."""
    prefix: str
    tags: tuple[str, ...]
    view: str
    """The path of the view's class, where it is the view that caches; else empty."""
    own_key: Callable[..., Any] | None
    """The author's own `get_cache_key`; None for the default one."""
    key_scope: str
    """The path of the view's class, where the own key is the view's; else empty."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the state of one mount belongs."""

    key: str
    component: Component
    rule: CacheRule
    params: MountParams
    own_key: str | None
    """What the author's `get_cache_key` returned."""
    is_watched: bool = True
    """Whether the default key has a part in it, so that mount may read only what is told apart."""
    allowed: frozenset[str] = frozenset()
    """What the author's `get_cache_key` read, and mount may read too."""

    def generations(self) -> list[str]:
        """Return what the entry stands on. Raises ComponentDefinitionError for a tag that cannot be filled in."""
        cls, rule = type(self.component), self.rule
        own = with_defaults(cls, self.params.own())
        names = [generations.of_class(cls), generations.of_params(cls, subject(cls, own))]
        names += [generations.of_param(cls, name, value) for name, value in own.items()]
        names += [generations.of_tag(_filled(tag, cls, own)) for tag in rule.tags]
        if rule.view:
            names.append(generations.of_view(rule.view))
        if self.own_key is not None:
            names.append(generations.of_own_key(rule.key_scope or generations.name_of(cls), self.own_key))
        return list(dict.fromkeys(names))


def rule_of(component: Component, view: Any = None) -> CacheRule | None:
    """Return how the component is cached when it comes through this view; None if it is not.

    What its tag says comes before its view's word, and that before its class's. Raises ComponentDefinitionError.
    """
    owners: list[Any] = [component]
    if isinstance(view, CacheMixin):
        view.cached_component = component
        owners.insert(0, view)
    ttl = _ttl(component, owners)
    if not ttl:
        return None
    stale = _first(owners, "cache_stale")
    keyed = next(((owner, key) for owner in owners if (key := authors_key(owner)) is not None), (None, None))
    is_through_view = len(owners) == 2
    return CacheRule(
        ttl,
        conf().STALE_SECONDS if stale is None else seconds(stale, f"{type(component).__name__}.cache_stale"),
        _first(owners, "cache_key_prefix") or "",
        tuple(tag for owner in owners for tag in tags_of(owner)),
        _path(view) if is_through_view else "",
        keyed[1],
        _path(view) if is_through_view and keyed[0] is view else "",
    )


def find_place(component: Component, rule: CacheRule, arguments: Mapping[str, Any]) -> Place | None:
    """Return where the state of a mount with these arguments belongs; None where it is not to be cached."""
    cls = type(component)
    vars(component)[ARGUMENTS] = arguments
    name, params = generations.name_of(cls), MountParams(component, arguments)
    try:
        if rule.own_key is None:
            return Place(_KEY + default_key(component, params, rule.prefix), component, rule, params, None)
        vars(component).pop(DEFAULTED, None)
        with asked_for_key(component, getattr(rule.own_key, "__self__", component)) as reads:
            chosen = rule.own_key(name, MountParams(component, arguments), {})
    except UnserialisableState as error:
        tell_once(cls, f"its params cannot be told apart: {error}")
        return None
    except NoKey as error:
        tell_once(cls, str(error))
        return None
    if chosen is None:
        return None
    key = digest("own", name, identity_of(cls), cls.state_version, rule.key_scope, rule.prefix, str(chosen))
    is_watched = vars(component).pop(DEFAULTED, False)
    read = frozenset(what for _, what in reads.found)
    return Place(_KEY + key, component, rule, params, str(chosen), is_watched, read)


def default_ttl(component: Component) -> float:
    """Return for how long a component is kept whose tag only says that it is to be cached."""
    return _said_ttl([component]) or conf().DEFAULT_TTL


def seconds(value: object, where: str) -> float:
    """Return a number of seconds as it is. Raises ComponentDefinitionError for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ComponentDefinitionError(
            f"{where} is {value!r}. Expected seconds: a number above 0, or 0 for a component that is not cached."
        )
    return value


def tags_of(owner: Any) -> Sequence[str]:
    """Return the tags that a component or a view declares. Raises ComponentDefinitionError for a bare text."""
    tags: Sequence[str] = getattr(owner, "cache_tags", ())
    if isinstance(tags, str):
        raise ComponentDefinitionError(f"{_path(owner)}.cache_tags is a text. Expected a list: [{tags!r}].")
    return tags


def _ttl(component: Component, owners: list[Any]) -> float:
    if TTL_PARAM in component.params:
        return seconds(component.params[TTL_PARAM], "cache=")
    said = _said_ttl(owners)
    if said is not None:
        return said
    return conf().DEFAULT_TTL if isinstance(owners[0], CacheMixin) else 0


def _said_ttl(owners: list[Any]) -> float | None:
    """Return what the first says that says anything; of its classes the nearest. None that is said is 0."""
    for owner in owners:
        classes = (cls for cls in type(owner).__mro__ if cls is not CacheMixin)
        for said in map(vars, (owner, *classes)):
            names = [name for name in ("cache_ttl", "cache_timeout") if name in said]
            if names:
                name = next((name for name in names if said[name] is not None), names[0])
                return seconds(said[name] or 0, f"{type(owner).__name__}.{name}")
    return None


def _first(owners: list[Any], name: str) -> Any:
    """Return what the first says that says anything."""
    return next((value for owner in owners if (value := getattr(owner, name, None)) not in (None, "")), None)


def _filled(tag: str, cls: type[Component], own: Mapping[str, Any]) -> str:
    """Return a tag with the params in it. Raises ComponentDefinitionError for a name that is none."""
    try:
        return tag.format_map(_Optional(own) if not asked_of(cls) else _texts(own))
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        names = ", ".join(sorted(own)) or "none"
        raise ComponentDefinitionError(
            f"{cls.__name__}.cache_tags has {tag!r}, which cannot be filled in ({error!r}). Its params, without the "
            f"user, who has no part in a shared entry: {names}."
        ) from error


def _texts(own: Mapping[str, Any]) -> dict[str, Any]:
    return {name: "" if value is None else value for name, value in own.items()}


class _Optional(dict[str, Any]):
    """The params of a mount that names none: any of them may not be given."""

    def __init__(self, own: Mapping[str, Any]) -> None:
        super().__init__(_texts(own))

    def __missing__(self, name: str) -> str:
        if name in ("user", "user_id"):
            raise KeyError(name)
        return ""


def _path(thing: Any) -> str:
    cls = type(thing)
    return f"{cls.__module__}.{cls.__qualname__}"
