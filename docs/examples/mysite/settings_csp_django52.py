"""A strict content security policy with django-csp, for Django 5.2."""

from .settings import *  # noqa: F403

# isort: split
from csp.constants import NONCE, NONE, SELF

from .settings import MIDDLEWARE

MIDDLEWARE = [*MIDDLEWARE, "csp.middleware.CSPMiddleware"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [NONCE],
        "style-src": [SELF, NONCE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}
