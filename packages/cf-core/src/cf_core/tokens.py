"""State tokens: what a component becomes between two events, signed. The layout: docs/reference/tokens.md."""

from __future__ import annotations

import json
import logging
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Any

from pydantic_core import from_json

from .conf import conf
from .engine.codec import dumps, loads
from .engine.component import Component
from .engine.errors import StateExpired, StateInvalid, TooLarge, UnreadableState
from .engine.identity import Audience, Identity
from .engine.state import Child, StateToken
from .keyring import sign, unsign
from .references import Batch
from .stores import ServerState

__all__ = ["seal", "unseal"]

logger = logging.getLogger("cf_core.tokens")

PREFIX = "cf1."
"""The version of the layout; a token begins with it, so that one is known from an address form's `state` field."""
_FUTURE_SECONDS = 30
"""How far a token may be ahead of this process's clock."""
_JSON = json.JSONEncoder(separators=(",", ":")).encode


def seal(component: Component, token: StateToken, rid: str | None, *, is_current: bool) -> str:
    """Return the signed text of a token. Raises UnserialisableState, TooLarge and StateConflict."""
    cls = type(component)
    types = cls._type_table()
    more: dict[str, Any] = {}
    if cls.state_version != 1:
        more["v"] = cls.state_version
    if token.view is not None:
        more["w"] = token.view
    if token.children:
        more["k"] = {key: [child.name, child.id, child.tag, child.dom_id] for key, child in token.children.items()}
    if token.groups:
        more["g"] = token.groups
    if not token.is_mounted:
        more["m"] = 0
    params_text = dumps(token.params, types, name="params") if token.params else "{}"
    state, is_on_server = token.state, _is_all_on_server(cls)
    if cls.locked_fields and not is_on_server:
        locked = {name: state[name] for name in cls.locked_fields if name in state}
        if locked:
            state = {name: value for name, value in state.items() if name not in locked}
            more["l"] = ServerState().keep_locked(component, dumps(locked, types))
    state_text = dumps(state, types) if state else "{}"
    _check_size(cls, len(params_text) + len(state_text))
    if is_on_server and token.is_mounted:
        more["s"] = ServerState().keep(component, token, state_text, rid, is_current=is_current)
        state_text = "{}"
    # Ids are checked to be plain when they are made, so the part that is always there needs no encoder.
    head = f'["{token.id}",{token.revision},{int(time.time())},{_audience_text(token.audience)}'
    head += f",{_JSON(more)}]" if more else "]"
    body = f"{head}\n{params_text}\n{state_text}".encode("ascii")
    return PREFIX + sign(token.component, urlsafe_b64encode(body).decode("ascii"))


def unseal(
    cls: type[Component], text: str, identity: Identity, rid: str | None, *, expected_id: str | None = None
) -> StateToken:
    """Return what a signed text carries; `expected_id` is the instance that the request names, if it names one.

    Raises StateInvalid, StateExpired or AuthRequired, in the order of the table in docs/reference/tokens.md.
    """
    name = cls.component_name
    if not text.startswith(PREFIX) or not text.isascii():
        raise StateInvalid("That is no token")
    head_text, params_text, state_text = _lines(unsign(name, text[len(PREFIX) :]))
    batch: Batch | None = None

    def resolve(tag: str, data: Any) -> Any:
        nonlocal batch
        batch = batch or Batch()
        return batch.resolve(tag, data)

    try:
        component_id, revision, issued, audience, *rest = from_json(head_text)
        if expected_id is not None and expected_id != component_id:
            raise StateInvalid("The token belongs to another instance than the request names")
        audience = tuple(audience)
        more: dict[str, Any] = rest[0] if rest else {}
        identity.check(audience)
        _check_age(issued)
        types = cls._type_table()
        token = StateToken(
            component=name,
            id=component_id,
            params=loads(params_text, types, resolve) if params_text != "{}" else {},
            state={},
            revision=revision,
            audience=audience,
        )
        if more:
            token.view = more.get("w")
            token.children = {key: Child(*child) for key, child in more.get("k", {}).items()}
            token.groups = more.get("g", {})
            token.is_mounted = more.get("m", 1) == 1
        if "s" in more:
            state_text = ServerState().restore(token, more["s"], rid)
        token.state = loads(state_text, types, resolve)
        if "l" in more:
            token.state.update(loads(ServerState().restore_locked(token, more["l"]), types, resolve))
        if type(token.state) is not dict or type(token.params) is not dict:
            raise TypeError("state and params are objects")
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableState(f"The token of {name!r} is signed but cannot be read: {error!r}") from error
    _migrate(cls, token, more.get("v", 1))
    if batch is not None:
        token.load = batch.load
    return token


@lru_cache(maxsize=256)
def _audience_text(audience: Audience) -> str:
    return _JSON(audience)


def _is_all_on_server(cls: type[Component]) -> bool:
    return (cls.state_store or conf().STATE_STORE) == "cache"


def _lines(text: str) -> list[str]:
    try:
        parts = urlsafe_b64decode(text.encode("ascii")).decode("ascii").split("\n")
    except ValueError as error:
        raise UnreadableState("The token's text is not base64") from error
    if len(parts) != 3:
        raise UnreadableState("The token's body does not have three lines")
    return parts


def _check_age(issued: int) -> None:
    """Raises StateExpired for a token that is too old, or from a clock that is ahead of this one."""
    age = time.time() - issued
    if age > conf().STATE_MAX_AGE:
        raise StateExpired(f"The token is {age:.0f} seconds old")
    if age < -_FUTURE_SECONDS:
        logger.warning("A token was issued %.0f s in the future: the servers' clocks differ.", -age)
        raise StateExpired(f"The token was issued {-age:.0f} seconds in the future")


def _check_size(cls: type[Component], size: int) -> None:
    """Warn above STATE_WARN_BYTES. Raises TooLarge above STATE_MAX_BYTES."""
    settings = conf()
    if size > settings.STATE_MAX_BYTES:
        raise TooLarge(
            f"The state of {cls.__name__} is {size} bytes; STATE_MAX_BYTES allows {settings.STATE_MAX_BYTES}. "
            "Keep keys in state and read the rest in before_render().",
            limit=settings.STATE_MAX_BYTES,
        )
    if size > settings.STATE_WARN_BYTES:
        limit = settings.STATE_WARN_BYTES
        logger.warning("The state of %s is %d bytes (STATE_WARN_BYTES is %d).", cls.__name__, size, limit)


def _migrate(cls: type[Component], token: StateToken, version: int) -> None:
    """Bring the state of an earlier release into today's shape. Raises StateExpired where that cannot be done."""
    if version == cls.state_version or not token.is_mounted:
        return
    instance = cls.__new__(cls)
    migrated = instance.migrate_state(token.state, version) if version < cls.state_version else None
    if not isinstance(migrated, dict):
        raise StateExpired(f"The state of {cls.__name__} is of version {version}; this is {cls.state_version}")
    token.state = migrated
