"""The cards of the dashboard: what a figure is called, how it is written, and whether its change is good news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .charts import Trend, draw_trend


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is measured."""

    key: str
    label: str
    hint: str
    form: str
    """How a value is written, as `str.format` has it."""
    is_more_better: bool = True
    is_share: bool = False
    """Whether it is a percentage itself: such a thing changes by points."""


FACTS = (
    Fact("mau", "Monthly active users", "Logged in during the last 30 days", "{:,}"),
    Fact("mrr", "Monthly recurring revenue", "Of the subscriptions that run today", "${:,.0f}"),
    Fact("churn", "Churn", "Subscriptions cancelled in 30 days", "{:.2f} %", False, is_share=True),
)


@dataclass(frozen=True, slots=True)
class Card:
    """A figure as the page shows it."""

    fact: Fact
    value: str
    first: str
    """What it was a year ago."""
    change: float | None
    """How it differs from the thirty days before, in per cent or points; None where that says nothing."""
    trend: Trend

    @property
    def size(self) -> float:
        """The change without its sign."""
        return abs(self.change or 0)

    @property
    def unit(self) -> str:
        """What the change is counted in."""
        return "points" if self.fact.is_share else "%"

    @property
    def mood(self) -> str:
        """Whether the change is good news: `good`, `bad` or `same`."""
        if not self.change:
            return "same"
        return "good" if (self.change > 0) == self.fact.is_more_better else "bad"


def make_card(fact: Fact, values: Sequence[float | Decimal]) -> Card:
    """Return the card of a figure; `values` are those of two or more windows, the present one last."""
    before, now = float(values[-2]), float(values[-1])
    by = now - before if fact.is_share else (now - before) / (before or 1) * 100
    return Card(
        fact=fact,
        value=fact.form.format(values[-1]),
        first=fact.form.format(values[0]),
        change=round(by, 1) if before else None,
        trend=draw_trend([float(value) for value in values]),
    )
