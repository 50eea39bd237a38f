"""Who may use a component, and how often: permission classes, how they combine, and what a full limit raises.

What is here needs no Django, so that components can be imported before settings are. Views, decorators and
`RateLimitMixin` do need it, and are in `cf_permissions.views`, `.decorators` and `.throttling`.
"""

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
