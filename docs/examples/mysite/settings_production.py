"""What changes where several processes serve: caches and a database that all of them see."""

from .settings import *  # noqa: F403

# isort: split
DEBUG = False
SECRET_KEY = "a long random text, from the environment and the same on every server"
ALLOWED_HOSTS = ["shop.example.org"]

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:6379/0",
    },
    "rates": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:6379/1",
        "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
    },
}

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "CONN_MAX_AGE": 60,
    }
}

CF_CORE = {
    "DEFAULT_PERMISSION_CLASSES": ["cf_permissions.IsAuthenticated"],
}

CF_PERMISSIONS = {
    "RATE_CACHE": "rates",
    "TRUSTED_PROXIES": 1,
}
