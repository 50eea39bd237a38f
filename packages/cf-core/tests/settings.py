"""A project around cf-core, as small as its tests allow: users, sessions, messages, one app of components."""

from importlib.util import find_spec
from pathlib import Path

from tests.databases import databases

SECRET_KEY = "the-secret-key-of-these-tests-which-no-answer-may-show"
ALLOWED_HOSTS = ["testserver", "shop.example"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "cf_testing.parity.urls"
STATIC_URL = "/static/"
LOGIN_URL = "/log-in/"
CSRF_FAILURE_VIEW = "cf_core.views.csrf_failure"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "cf_core",
    "tests",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cf_core.middleware.component_middleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "tests.processors.counted",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _PROCESSORS},
    }
]
if find_spec("django_cotton") is not None:
    INSTALLED_APPS.append("django_cotton.apps.SimpleAppConfig")
    _LOADERS = [
        "django_cotton.cotton_loader.Loader",
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    del TEMPLATES[0]["APP_DIRS"]
    TEMPLATES[0]["OPTIONS"] |= {
        "loaders": [("django.template.loaders.cached.Loader", _LOADERS)],
        "builtins": ["django_cotton.templatetags.cotton"],
    }
if find_spec("jinja2") is not None:
    TEMPLATES.append(
        {"BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": [Path(__file__).parent / "jinja2"], "OPTIONS": {}}
    )
DATABASES = databases()
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"},
    "down": {"BACKEND": "tests.broken_cache.DownCache"},
}
