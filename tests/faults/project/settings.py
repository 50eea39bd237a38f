"""Settings of the served project; database, cache and CF_CORE come as JSON in CF_FAULTS: tests/faults/servers.py."""

import json
import os

import pymysql

pymysql.install_as_MySQLdb()

_GIVEN = json.loads(os.environ["CF_FAULTS"])

SECRET_KEY = "faults-only"
ALLOWED_HOSTS = ["*"]
DEBUG = False
USE_TZ = True
ROOT_URLCONF = "tests.faults.project.urls"
STATIC_URL = "/static/"
CSRF_FAILURE_VIEW = "cf_core.views.csrf_failure"

DATABASES = {"default": _GIVEN["database"]}
CACHES = {
    "default": _GIVEN["cache"],
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "local"},
}
CF_CORE = _GIVEN["core"]
# Components of both kinds of store are served with every kind of cache.
SILENCED_SYSTEM_CHECKS = ["cf_core.W003"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "cf_core",
    "cf_permissions",
    "tests.faults.project.apps.FaultsConfig",
]
MIDDLEWARE = [
    "tests.faults.project.faultpoints.fault_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cf_core.middleware.component_middleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
