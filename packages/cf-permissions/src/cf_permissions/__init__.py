"""Who may use a component: permission classes and how they combine."""

from .classes import AllowAny, BasePermission, IsAuthenticated, IsStaff, IsSuperuser

__all__ = ["AllowAny", "BasePermission", "IsAuthenticated", "IsStaff", "IsSuperuser"]
__version__ = "0.1.0"
