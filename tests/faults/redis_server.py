"""A Redis of the tests' own, on a port of its own, which may be stopped and paused."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from .servers import ROOT


class RedisServer:
    """Keeps nothing on disk: what was in it is gone after a restart."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._log = folder / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_installed() -> bool:
        """Say whether this machine has a redis-server to start."""
        return shutil.which("redis-server") is not None

    def start(self) -> None:
        """Start it, unless it runs; returns once it answers."""
        if self._process is None:
            options = f"--port {self.port} --bind 127.0.0.1 --appendonly no".split()
            leash = [sys.executable, "-m", "tests.faults.project.leash", str(os.getpid())]
            command = [*leash, "redis-server", *options, "--save", "", "--dir", str(self._log.parent)]
            with self._log.open("ab") as output:
                self._process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        deadline = time.monotonic() + 10
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"redis-server does not answer:\n{self._log.read_text()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    close = kill

    def pause(self) -> None:
        """Have it accept connections and answer nothing."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """End the pause, if there is one."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGCONT)

    def flush(self) -> None:
        """Have it forget everything."""
        self._command("FLUSHALL")

    def _answers(self) -> bool:
        try:
            return self._command("PING").startswith(b"+PONG")
        except OSError:
            return False

    def _command(self, word: str) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            connection.sendall(f"{word}\r\n".encode())
            return connection.recv(100)
