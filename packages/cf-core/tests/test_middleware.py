"""The middleware that measures component requests before anything reads their body."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from cf_core.middleware import component_middleware

MIB = 1_048_576
FORM = "application/x-www-form-urlencoded"


class Unread:
    """A body that may not be read."""

    def read(self, *size: int) -> bytes:
        raise AssertionError("the body was read")


def answer(kind: str, length: object, is_async: bool, **headers: str) -> HttpResponse:
    request = RequestFactory().post("/any/", content_type=kind, headers=headers)
    request.META["CONTENT_LENGTH"] = str(length)
    request._stream = Unread()  # type: ignore[attr-defined]
    if is_async:

        async def view(request: HttpRequest) -> HttpResponse:
            return HttpResponse("served")

        middleware = component_middleware(view)
        assert iscoroutinefunction(middleware)
        response: HttpResponse = async_to_sync(middleware)(request)
    else:
        response = component_middleware(lambda request: HttpResponse("served"))(request)
    return response


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("application/json", {}),
        (FORM, {"HX-Request": "true"}),
        (FORM, {"X-Component": "c1"}),
        (FORM, {"Accept": "application/json"}),
    ],
)
def test_a_component_request_above_the_limit_is_refused_unread(
    kind: str, headers: dict[str, str], is_async: bool
) -> None:
    refused = answer(kind, MIB + 1, is_async, **headers)
    assert refused.status_code == 413
    assert b'"too_large"' in refused.content
    assert refused["Cache-Control"] == "no-store"
    assert answer(kind, MIB, is_async, **headers).content == b"served"


@pytest.mark.parametrize("is_async", [False, True])
def test_other_requests_are_not_its_business(is_async: bool) -> None:
    assert answer(FORM, 50 * MIB, is_async).content == b"served"
    assert answer("multipart/form-data; boundary=b", 50 * MIB, is_async, **{"HX-Request": "true"}).content == b"served"


@pytest.mark.parametrize("length", ["abc", "9" * 5_000, "\u00b2", "1e9"])
def test_a_length_that_is_no_number_is_malformed(length: str) -> None:
    refused = answer("application/json", length, False)
    assert refused.status_code == 400
    assert b'"malformed"' in refused.content


def test_a_get_is_never_measured() -> None:
    request: Any = RequestFactory().get("/any/", headers={"HX-Request": "true"})
    request.META["CONTENT_LENGTH"] = str(50 * MIB)
    assert component_middleware(lambda request: HttpResponse("served"))(request).content == b"served"
