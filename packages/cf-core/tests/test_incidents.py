"""A bug in a component: what its client is told."""

from __future__ import annotations

import json

import pytest

from tests.components import CANARY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("debug", "internal", "told"), [(False, True, False), (True, False, False), (True, True, True)]
)
def test_detail_is_told_to_developers_only(client, settings, debug: bool, internal: bool, told: bool) -> None:
    settings.DEBUG = debug
    settings.INTERNAL_IPS = ["127.0.0.1"] if internal else []
    client.raise_request_exception = False
    token = client.get("/components/ledger/", headers={"Accept": "application/json"}).json()["state"]
    body = json.dumps({"event": "fail", "payload": {"name": "a"}, "state": token})

    answer = client.post("/components/ledger/", body, content_type="application/json")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert answer.json()["incident"]
    assert (CANARY in answer.content.decode()) is told
