"""The engine without a framework: components can be made, run and tested; nothing can be sent."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import asyncio
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "django_htmx", "django_cotton"):
            raise ImportError(name)

sys.meta_path.insert(0, Blocker())

from cf_core import AuthRequired, Component, ComponentDefinitionError, Invalid, NotFound, StateInvalid, compose
from cf_core.engine.calls import Call
from cf_core.engine.drivers import run_sync
from cf_core.engine.lifecycle import perform
from cf_core.engine.outbox import current_outbox
from cf_core.engine.plain import install_plain_host


class Renders:
    def render(self, component, context):
        return f"<p>{context['state']} {context['slots'].get('body', '')}</p>"


class LoggedIn:
    async def has_permission(self, request, component):
        return component.user is not None


class Counter(Component):
    renderer = Renders()
    slots = ("body",)

    def mount(self, initial: int = 0):
        self.state["count"] = initial

    async def on_increment(self, amount: int = 1):
        self.state["count"] += amount
        current_outbox.get().add(lambda: sent.append(amount))


class Private(Counter):
    permission_classes = [LoggedIn]


sent = []
case = sys.argv[1]
if case == "no host":
    try:
        Counter().dispatch()
    except ComponentDefinitionError as error:
        print(error)
    sys.exit()
install_plain_host()
if case == "runs":
    result = Counter(initial=1).dispatch("increment", {"amount": "2"})
    print(result["state"], sent, result["state"].token == "")
    print(asyncio.run(Counter().adispatch("increment"))["state"])
    html = compose(Counter, body="<b>").dispatch()["html"]
    print("body" in html, "&lt;b&gt;" in html)
    print(Counter().render().startswith("<p data-cf-component="))
if case == "refuses":
    for make, error in (
        (lambda: Counter().dispatch("nothing"), NotFound),
        (lambda: Counter().dispatch("increment", {"amount": "x"}), Invalid),
        (lambda: Private().dispatch(), AuthRequired),
        (lambda: run_sync(perform(Call(Counter, token="cf1.x"))), StateInvalid),
    ):
        try:
            make()
        except error:
            print("refused")
    print(Private(user="ann").dispatch()["state"])

    class NoRenderer(Component): ...

    try:
        NoRenderer().dispatch()
    except ComponentDefinitionError as error:
        print(error)
if case == "repeats":
    counter = Counter()
    calls = [Call(counter, event="increment", rid="r" * 20, may_mount_for_event=True) for _ in range(2)]
    first, second = (run_sync(perform(call)) for call in calls)
    print(first is second, counter.state)
"""


def run(case: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", PROGRAM, case], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_without_a_host_the_error_says_how_to_get_one() -> None:
    (line,) = run("no host")
    assert "No host is installed" in line
    assert "django.setup()" in line
    assert "install_plain_host()" in line


def test_components_run() -> None:
    assert run("runs") == ["{'count': 3} [2] True", "{'count': 1}", "True True", "True"]


def test_what_is_refused_is_refused() -> None:
    lines = run("refuses")
    assert lines[:4] == ["refused"] * 4
    assert lines[4] == "{'count': 0}"
    assert "set `renderer`" in lines[5]


def test_a_repeated_request_gets_its_answer() -> None:
    assert run("repeats") == ["True {'count': 1}"]
