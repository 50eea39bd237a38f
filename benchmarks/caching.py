"""What a cached first render saves, and how often a cache is hit under a mixed load.

Run by `benchmarks/run.py caching` in the suite's interpreter.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import worker  # the shared benchmark's
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from figures import spread, table
from peers import caching

PAGES = 20
"""Of each variant in each round."""
ACTIONS, MEMBERS, VISITORS = 8_000, 500, 20
ROWS = 50_000
UNCACHED: dict[str, Any] = {"DEFAULT_TTL": 0}
REPORT = """# What caching saves

`make bench ARGS="caching"`: {rounds} rounds of {pages} pages each, one process, CPython 3.13, Django 5.2, SQLite in
memory, a Redis of this run on the same machine. Medians, with quartiles over the rounds; ratios are taken inside a
round.

## A first render

A page with one component, through Django's handler with session and log-in (which take 2 of the queries). Cached are
the mounted state here, the rows or numbers themselves in the hand-written view; both render the template anew.

{first_renders}
## Hits under a mixed load

{actions} actions, one after the other: {visitors} visitors look at the cards of {members} members, the first member
most often (the n-th is looked at 1/n times as often); some actions are events that change the member instead, which
drops what is cached of that member (or, in one row, of all). A mount takes 4 queries. The cache is empty at first, and
nothing expires.

{loads}"""


@dataclass(slots=True)
class Variant:
    """One way to answer the same page."""

    title: str
    path: str
    settings: dict[str, Any] = field(default_factory=dict)
    ms: list[float] = field(default_factory=list)
    queries: int = 0


def variants_of(page: str) -> list[Variant]:
    written = "hand-written view"
    return [
        Variant(f"{written}", f"/written/{page}/none/"),
        Variant(f"{written}, cached in local memory", f"/written/{page}/memory/"),
        Variant(f"{written}, cached in Redis", f"/written/{page}/redis/"),
        Variant("component", f"/mine/{page}/", UNCACHED),
        Variant("component, cached in local memory", f"/mine/{page}/", {"ALIAS": "memory"}),
        Variant("component, cached in Redis", f"/mine/{page}/", {"ALIAS": "redis"}),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    bench = worker.Bench("caching")
    parts = [measured(bench, "A table of 25 rows", "users", options.rounds)]
    parts.append(measured(bench, "Three aggregations over 500 rows", "board", options.rounds))
    hits = loads()
    caching.grow(ROWS)
    # Each takes many times as long now.
    parts.append(measured(bench, f"Three aggregations over {ROWS:,} rows", "board", max(2, options.rounds // 4)))
    report = REPORT.format(
        rounds=options.rounds,
        pages=PAGES,
        actions=f"{ACTIONS:,}",
        visitors=VISITORS,
        members=MEMBERS,
        first_renders="\n".join(parts),
        loads=hits,
    )
    caches["redis"].clear()
    options.out.write_text(report)


def measured(bench: Any, title: str, page: str, rounds: int) -> str:
    """Return the table of one page."""
    variants = variants_of(page)
    measure(bench, variants, rounds)
    return f"### {title}\n\n{first_renders(variants)}"


def measure(bench: Any, variants: Sequence[Variant], rounds: int) -> None:
    """Ask all variants round by round, each round beginning with another one; the first is for warming up."""
    for number in range(-1, rounds):
        turn = max(number, 0) % len(variants)
        for variant in (*variants[turn:], *variants[:turn]):
            with override_settings(CF_CACHE=variant.settings):
                bench.browser.get(variant.path)
                gc.collect()
                ms = statistics.median(bench.browser.get(variant.path).wall for _ in range(PAGES))
                if number < 0:
                    with CaptureQueriesContext(connection) as asked:
                        bench.browser.get(variant.path)
                    variant.queries = len(asked)
                    continue
            variant.ms.append(ms)


def first_renders(variants: Sequence[Variant]) -> str:
    bare = next(variant for variant in variants if variant.title == "component")
    rows = []
    for variant in variants:
        to_written = [mine / first for mine, first in zip(variant.ms, variants[0].ms, strict=True)]
        to_bare = [mine / first for mine, first in zip(variant.ms, bare.ms, strict=True)]
        is_ours = variant.path.startswith("/mine/")
        rows.append(
            [
                variant.title,
                variant.queries,
                f"{statistics.median(variant.ms):.3f}",
                spread(to_written),
                spread(to_bare) if is_ours else "",
            ]
        )
    return table(["", "queries", "ms/page", "ratio to hand-written", "ratio to the uncached component"], rows)


@dataclass(frozen=True, slots=True)
class Load:
    """One mix of visitors."""

    title: str
    writes: float
    """Share of the actions that change something."""
    per_user: bool = False
    whole_class: bool = False
    settings: dict[str, Any] = field(default_factory=lambda: {"ALIAS": "memory"})


LOADS = (
    Load("no writes", 0),
    Load("1 % writes", 0.01),
    Load("5 % writes", 0.05),
    Load("5 % writes, Redis", 0.05, settings={"ALIAS": "redis"}),
    Load("20 % writes", 0.2),
    Load("5 % writes that drop all cards", 0.05, whole_class=True),
    Load("no writes, an entry for each user (permission classes apply)", 0, per_user=True),
    Load("5 % writes, an entry for each user", 0.05, per_user=True),
)


def loads() -> str:
    users = [get_user_model().objects.get_or_create(username=f"visitor{n}")[0] for n in range(VISITORS)]
    rows = []
    for load in LOADS:
        with override_settings(CF_CACHE=UNCACHED):
            without = act(load, users)
        with override_settings(CF_CACHE=load.settings):
            caches[load.settings["ALIAS"]].clear()
            cached = act(load, users)
        rows.append([load.title, f"{cached.hits:.1%}", f"{cached.queries:.2f}", f"{without.queries:.2f}"])
    head = ["load", "hits", "queries per look", "without a cache"]
    return table(head, rows)


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a load."""

    hits: float
    """Share of the looks that mounted nothing."""
    queries: float
    """Of one look."""


def act(load: Load, users: Sequence[Any]) -> Came:
    """Run the load and count."""
    shop = caching.Shop(per_user=load.per_user, whole_class=load.whole_class)
    rand = random.Random(7)
    weights = [1 / rank for rank in range(1, MEMBERS + 1)]
    members = rand.choices(range(1, MEMBERS + 1), weights, k=ACTIONS)
    looks = queries = 0
    for member_id in members:
        user = rand.choice(users)
        if rand.random() < load.writes:
            mounts = shop.mounts
            shop.change(user, member_id, shop.look(user, member_id))
            shop.mounts = mounts
            continue
        looks += 1
        with Counted() as counted:
            shop.look(user, member_id)
        queries += counted.number
    return Came(1 - shop.mounts / looks, queries / looks)


class Counted:
    """Counts statements without keeping them."""

    def __init__(self) -> None:
        self.number = 0

    def __enter__(self) -> Counted:
        self._wrapping = connection.execute_wrapper(self._count)
        self._wrapping.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._wrapping.__exit__(*error)

    def _count(self, execute: Any, *given: Any) -> Any:
        self.number += 1
        return execute(*given)


if __name__ == "__main__":
    main()
