"""The sandbox's settings, made fast and independent of the environment."""

import os
from pathlib import Path
from tempfile import gettempdir

from config.settings import *  # noqa: F403
from config.settings import BASE_DIR

DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "unused.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA synchronous=OFF;"},
        # A file, for tests with threads: connections to a database in memory lock each other out at once.
        "TEST": {"NAME": Path(gettempdir()) / f"cf-sandbox-{os.getpid()}.sqlite3"},
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DEMO_ACCOUNTS = True
SEED_MEMBERS = 60
