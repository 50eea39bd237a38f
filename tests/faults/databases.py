"""Databases of the fault tests: made for one run, read without Django, dropped at the end."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pymysql

from tests.services import database_settings

KINDS = ("sqlite", "postgresql", "mariadb")


class Database:
    """One empty database of the project; `settings` is its entry in DATABASES."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.name = f"{_prefix()}_{os.getpid()}_{uuid.uuid4().hex[:6]}"
        self.settings: dict[str, Any]
        if kind == "sqlite":
            self.settings = sqlite_settings(folder / f"{self.name}.sqlite3", timeout=20)
        else:
            self.settings = database_settings(kind, self.name)
            self._drop_orphans()
            self._administer(f"CREATE DATABASE {self.name}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a query finds, over a connection of its own."""
        with_results: Sequence[Any]
        if self.kind == "sqlite":
            connection = sqlite3.connect(self.settings["NAME"], timeout=20)
            try:
                with_results = connection.execute(sql).fetchall()
                connection.commit()
            finally:
                connection.close()
            return list(with_results)
        return self._server_rows(sql, self.name)

    def count(self, table: str, where: str = "1=1") -> int:
        """Return the number of rows of a table that fit."""
        return int(self.rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])

    def effects(self, key: str) -> int:
        """Return how often an event with that key was applied."""
        return self.count("faults_effect", f"label = '{key}'")

    def run(self, sql: str) -> None:
        """Run a statement that finds nothing."""
        if self.kind == "sqlite":
            self.rows(sql)
        elif self.kind == "postgresql":
            with psycopg.connect(**_postgresql(self.settings, self.name), autocommit=True) as connection:
                connection.execute(sql.encode())
        else:
            with pymysql.connect(**_mariadb(self.settings, self.name), autocommit=True) as connection:
                connection.cursor().execute(sql)

    def drop(self) -> None:
        """Remove it, whoever is still connected."""
        if self.kind == "sqlite":
            for suffix in ("", "-wal", "-shm", "-journal"):
                Path(f"{self.settings['NAME']}{suffix}").unlink(missing_ok=True)
        else:
            force = " WITH (FORCE)" if self.kind == "postgresql" else ""
            self._administer(f"DROP DATABASE IF EXISTS {self.name}{force}")

    def _administer(self, sql: str) -> None:
        for attempt in range(20):
            try:
                if self.kind == "postgresql":
                    with psycopg.connect(**_postgresql(self.settings, "postgres"), autocommit=True) as connection:
                        connection.execute(sql.encode())
                else:
                    with pymysql.connect(**_mariadb(self.settings, None), autocommit=True) as connection:
                        connection.cursor().execute(sql)
                return
            except psycopg.errors.ObjectInUse:
                # Another run copies template1 at this moment.
                if attempt == 19:
                    raise
                time.sleep(0.2)

    def _server_rows(self, sql: str, name: str | None) -> list[tuple[Any, ...]]:
        if self.kind == "postgresql":
            with psycopg.connect(**_postgresql(self.settings, name or "postgres"), autocommit=True) as connection:
                return connection.execute(sql.encode()).fetchall()
        with pymysql.connect(**_mariadb(self.settings, name), autocommit=True) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return list(cursor.fetchall())

    def _drop_orphans(self) -> None:
        """Drop what runs on this machine left behind when they were killed themselves; the name tells whose it is."""
        catalogue = "SELECT datname FROM pg_database" if self.kind == "postgresql" else "SHOW DATABASES"
        for (name,) in self._server_rows(catalogue, None):
            prefix, _, rest = str(name).rpartition("_")[0].rpartition("_")
            if prefix == _prefix() and rest.isdigit() and not _is_running(int(rest)):
                self._administer(f"DROP DATABASE IF EXISTS {name}")


def sqlite_settings(path: Path | str, *, timeout: float) -> dict[str, Any]:
    """Return SQLite as the documentation recommends it."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": timeout,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def migrate(environment: dict[str, str], cwd: Path) -> None:
    """Make the project's tables."""
    command = [sys.executable, "-m", "tests.faults.project.tables"]
    subprocess.run(command, env=environment, cwd=cwd, check=True, timeout=120)


def _prefix() -> str:
    return f"cf_faults_{zlib.crc32(socket.gethostname().encode()):08x}"


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _postgresql(settings: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        "host": settings["HOST"],
        "port": settings["PORT"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "dbname": name,
    }


def _mariadb(settings: dict[str, Any], name: str | None) -> dict[str, Any]:
    return {
        "host": settings["HOST"],
        "port": settings["PORT"] or 3306,
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "database": name,
    }
