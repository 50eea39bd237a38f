"""The exchanges on the page about the wire are what the server answers, byte for byte but for the tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client

from cf_core import registry
from tests.helpers import EXAMPLES, assert_shown

FILES = sorted((EXAMPLES / "wire").glob("*.http"))
SHOWN = (
    "Content-Type",
    "X-Component",
    "X-Component-State",
    "Cache-Control",
    "Retry-After",
    "HX-Redirect",
    "HX-Trigger",
)
ID = "c0123456789abcdef"


def request_in(path: Path) -> str:
    """Return the request of a file, without its answer."""
    return re.split(r"\n(?=HTTP/1.1 )", path.read_text())[0].strip()


def send(request: str) -> HttpResponse:
    """Send a request to the server; TOKEN becomes that of a component with the request's id."""
    head, _, body = request.partition("\n\n")
    line, *headers = head.splitlines()
    method, path, _ = line.split()
    given = dict(header.split(": ", 1) for header in headers)
    name = path.split("/")[2]
    token = registry.get(name)(component_id=ID).dispatch()["state"].token
    content_type = given.pop("Content-Type", "application/octet-stream")
    return Client().generic(method, path, body.replace("TOKEN", token), content_type, headers=given)


def written(response: HttpResponse) -> str:
    """Return an answer as the page shows it: the headers that matter, TOKEN and the id for what changes."""
    headers = [f"{name}: {response.headers[name]}" for name in SHOWN if name in response.headers]
    text = "\n".join(
        [f"HTTP/1.1 {response.status_code} {response.reason_phrase}", *headers, "", response.content.decode()]
    )
    return re.sub(r"\bc[0-9a-f]{16}\b", ID, re.sub(r"cf1\.[\w.=-]+", "TOKEN", text)).strip()


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_exchange_is_what_the_server_answers(path: Path) -> None:
    request = request_in(path)

    answer = written(send(request))

    assert_shown(f"wire/{path.name}", f"{request}\n\n{answer}")
