INSTALLED_APPS += ["cf_core", "cf_permissions", "shop"]

MIDDLEWARE.insert(
    MIDDLEWARE.index("django.middleware.csrf.CsrfViewMiddleware"),
    "cf_core.middleware.component_middleware",
)

CSRF_FAILURE_VIEW = "cf_core.views.csrf_failure"

DATABASES["default"]["OPTIONS"] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    "init_command": "PRAGMA journal_mode=WAL;",
}
