"""Servers of the project as real processes, each on a socket that stays open while a killed process is replaced."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
KINDS = ("gunicorn", "daphne")
"""WSGI and ASGI."""


def environment(database: dict[str, Any], cache: dict[str, Any], core: dict[str, Any] | None = None) -> dict[str, str]:
    """Return the environment of processes that run the project with these settings."""
    given = json.dumps({"database": database, "cache": cache, "core": core or {}})
    return {
        **os.environ,
        "CF_FAULTS": given,
        "CF_FAULTS_PARENT": str(os.getpid()),
        "DJANGO_SETTINGS_MODULE": "tests.faults.project.settings",
        "PYTHONPATH": str(ROOT),
    }


class Server:
    """A supervisor and the one process that serves; `pid` is the serving process, which a fault may kill."""

    def __init__(self, kind: str, settings: dict[str, str], log: Path) -> None:
        self.kind = kind
        self.log = log
        # Held open here: a client that comes while the process is being replaced waits in the queue.
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        descriptor = self._socket.fileno()
        if kind == "gunicorn":
            module = ["gunicorn", "--config", "python:tests.faults.project.gunicorn_conf"]
            module += ["--bind", f"fd://{descriptor}", "tests.faults.project.wsgi:application"]
        else:
            module = ["tests.faults.project.serve", str(descriptor)]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *module],
                cwd=ROOT,
                env=settings,
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def pid(self, seconds: float = 90) -> int:
        """Return the process that serves now, as it says itself; waits until one does."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
                connection.request("GET", "/components/_csrf/", headers={"Connection": "close"})
                response = connection.getresponse()
                response.read()
                return int(response.headers["X-Served-By"])
            except (OSError, http.client.HTTPException) as error:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError(f"{self.kind} does not serve:\n{self.tail()}") from error
                time.sleep(0.02)
            finally:
                connection.close()

    def kill(self) -> None:
        """Kill the serving process from outside."""
        os.kill(self.pid(), signal.SIGKILL)

    def stop(self) -> None:
        """End the supervisor and everything under it."""
        children = _children(self._process.pid)
        self._process.kill()
        self._process.wait()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._socket.close()

    def tail(self, lines: int = 40) -> str:
        """Return the end of what the server logged."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def _children(pid: int) -> list[int]:
    """Return the processes that `pid` started (Linux; elsewhere its end has to take them along)."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
