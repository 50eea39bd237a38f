"""Test components in memory, and pages without a browser.

Importing this needs no Django; what does (the page driver) is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .acting import ACTING, acting_user
from .assertions import assert_rendered, assert_state
from .dispatching import adispatch_event, assert_permission_denied, dispatch_event, make_component
from .handlers import call_handler
from .isolation import isolated, isolated_registry
from .renderers import MockRenderer
from .testcase import ComponentTestCase

if TYPE_CHECKING:
    from .page import Page, PageError, open_page

__all__ = [
    "ACTING",
    "ComponentTestCase",
    "MockRenderer",
    "Page",
    "PageError",
    "acting_user",
    "adispatch_event",
    "assert_permission_denied",
    "assert_rendered",
    "assert_state",
    "call_handler",
    "dispatch_event",
    "isolated",
    "isolated_registry",
    "make_component",
    "open_page",
]
__version__ = "0.1.0"

_OF_THE_PAGE = frozenset({"Page", "PageError", "open_page"})


def __getattr__(name: str) -> Any:
    # The plain half has to be importable where there is no Django, so the other half waits until it is used.
    if name in _OF_THE_PAGE:
        return getattr(import_module("cf_testing.page"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
