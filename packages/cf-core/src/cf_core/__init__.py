"""Server-driven UI components: the engine. Django's side is in `cf_core.views`, `.rendering` and `.urls`."""

from .engine.component import Component
from .engine.composition import CompositeComponent, compose
from .engine.errors import (
    AuthRequired,
    ComponentDefinitionError,
    ComponentError,
    Forbidden,
    InProgress,
    Invalid,
    Malformed,
    MediaType,
    NotFound,
    RateLimited,
    StateConflict,
    StateExpired,
    StateInvalid,
    TooLarge,
    Unavailable,
    UnserialisableState,
)
from .engine.extensions import extensions
from .engine.ports import Renderer
from .engine.registries import Registry, registry

__all__ = [
    "AuthRequired",
    "Component",
    "ComponentDefinitionError",
    "ComponentError",
    "CompositeComponent",
    "Forbidden",
    "InProgress",
    "Invalid",
    "Malformed",
    "MediaType",
    "NotFound",
    "RateLimited",
    "Registry",
    "Renderer",
    "StateConflict",
    "StateExpired",
    "StateInvalid",
    "TooLarge",
    "Unavailable",
    "UnserialisableState",
    "compose",
    "extensions",
    "registry",
]
__version__ = "0.1.0"
