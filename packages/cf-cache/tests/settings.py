"""A project around cf-cache, as small as its tests allow: users, sessions, one app of components and models."""

import os
import tempfile
from pathlib import Path

SECRET_KEY = "tests-only"
ALLOWED_HOSTS = ["testserver", "shop.example"]
USE_TZ = True
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "tests.urls"
STATIC_URL = "/static/"
LOGIN_URL = "/log-in/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "cf_core",
    "cf_cache",
    "tests",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "cf_core.middleware.component_middleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
CSRF_FAILURE_VIEW = "cf_core.views.csrf_failure"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]
# A file: tests use connections in several threads, and SQLite's in-memory databases lock whole tables for them.
_FOLDER = Path(tempfile.gettempdir(), f"cf-cache-tests-{os.getuid()}")
_FOLDER.mkdir(exist_ok=True)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _FOLDER / "never-used.sqlite3",
        "TEST": {"NAME": str(_FOLDER / f"test-{os.getpid()}.sqlite3")},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
        },
    }
}
DATABASES["other"] = DATABASES["default"] | {
    "NAME": _FOLDER / "never-used-other.sqlite3",
    "TEST": {"NAME": str(_FOLDER / f"test-other-{os.getpid()}.sqlite3")},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
