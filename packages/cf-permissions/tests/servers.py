"""Cache servers: those of the machine, and a Redis of a test's own that may be stopped."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

DEFAULT_URLS = {"redis": "redis://127.0.0.1:6379/0", "memcached": "memcached://127.0.0.1:11211"}
BACKENDS = {
    "redis": "django.core.cache.backends.redis.RedisCache",
    "memcached": "django.core.cache.backends.memcached.PyMemcacheCache",
}


def shared_cache(name: str, key_prefix: str) -> dict[str, Any]:
    """Return the entry of CACHES for the machine's redis or memcached; skips the test where there is none."""
    url = os.environ.get(f"CF_TEST_{name.upper()}_URL", DEFAULT_URLS[name])
    parts = urlsplit(url)
    if not _answers(parts.hostname or "127.0.0.1", parts.port or 0):
        is_required = os.environ.get("CF_TEST_REQUIRE_SERVICES", "") not in {"", "0"}
        (pytest.fail if is_required else pytest.skip)(f"{name} does not answer at {url}")
    location = url if name == "redis" else parts.netloc
    return {"BACKEND": BACKENDS[name], "LOCATION": location, "KEY_PREFIX": key_prefix}


class OwnRedis:
    """A Redis server on a port of its own, with nothing on disk."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("redis-server is not installed")
        self._command = [program, "--save", "", "--appendonly", "no", "--dir", str(folder), "--port"]
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """The process, while it runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen([*self._command, str(self.port)], stdout=subprocess.DEVNULL)
        for _ in range(500):
            if _answers("127.0.0.1", self.port):
                return
            time.sleep(0.01)
        raise AssertionError("redis-server did not start")

    def stop(self) -> None:
        """Stop it, and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((host, port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
