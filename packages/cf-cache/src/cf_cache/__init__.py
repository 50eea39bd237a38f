"""Caching of mounted component state."""

from .invalidation import invalidate_component, invalidate_tag
from .mixins import CacheMixin

__all__ = ["CacheMixin", "invalidate_component", "invalidate_tag"]
