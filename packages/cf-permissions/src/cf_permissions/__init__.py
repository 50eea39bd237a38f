"""Who may use a component, and how often: permission classes, how they combine, and what a full limit raises."""

from .classes import AllowAny, BasePermission, IsAuthenticated, IsStaff, IsSuperuser
from .errors import RateLimitExceeded
from .events import requires
from .model_permissions import DjangoModelPermission

__all__ = [
    "AllowAny",
    "BasePermission",
    "DjangoModelPermission",
    "IsAuthenticated",
    "IsStaff",
    "IsSuperuser",
    "RateLimitExceeded",
    "requires",
]
__version__ = "0.1.0"
