"""One strict content security policy, on Django's own middleware or on django-csp.

Django has the middleware since 6.0; django-csp serves 5.2. Remove the second branch with Django 5.2.
"""

from collections.abc import Callable
from typing import Any

import django
from django.http import HttpRequest

IS_BUILT_IN = django.VERSION >= (6, 0)

if IS_BUILT_IN:
    from django.middleware.csp import get_nonce
    from django.utils.csp import CSP
    from django.views.decorators.csp import csp_override as replace_policy

    NONCE: Any = CSP.NONCE
    MIDDLEWARE = "django.middleware.csp.ContentSecurityPolicyMiddleware"
else:
    from csp.constants import NONCE  # type: ignore[no-redef]
    from csp.decorators import csp_replace as replace_policy

    MIDDLEWARE = "csp.middleware.CSPMiddleware"

    def get_nonce(request: HttpRequest) -> Any:
        """Return the nonce of this response."""
        return getattr(request, "csp_nonce", None)


POLICY: dict[str, list[Any]] = {
    "default-src": ["'self'"],
    "script-src": [NONCE],
    "style-src": ["'self'", NONCE],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

# Django's admin loads its scripts without a nonce; they are files of our own host.
ADMIN_POLICY: dict[str, list[Any]] = {**POLICY, "script-src": ["'self'"], "style-src": ["'self'"]}


def with_admin_policy(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view of Django's admin run its own scripts."""
    decorate: Callable[[Callable[..., Any]], Callable[..., Any]] = replace_policy(ADMIN_POLICY)
    return decorate(view)


def nonce(request: HttpRequest) -> dict[str, Any]:
    """Give templates `csp_nonce`, whichever middleware made it."""
    return {"csp_nonce": get_nonce(request)}
