"""What a fault is tried on: databases, caches and pairs of servers, started when first asked for and always removed."""

from __future__ import annotations

import shutil
import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .database_proxy import DatabaseProxy
from .databases import Database, migrate
from .redis_server import RedisServer
from .servers import ROOT, Server, environment
from .visitors import Piece, Visitor

_CACHES = "django.core.cache.backends."
REDIS_OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
"""Seconds; without them a Redis that hangs holds every request for as long as redis-py pleases."""
_PAIRS = 6
"""How many pairs of servers may run at once: each takes about 150 MB."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Two servers of one kind that share a database, and perhaps a cache."""

    database: Database
    servers: tuple[Server, Server]
    redis: RedisServer | None = None

    def visitor(self, component: str, **params: str) -> tuple[Visitor, Piece]:
        """Return somebody who has the component on the page."""
        visitor = Visitor()
        return visitor, visitor.mount(self.servers[0], component, **params)

    def stock(self, key: str, left: int = 1) -> None:
        """Put something on sale."""
        self.database.run(f"INSERT INTO faults_stock (name, amount) VALUES ('{key}', {left})")

    def left(self, key: str) -> int:
        """Return how many are left."""
        return int(self.database.rows(f"SELECT amount FROM faults_stock WHERE name = '{key}'")[0][0])

    def records(self, rid: str) -> int:
        """Return how many records a request id has."""
        return self.database.count("cf_core_eventrecord", f"request_id = '{rid}'")

    def stop(self) -> None:
        """End both servers."""
        for server in self.servers:
            server.stop()


class Laboratory:
    """Everything that one run starts; `close` removes it all."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cf-faults-"))
        self._databases: dict[str, Database] = {}
        self._benches: OrderedDict[tuple[Any, ...], Bench] = OrderedDict()
        self._proxies: dict[str, DatabaseProxy] = {}
        self._redis: RedisServer | None = None

    def database(self, kind: str) -> Database:
        """Return the run's database of that kind, with its tables."""
        if kind not in self._databases:
            database = self._databases[kind] = Database(kind, self.folder)
            migrate(environment(database.settings, cache("locmem", self.folder)), ROOT)
        return self._databases[kind]

    def redis(self) -> RedisServer:
        """Return the run's own Redis, running."""
        if self._redis is None:
            self._redis = RedisServer(self.folder)
        self._redis.start()
        return self._redis

    def proxy(self, kind: str) -> DatabaseProxy:
        """Return what stands before the database for those servers that are to lose it."""
        if kind not in self._proxies:
            self._proxies[kind] = DatabaseProxy(self.database(kind).settings)
        return self._proxies[kind]

    def bench(
        self,
        database: str,
        server: str,
        cache_kind: str = "locmem",
        *,
        core: dict[str, Any] | None = None,
        **overrides: Any,
    ) -> Bench:
        """Return a pair of servers; `core` is their CF_CORE, `overrides` stand in their DATABASES entry."""
        key = (database, server, cache_kind, repr(core), repr(overrides))
        redis = self.redis() if cache_kind == "redis" else None
        if key not in self._benches:
            while len(self._benches) >= _PAIRS:
                self._benches.popitem(last=False)[1].stop()
            base = self.database(database)
            settings = environment({**base.settings, **overrides}, cache(cache_kind, self.folder, redis), core)
            name = f"{database}-{server}-{cache_kind}-{abs(hash(key)):x}"
            first, second = (Server(server, settings, self.folder / f"{name}-{number}.log") for number in (1, 2))
            self._benches[key] = Bench(base, (first, second), redis)
            first.pid(), second.pid()
        self._benches.move_to_end(key)
        return self._benches[key]

    def close(self) -> None:
        """Stop every server and drop every database."""
        for bench in self._benches.values():
            bench.stop()
        self._benches.clear()
        for proxy in self._proxies.values():
            proxy.close()
        if self._redis is not None:
            self._redis.close()
        for database in self._databases.values():
            database.drop()
        shutil.rmtree(self.folder, ignore_errors=True)


def cache(kind: str, folder: Path, redis: RedisServer | None = None) -> dict[str, Any]:
    """Return an entry of CACHES: `locmem` is lost with its process, the others are shared and stay."""
    match kind:
        case "locmem":
            return {"BACKEND": f"{_CACHES}locmem.LocMemCache"}
        case "file":
            return {"BACKEND": f"{_CACHES}filebased.FileBasedCache", "LOCATION": str(folder / "cache")}
        case "database":
            return {"BACKEND": f"{_CACHES}db.DatabaseCache", "LOCATION": "faults_cache"}
        case "redis":
            assert redis is not None
            return {"BACKEND": f"{_CACHES}redis.RedisCache", "LOCATION": redis.url, "OPTIONS": REDIS_OPTIONS}
    raise ValueError(kind)
