"""Where a handler may send the browser."""

from __future__ import annotations

import re


def local_url(url: str) -> str:
    """Return the url without control characters. Raises ValueError unless it stays on this site."""
    text = re.sub(r"[\x00-\x20\x7f]", "", str(url)).replace("\\", "/")
    if text.startswith("//") or not re.match(r"[/?#]|[^:/?#]*(?:[/?#]|\Z)", text):
        raise ValueError(f"{url!r} leaves this site: give a path, or answer with a redirect of a view of your own.")
    return text
