"""The databases of these tests: SQLite in a file, and PostgreSQL and MariaDB where they answer.

A file, because tests open connections in several threads: SQLite's in-memory databases lock whole tables for them.
"""

from __future__ import annotations

import os
import socket
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

URLS = {
    "postgresql": "postgresql://postgres@127.0.0.1:5432/postgres",
    "mariadb": "mysql://root@127.0.0.1:3306/test",
}
ENGINES = {"postgresql": "django.db.backends.postgresql", "mariadb": "django.db.backends.mysql"}
DRIVERS = {"postgresql": "psycopg", "mariadb": "pymysql"}

on_every_database = pytest.mark.parametrize(
    "alias",
    ["default", *(pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in DRIVERS)],
    indirect=True,
    ids=["sqlite", *DRIVERS],
)
"""Runs a test that takes the fixture `alias` on SQLite, PostgreSQL and MariaDB."""


def databases() -> dict[str, dict[str, Any]]:
    """Return DATABASES: `default`, and the servers whose driver is installed."""
    found = {"default": sqlite()}
    for name, driver in DRIVERS.items():
        if find_spec(driver) is not None:
            found[name] = server(name)
    if "mariadb" in found:
        import pymysql

        pymysql.install_as_MySQLdb()
    return found


def sqlite() -> dict[str, Any]:
    """Return SQLite as the documentation recommends it."""
    folder = Path(tempfile.gettempdir(), f"cf-models-tests-{os.getuid()}")
    folder.mkdir(exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / "never-used.sqlite3",
        "TEST": {"NAME": str(folder / f"test-{os.getpid()}.sqlite3")},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
        },
    }


def server(name: str) -> dict[str, Any]:
    """Return the settings of PostgreSQL or MariaDB as `CF_TEST_<NAME>_URL` gives them."""
    parts = urlsplit(address(name))
    return {
        "ENGINE": ENGINES[name],
        "HOST": parts.hostname or "127.0.0.1",
        "PORT": parts.port,
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "NAME": parts.path.lstrip("/"),
        "TEST": {"NAME": f"cf_models_{os.getpid()}", "DEPENDENCIES": []},
    }


def address(name: str) -> str:
    """Return the URL of a server."""
    return os.environ.get(f"CF_TEST_{name.upper()}_URL", URLS[name])


def why_not(name: str) -> str | None:
    """Return why a server cannot be used, or None if it can."""
    if find_spec(DRIVERS[name]) is None:
        return f"{DRIVERS[name]} is not installed"
    parts = urlsplit(address(name))
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex((parts.hostname or "127.0.0.1", parts.port or 0)) != 0:
            return f"{name} does not answer at {address(name)} (CF_TEST_{name.upper()}_URL)"
    return None


def are_required() -> bool:
    """Whether a missing server is a failure (in CI) or skips the tests that need it."""
    return os.environ.get("CF_TEST_REQUIRE_SERVICES", "") not in {"", "0"}


def empty(*aliases: str) -> None:
    """Delete the rows that tests make."""
    from django.apps import apps

    labels = ("tests.order", "tests.customer", "tests.tag", "cf_core.eventrecord", "auth.user")
    for alias in dict.fromkeys(aliases):
        for label in labels:
            apps.get_model(label)._base_manager.using(alias).all().delete()
