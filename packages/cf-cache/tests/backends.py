"""The caches of these tests: Django's own in memory, files and database; Redis and Memcached where they answer.

The same addresses as for all tests of the repository: `CF_TEST_REDIS_URL`, `CF_TEST_MEMCACHED_URL`.
"""

from __future__ import annotations

import os
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_LIBRARY = "django.core.cache.backends."
URLS = {"redis": "redis://127.0.0.1:6379/0", "memcached": "memcached://127.0.0.1:11211"}
CLIENTS = {"redis": "redis", "memcached": "pymemcache"}
ALL = ("locmem", "redis", "memcached", "database", "file")
SHARED = ("redis", "memcached")


def backend(name: str, folder: Path) -> dict[str, Any]:
    """Return the entry of CACHES."""
    match name:
        case "redis":
            return {"BACKEND": f"{_LIBRARY}redis.RedisCache", "LOCATION": address(name)}
        case "memcached":
            parts = urlsplit(address(name))
            return {"BACKEND": f"{_LIBRARY}memcached.PyMemcacheCache", "LOCATION": f"{parts.hostname}:{parts.port}"}
        case "database":
            return {"BACKEND": f"{_LIBRARY}db.DatabaseCache", "LOCATION": "cache_table"}
        case "file":
            return {"BACKEND": f"{_LIBRARY}filebased.FileBasedCache", "LOCATION": str(folder / "cache")}
    return {"BACKEND": f"{_LIBRARY}locmem.LocMemCache", "LOCATION": "backend-tests"}


def address(name: str) -> str:
    """Return the URL of a server."""
    return os.environ.get(f"CF_TEST_{name.upper()}_URL", URLS[name])


def why_not(name: str) -> str | None:
    """Return why a server cannot be used, or None if it can."""
    if name not in URLS:
        return None
    if find_spec(CLIENTS[name]) is None:
        return f"{CLIENTS[name]} is not installed"
    parts = urlsplit(address(name))
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex((parts.hostname or "127.0.0.1", parts.port or 0)) != 0:
            return f"{name} does not answer at {address(name)} (CF_TEST_{name.upper()}_URL)"
    return None


def are_required() -> bool:
    """Return whether a missing server is a failure (in CI) or skips the tests that need it."""
    return os.environ.get("CF_TEST_REQUIRE_SERVICES", "") not in {"", "0"}
