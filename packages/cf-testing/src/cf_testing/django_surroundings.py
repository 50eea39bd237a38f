"""Django around a component in a test: users of the project's model, real requests, caches of the test's own."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db import DatabaseError, connections, router, transaction
from django.db.models import EmailField
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from cf_core.engine.ports import current_host
from cf_core.outages import forget_outages

from .conf import conf
from .surroundings import NOBODY, PlainUser

_NAME = "acting-user"
_FORBIDDEN = (RuntimeError, AssertionError, ImproperlyConfigured)
"""How pytest-django, SimpleTestCase and the dummy backend say that no database may be used."""

_made_outside_transactions: list[Any] = []


class DjangoSurroundings:
    """What the helpers need of Django."""

    def make_user(self) -> Any:
        """Return what CF_TESTING["ACTING_USER"] makes, else a user of the project's model."""
        maker = conf().ACTING_USER
        if maker is not None:
            make = import_string(maker) if isinstance(maker, str) else maker
            return make()
        if not apps.is_installed("django.contrib.auth"):
            return PlainUser()
        return _saved(_unsaved_user()) or _in_memory(_unsaved_user())

    def nobody(self) -> Any:
        """Return a visitor."""
        return AnonymousUser() if apps.is_installed("django.contrib.auth") else NOBODY

    def make_request(self, find_user: Callable[[], Any]) -> HttpRequest:
        """Return a POST in which a user acts, with session and messages where the project has them."""
        request = RequestFactory().post("/")
        request.user = SimpleLazyObject(find_user)  # type: ignore[assignment]  # as Django's own middleware does
        if apps.is_installed("django.contrib.sessions"):
            request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        if apps.is_installed("django.contrib.messages"):
            request._messages = import_string(settings.MESSAGE_STORAGE)(request)  # type: ignore[attr-defined]
        return request

    def classify(self, error: Exception) -> Exception | None:
        """Return the refusal that an exception amounts to, as every transport would answer it."""
        return current_host().classify(error)

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """Give every cache a name space of the test's own, so that nothing has to be cleared."""
        space = f"test-{secrets.token_hex(6)}:"

        def prefix_new(*, setting: str, **kwargs: Any) -> None:
            if setting == "CACHES":
                _prefix_caches(space)

        _prefix_caches(space)
        forget_outages()
        setting_changed.connect(prefix_new)
        try:
            yield
        finally:
            setting_changed.disconnect(prefix_new)
            _unprefix_caches(space)
            _delete_left_behind()


def _prefix_caches(space: str) -> None:
    for options in caches.settings.values():
        options["KEY_PREFIX"] = space + options.get("KEY_PREFIX", "").removeprefix(space)
    for cache in caches.all(initialized_only=True):
        cache.key_prefix = space + cache.key_prefix.removeprefix(space)


def _unprefix_caches(space: str) -> None:
    for options in caches.settings.values():
        options["KEY_PREFIX"] = options.get("KEY_PREFIX", "").removeprefix(space)
    for cache in caches.all(initialized_only=True):
        cache.key_prefix = cache.key_prefix.removeprefix(space)


def _unsaved_user() -> Any:
    """Return a user whose login is filled in; what else the model demands, only the project knows."""
    model: Any = apps.get_model(settings.AUTH_USER_MODEL)
    login = model.USERNAME_FIELD
    is_email = isinstance(model._meta.get_field(login), EmailField)
    user = model(**{login: f"{_NAME}@example.com" if is_email else _NAME})
    user.set_unusable_password()
    return user


def _saved(user: Any) -> Any:
    """Save the user where a database may be used, unless they are there; return None where it may not."""
    model = type(user)
    alias = router.db_for_write(model)
    is_inside = connections[alias].in_atomic_block
    try:
        with transaction.atomic(using=alias):
            known = model._default_manager.using(alias).filter(**{model.USERNAME_FIELD: user.get_username()}).first()
            if known is not None:
                return known
            user.save(using=alias, force_insert=True)
    except _FORBIDDEN:
        return None
    except DatabaseError as error:
        raise ImproperlyConfigured(
            f"No acting user could be saved as {model.__name__}: {error} "
            "Have CF_TESTING['ACTING_USER'] name a function that makes one, or give user=."
        ) from error
    if not is_inside:
        _made_outside_transactions.append(user)
    return user


def _in_memory(user: Any) -> Any:
    if user.pk is None:
        user.pk = type(user)._meta.pk.to_python("1")
    return user


def _delete_left_behind() -> None:
    """Delete users that no transaction takes back, so that the next test does not count them."""
    while _made_outside_transactions:
        user = _made_outside_transactions.pop()
        with suppress(*_FORBIDDEN):  # then the test's own tear-down has emptied the database
            type(user)._default_manager.filter(pk=user.pk).delete()
