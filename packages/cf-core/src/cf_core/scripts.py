"""What the server tells the client script: htmx's configuration and the texts a user reads."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

HTMX_CONFIG: dict[str, Any] = {"includeIndicatorCSS": False, "history": False}
"""Content of `<meta name="htmx-config">`."""

CLIENT_TEXTS: dict[str, Any] = {
    "offline": _("You are offline."),
}
"""Keys are the client's."""
