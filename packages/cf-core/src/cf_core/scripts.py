"""What the server tells the client script: htmx's configuration and the texts a user reads."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

HTMX_CONFIG: dict[str, Any] = {"includeIndicatorCSS": False, "history": "reload", "mode": "same-origin"}
"""Content of `<meta name="htmx-config">`: no style sheet of htmx's own (a strict policy would refuse it), back loads
the page anew (nothing private is kept by the browser), requests to this site only."""

CLIENT_TEXTS: dict[str, Any] = {
    "offline": _("You are offline. What you did last will be sent when you are back."),
    "network": _("The server cannot be reached. What you did last is not confirmed yet."),
    "server": _("Something went wrong."),
    "refused": _("That was not possible."),
    # Translators: {time} is counted down, such as "12 s" or "3 min".
    "wait": _("Try again in {time}."),
    "full": _("Too much is waiting already."),
    "refreshed": _("This part was out of date and has been loaded anew."),
    "reload": _("This part is out of date. Please reload the page."),
    "retry": _("Try again"),
    "dismiss": _("Dismiss"),
}
"""The texts that the client shows, by its own names for them (`client/src/texts.js`)."""
