"""Refuses oversized component requests before anything reads their body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from .engine.errors import ComponentError
from .wire import check_length, refuse, wants

__all__ = ["component_middleware"]


@sync_and_async_middleware
def component_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Return a middleware that goes above CsrfViewMiddleware, which would read a form's whole body first."""

    def too_large(request: HttpRequest) -> HttpResponseBase | None:
        if request.method != "POST" or (wants(request) == "page" and "HTTP_X_COMPONENT" not in request.META):
            return None
        try:
            check_length(request)
        except ComponentError as error:
            return refuse(request, error)
        return None

    if iscoroutinefunction(get_response):

        async def middleware_async(request: HttpRequest) -> HttpResponseBase:
            return too_large(request) or cast(HttpResponseBase, await get_response(request))

        return middleware_async

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return too_large(request) or cast(HttpResponseBase, get_response(request))

    return middleware
