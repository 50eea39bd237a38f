"""A strict content security policy with Django's own middleware, which is there since Django 6.0."""

from .settings import *  # noqa: F403

# isort: split
from django.utils.csp import CSP

from .settings import MIDDLEWARE

MIDDLEWARE = [*MIDDLEWARE, "django.middleware.csp.ContentSecurityPolicyMiddleware"]

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "object-src": [CSP.NONE],
}
