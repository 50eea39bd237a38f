"""The project under WSGI, with the fault point that no view can reach: half an answer on the wire."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.wsgi import get_wsgi_application

from .faultpoints import die
from .warm import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.faults.project.settings")
_django = get_wsgi_application()
warm_up()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    response: Iterable[bytes] = _django(environ, start_response)
    return _half(response) if environ.get("HTTP_X_FAULT") == "during-answer" else response


def _half(response: Iterable[bytes]) -> Iterator[bytes]:
    body = b"".join(response)
    yield body[: len(body) // 2]
    die()
