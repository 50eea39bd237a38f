"""Who may use a component: permission classes."""

from .classes import AllowAny, BasePermission, IsAuthenticated

__all__ = ["AllowAny", "BasePermission", "IsAuthenticated"]
__version__ = "0.1.0"
