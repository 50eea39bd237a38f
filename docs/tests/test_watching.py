"""What the page on signals, observers and the log says."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from cf_core import extensions, registry
from cf_core.signals import component_event, component_mounted, component_rendered
from cf_testing import dispatch_event
from handbook import watching
from tests.helpers import EXAMPLES, assert_shown, code, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Iterator[list[tuple[str, str]]]:
    """Everything that the three signals told: (signal, stage)."""
    signals = {
        "component_mounted": component_mounted,
        "component_event": component_event,
        "component_rendered": component_rendered,
    }
    found: list[tuple[str, str]] = []
    receivers = []
    for name, signal in signals.items():

        def hear(sender, stage, seconds, queries, error, component, event, name=name, **kwargs):
            assert sender is type(component)
            found.append((name, stage))

        receivers.append((signal, hear))
        signal.connect(hear)
    yield found
    for signal, hear in receivers:
        signal.disconnect(hear)


def test_signals_are_sent_as_the_table_says(heard: list[tuple[str, str]]) -> None:
    counter = registry.get("counter")(initial=1)
    token = counter.dispatch()["state"].token
    Client().post("/components/counter/", {"event": "increment", "_state": token})

    rows = table("reference/signals.md", "## Signals")
    documented = {(code(row[0])[0], stage) for row in rows for stage in code(row[2])}
    assert set(heard) == documented
    assert heard == [
        ("component_mounted", "mount"),
        ("component_rendered", "render"),
        ("component_mounted", "hydrate"),
        ("component_event", "event"),
        ("component_rendered", "render"),
    ]


def test_slow_event_is_noted(caplog: pytest.LogCaptureFixture) -> None:
    watching.note_slow_events(registry.get("counter"), component=None, event="x", seconds=0.6, queries=0)
    dispatch_event("counter", "increment")

    [line] = [record.getMessage() for record in caplog.records if record.name == "handbook"]
    assert line == "Counter.x took 600 ms and 0 queries"


def test_observer_hears_of_every_stage() -> None:
    stopwatch = watching.Stopwatch()
    watching.watch(stopwatch)
    try:
        dispatch_event("counter", "increment")
    finally:
        extensions.observers.remove(stopwatch)

    assert stopwatch.stages == [("mount", "counter", None), ("event", "counter", None), ("render", "counter", None)]


def test_line_of_the_log_is_that_of_the_page(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "cf_core.events")
    token = registry.get("counter")().dispatch()["state"].token
    rid = "5e1f0d2c3b4a59687786950413223140"

    client.post("/components/counter/", {"event": "increment", "_state": token, "_rid": rid})

    record = caplog.records[-1]
    assert_shown("output/event_log.txt", re.sub(r"ms=[\d.]+", "ms=1.84", record.getMessage()))
    assert json.loads(watching.JsonFormatter().format(record))["event"] == "increment"


def test_loggers_of_the_table_exist() -> None:
    source = "".join(path.read_text() for path in EXAMPLES.parent.parent.glob("packages/*/src/**/*.py"))

    named = {code(row[0])[0] for row in table("reference/signals.md", "## The log")}

    assert named == set(re.findall(r'getLogger\("(cf_\w+[.\w]*)"\)', source))
