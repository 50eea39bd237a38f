"""System checks of the settings, said at start-up with an id and a hint."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.utils.module_loading import import_string

from .conf import conf


@checks.register("cf_testing")
def check_settings(**kwargs: Any) -> list[checks.CheckMessage]:
    """E001 an unknown key, E002 an ACTING_USER that is no function."""
    found: list[checks.CheckMessage] = list(conf.unknown_keys("cf_testing.E001"))
    maker = conf.given().get("ACTING_USER")
    problem = _problem(maker)
    if problem:
        hint = "Give a function without arguments that returns a user, or its dotted path."
        found.append(checks.Error(f"CF_TESTING['ACTING_USER']: {problem}.", hint=hint, id="cf_testing.E002"))
    return found


def _problem(maker: Any) -> str | None:
    if isinstance(maker, str):
        try:
            maker = import_string(maker)
        except ImportError as error:
            return str(error).rstrip(".")
    return None if maker is None or callable(maker) else f"{maker!r} is no function"
