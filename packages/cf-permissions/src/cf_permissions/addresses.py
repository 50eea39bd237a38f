"""Whose computer a request comes from, as far as it can be known and not be forged."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from .conf import conf

UNKNOWN = "unknown"
"""The address of requests that have none: behind a Unix socket, or outside of HTTP. They share one."""

_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::[0-9]+)?|(?P<v4>[0-9.]+):[0-9]+")


def client_address(request: Any) -> str:
    """Return the client's address: of IPv6 the network of 64 bits, which is one customer's.

    It is REMOTE_ADDR, or with TRUSTED_PROXIES = n what the outermost of the n proxies wrote into X-Forwarded-For:
    the n-th address from the right. Whatever a client puts into that header stands further left. A request with
    fewer addresses did not come through all proxies; then REMOTE_ADDR counts.
    """
    meta = getattr(request, "META", None) or {}
    proxies = conf().TRUSTED_PROXIES
    if proxies > 0:
        hops = str(meta.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", proxies)[-proxies:]
        address = _parsed(hops[0]) if len(hops) == proxies else None
        if address is not None:
            return address
    return _parsed(str(meta.get("REMOTE_ADDR") or "")) or UNKNOWN


def _parsed(text: str) -> str | None:
    """Return an address, without port and brackets, or None for what is none."""
    text = text.strip()
    found = _WITH_PORT.fullmatch(text)
    if found is not None:
        text = found["v6"] or found["v4"]
    try:
        address: IPv4Address | IPv6Address | None = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return f"{IPv6Address(int(address) >> 64 << 64)}/64"
        address = address.ipv4_mapped
    return str(address)
