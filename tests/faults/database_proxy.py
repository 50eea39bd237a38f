"""Stands between the project and its database server, and can be down, or lose the answer to a COMMIT."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from typing import Any

COMMITS = (b"\x0bCOMMIT", b"\x03COMMIT")
"""The ends of the packets by which PostgreSQL and MariaDB are told to commit."""


class DatabaseProxy:
    """Forwards connections on a port of its own."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._target = (settings["HOST"], int(settings["PORT"] or 3306))
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._open: set[socket.socket] = set()
        self._is_down = False
        self._loses_commits = False
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def lose_commits(self, loses: bool) -> None:
        """From now on, let the server commit and cut the connection before it can say so; or stop that."""
        self._loses_commits = loses

    def go_down(self) -> None:
        """Cut every connection, and each new one at once."""
        self._is_down = True
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def come_back(self) -> None:
        """Forward again."""
        self._is_down = False

    def close(self) -> None:
        """End it."""
        self.go_down()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._is_down:
                    client.close()
                    continue
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server, contextlib.suppress(OSError):
            self._open.add(client)
            try:
                self._forward(client, server)
            finally:
                self._open.discard(client)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        while True:
            readable, _, _ = select.select([client, server], [], [])
            for source in readable:
                data = source.recv(65536)
                if not data:
                    return
                (server if source is client else client).sendall(data)
                if source is client and self._loses_commits and data.rstrip(b"\0").endswith(COMMITS):
                    # What the server says to that is read and kept from the client.
                    server.recv(65536)
                    return
