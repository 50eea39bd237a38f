"""What it costs to admit an event: permissions and limits, asked in turn with a hand-written view in one process.

Run by `benchmarks/run.py admission` in the suite's interpreter.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import worker  # the shared benchmark's
from django.test import override_settings
from figures import spread, table
from peers import admission

EVENTS = 20
"""Of each variant in each round over HTTP; ten times as many where there is no HTTP."""


@dataclass(slots=True)
class Variant:
    """One way to admit the same event."""

    title: str
    prepare: Callable[[], Callable[[], float]]
    """Returns what runs some events and returns the milliseconds of one."""
    cache: str | None = None
    """Where its limit counts."""
    base: str | None = None
    """The variant without what this one is about."""
    ms: list[float] = field(default_factory=list)
    """One figure for each round."""


OPEN = "no permission, no limit"
WAYS = (
    (OPEN, "open", None),
    ("one permission", "permitted", None),
    ("one limit, local memory", "limited", "default"),
    ("one limit, Redis", "limited", "redis"),
    ("one permission and one limit, Redis", "permitted_limited", "redis"),
)
WRITTEN = "hand-written view"
REPORT = """# What admission costs

`make bench ARGS="admission"`: {rounds} rounds, one process, CPython 3.13, Django 5.2, SQLite in memory. The event is
the counter's `increment`. Every round asks all rows of a table in turn, {events} events each. Limits count where the
row says, in a Redis of this run on the same machine. Medians, with quartiles over the rounds; ratios and differences
are taken inside a round.

## An event through Django's handler

With session, log-in, CSRF, request id and remembered answer (in local memory).

{over_http}
## The lifecycle alone

The same events without HTTP and request id, {many} in each round: what the parts cost, less noise.

{alone}"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    bench = worker.Bench("admission")

    limited = admission.hand_written("/counter/limited/")
    written = [
        Variant(WRITTEN, over_http(bench, admission.hand_written())),
        Variant(f"{WRITTEN}, django-ratelimit, local memory", over_http(bench, limited), "default", WRITTEN),
        Variant(f"{WRITTEN}, django-ratelimit, Redis", over_http(bench, limited), "redis", WRITTEN),
    ]
    components = [
        Variant(f"component, {title}", over_http(bench, admission.of_component(kind)), cache, f"component, {OPEN}")
        for title, kind, cache in WAYS
    ]
    bare = [Variant(title, alone(admission.bare(kind)), cache, OPEN) for title, kind, cache in WAYS]
    for variants in ([*written, *components], bare):
        measure(variants, options.rounds)

    options.out.write_text(
        REPORT.format(
            rounds=options.rounds,
            events=EVENTS,
            many=EVENTS * 10,
            over_http=shown([*written, *components], reference="hand-written"),
            alone=shown(bare, reference="none of them"),
        )
    )


def over_http(bench: Any, client_class: Any) -> Callable[[], Callable[[], float]]:
    """Return what prepares events of a fresh page: only Django's handler is on the clock."""

    def prepare() -> Callable[[], float]:
        client = client_class(bench.browser)
        bench.event(client, client.increment(1))
        return lambda: statistics.median(bench.event(client, client.increment(1))[1].wall for _ in range(EVENTS))

    return prepare


def alone(event: Callable[[], Any]) -> Callable[[], Callable[[], float]]:
    """Return what prepares many events without HTTP."""

    def run() -> float:
        times = []
        for _ in range(EVENTS * 10):
            began = time.perf_counter()
            event()
            times.append(time.perf_counter() - began)
        return statistics.median(times) * 1_000

    return lambda: run


def measure(variants: Sequence[Variant], rounds: int) -> None:
    """Ask all variants round by round, each round beginning with another one; the first is for warming up."""
    for number in range(-1, rounds):
        turn = max(number, 0) % len(variants)
        for variant in (*variants[turn:], *variants[:turn]):
            with counting_in(variant.cache):
                run = variant.prepare()
                gc.collect()
                ms = run()
            if number >= 0:
                variant.ms.append(ms)


def counting_in(cache: str | None) -> AbstractContextManager[Any]:
    """Have limits counted in that cache: ours, and those of a hand-written view."""
    if cache is None:
        return nullcontext()
    return override_settings(CF_PERMISSIONS={"RATE_CACHE": cache}, RATELIMIT_USE_CACHE=cache)


def shown(variants: Sequence[Variant], *, reference: str) -> str:
    """Return the table of some variants, compared with the first of them."""
    known = {variant.title: variant.ms for variant in variants}
    rows = []
    for variant in variants:
        ratios = [mine / first for mine, first in zip(variant.ms, variants[0].ms, strict=True)]
        more = ""
        if variant.base not in (None, variant.title):
            pairs = zip(variant.ms, known[str(variant.base)], strict=True)
            more = spread([(mine - without) * 1_000 for mine, without in pairs], ".1f")
        rows.append([variant.title, f"{statistics.median(variant.ms):.3f}", spread(ratios), more])
    return table(["", "ms/event", f"ratio to {reference}", "us more than without"], rows)


if __name__ == "__main__":
    main()
